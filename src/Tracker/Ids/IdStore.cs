using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using TspActors.Protocol;

namespace TspActors.Tracker.Ids;

/// <summary>The file with the song ids. Records are appended in batches in the background, and read at startup.</summary>
/// <remarks>
/// A record is 40 bytes: content hash, id, CRC-32C. A record with an empty hash is a mark: all ids up to the mark's id may have been given
/// out. A mark is on disk before the ids up to it are used, so ids that are lost in a crash are never given to other songs. Damaged and
/// incomplete records are skipped. If the file cannot be written, the records wait in memory until it can be. Thread-safe.
/// </remarks>
internal sealed class IdStore : IDisposable
{
    /// <summary>The length of a record in bytes.</summary>
    public const int RecordSize = ContentHash.Size + sizeof(int) + sizeof(uint);

    /// <summary>
    /// The minimum distance between a new mark and the ids in use. The actual distance grows while ids are given out quickly.
    /// </summary>
    public const int LeastAhead = 1_000;

    private const int MostAhead = 100_000;
    private const int RecordsAtOnce = 4_096;

    // The maximum size of the records that wait while the file cannot be written. Peers have receipts for the ids that do not fit.
    private const int MostWaiting = 1_000_000 * RecordSize;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly FileStream _file;
    private readonly int _max;
    private readonly Action<string> _warn;
    private readonly Action<FileStream, byte[]> _write;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private bool _isFlushDue;
    private bool _isClosed;
    private long? _failedAt;
    private int _count;
    private int _used;
    private int _marked;
    private int _marksOnDisk;
    private int _ahead = LeastAhead;
    private long _markedAt;

    /// <param name="path">The file. If it is missing, it is created, and only the tracker's user can access it.</param>
    /// <param name="max">The maximum number of ids to keep.</param>
    /// <param name="warn">Receives messages that an operator must see.</param>
    /// <param name="write">Writes a batch to the file; null = the default, which also flushes it to the disk.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public IdStore(string path, int max, Action<string> warn, Action<FileStream, byte[]>? write = null)
    {
        (_max, _warn, _write, IsNew) = (max, warn, write ?? WriteToDisk, !File.Exists(path));
        var options = TrackerFolder.PrivateFile(FileMode.OpenOrCreate, FileAccess.ReadWrite);
        // A buffer would keep the bytes of a failed write.
        options.BufferSize = 0;
        _file = new FileStream(path, options);
    }

    /// <summary>True if the file did not exist.</summary>
    public bool IsNew { get; }

    /// <summary>The highest id that is in use or that an earlier run may have given out.</summary>
    public int Mark
    {
        get
        {
            lock (_gate)
                return _used;
        }
    }

    /// <summary>Reads the file. Call it once, before any id is added.</summary>
    /// <param name="restore">Receives each song and its id.</param>
    public void Load(Action<ContentHash, int> restore)
    {
        var (damaged, highest) = (0L, 0);
        var buffer = new byte[RecordsAtOnce * RecordSize];
        for (int read; (read = _file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) >= RecordSize;)
        {
            for (var at = 0; at + RecordSize <= read; at += RecordSize)
            {
                var record = buffer.AsSpan(at, RecordSize);
                var id = BinaryPrimitives.ReadInt32BigEndian(record[ContentHash.Size..]);
                if (BinaryPrimitives.ReadUInt32BigEndian(record[(RecordSize - sizeof(uint))..]) != Check(record) || id < 0)
                {
                    damaged++;
                    continue;
                }

                var hash = new ContentHash(record[..ContentHash.Size]);
                if (hash.IsEmpty)
                {
                    _used = id;
                    highest = Math.Max(highest, id);
                }
                else if (id > 0)
                {
                    _count++;
                    restore(hash, id);
                }
            }
        }

        // Removes an incomplete record left by a crash, so that the next one is appended at a multiple of the record size.
        _file.SetLength(_file.Length / RecordSize * RecordSize);
        _file.Position = _file.Length;
        if (damaged > 0)
        {
            // One of the damaged records may have been a mark.
            _used = (int)Math.Min(int.MaxValue, highest + (long)MostAhead);
            _warn($"damaged records in {_file.Name} were skipped: {damaged}");
        }

        _marked = _marksOnDisk = _used;
    }

    /// <summary>Stores an id. It is written to disk shortly afterwards.</summary>
    public void Add(ContentHash hash, int id)
    {
        lock (_gate)
        {
            if (_isClosed || _count >= _max || _pending.WrittenCount >= MostWaiting)
                return;
            _count++;
            Append(hash, id);
        }
    }

    /// <summary>
    /// Ensures that no later run gives out this id, or a lower one, as a new id. Waits for the disk only if no mark on disk is high enough,
    /// and never while the file cannot be written.
    /// </summary>
    public void Reserve(int id)
    {
        lock (_gate)
        {
            if (_isClosed || id <= _used)
                return;
            _used = id;
            if (_marked - (long)id < _ahead / 2)
            {
                _ahead = Stopwatch.GetElapsedTime(_markedAt) < TimeSpan.FromSeconds(5) ? Math.Min(2 * _ahead, MostAhead) : LeastAhead;
                _markedAt = Stopwatch.GetTimestamp();
                _marked = (int)Math.Min(int.MaxValue, id + (long)_ahead);
                Append(default, _marked);
            }

            if (id <= _marksOnDisk || (_failedAt is { } failed && Stopwatch.GetElapsedTime(failed) < Pause))
                return;
        }

        Flush();
    }

    /// <summary>Writes all pending records to disk.</summary>
    public void Flush()
    {
        lock (_writing)
        {
            byte[] batch;
            int marked;
            lock (_gate)
            {
                batch = _pending.WrittenSpan.ToArray();
                (marked, _isFlushDue) = (_marked, false);
                if (batch.Length == 0 || _isClosed)
                    return;
                _pending.ResetWrittenCount();
            }

            var end = _file.Position;
            try
            {
                _write(_file, batch);
                Written(marked);
            }
            catch (IOException error)
            {
                Failed(batch, error);
                CutOff(end);
            }
        }
    }

    private void Written(int marked)
    {
        bool hasFailed;
        lock (_gate)
        {
            _marksOnDisk = Math.Max(_marksOnDisk, marked);
            (hasFailed, _failedAt) = (_failedAt is not null, null);
        }

        if (hasFailed)
            _warn($"song ids can be saved again in {_file.Name}");
    }

    private void Failed(byte[] batch, IOException error)
    {
        bool isFirst;
        lock (_gate)
        {
            var later = _pending.WrittenSpan.ToArray();
            _pending.ResetWrittenCount();
            _pending.Write(batch);
            _pending.Write(later);
            (isFirst, _failedAt) = (_failedAt is null, Stopwatch.GetTimestamp());
            FlushIn(Pause);
        }

        if (isFirst)
            _warn($"song ids cannot be saved; the tracker keeps trying: {error.Message}");
    }

    // Removes the bytes of a batch that were written before the error.
    private void CutOff(long end)
    {
        try
        {
            _file.Position = end;
            _file.SetLength(end);
        }
        catch (IOException)
        {
            // The next batch overwrites these bytes, or the next start skips them.
        }
    }

    /// <summary>Writes the pending records and a final mark at the highest used id, so that no reserved id is wasted.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isClosed && _marked != _used)
                Append(default, _marked = _used);
        }

        Flush();
        lock (_writing)
        {
            lock (_gate)
                _isClosed = true;
            _file.Dispose();
        }
    }

    private static void WriteToDisk(FileStream file, byte[] batch)
    {
        file.Write(batch);
        file.Flush(flushToDisk: true);
    }

    private static uint Check(ReadOnlySpan<byte> record)
    {
        var crc = 0u;
        for (var at = 0; at + sizeof(uint) < record.Length; at += sizeof(uint))
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32BigEndian(record[at..]));
        // An empty record, such as a hole that a crash leaves in a file, must not be valid.
        return ~crc;
    }

    private void Append(ContentHash hash, int id)
    {
        var record = _pending.GetSpan(RecordSize)[..RecordSize];
        hash.CopyTo(record);
        BinaryPrimitives.WriteInt32BigEndian(record[ContentHash.Size..], id);
        BinaryPrimitives.WriteUInt32BigEndian(record[(RecordSize - sizeof(uint))..], Check(record));
        _pending.Advance(RecordSize);
        if (!_isFlushDue && _failedAt is null)
            FlushIn(Delay);
    }

    private void FlushIn(TimeSpan delay)
    {
        _isFlushDue = true;
        Task.Delay(delay).ContinueWith(_ => Flush(), TaskScheduler.Default);
    }
}
