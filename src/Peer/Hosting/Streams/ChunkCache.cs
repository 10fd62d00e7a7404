namespace TspActors.Peer.Hosting.Streams;

/// <summary>
/// Reads a chunk of a song for one stream, which owns the only use of the chunk (see <see cref="SongChunk"/>). Returns null when the file
/// has changed.
/// </summary>
/// <exception cref="IOException">The file cannot be read.</exception>
internal delegate Task<SongChunk?> ChunkLoader(long offset, int length);

/// <summary>
/// A cache of recently read chunks, so that listeners at nearly the same position in a song share one read and one buffer. Thread-safe.
/// </summary>
/// <remarks>
/// The cache drops chunks in the order in which they were read. The listener that is furthest ahead reads a chunk from the file, and those
/// close behind it find the chunk in the cache.
/// </remarks>
/// <param name="capacityBytes">The maximum number of bytes to keep; 0 = none, but listeners still share a chunk that is being read.</param>
internal sealed class ChunkCache(long capacityBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Song Song, long Offset, int Length), Entry> _entries = [];
    private readonly LinkedList<Entry> _kept = [];
    private long _bytes;

    /// <summary>The size of all kept chunks, in bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>Adds a song. The cache calls <paramref name="load"/> for chunks that it does not have.</summary>
    public Song AddSong(ChunkLoader load) => new(this, load);

    private ValueTask<SongChunk?> ReadAsync(Song song, long offset, int length)
    {
        Entry entry;
        lock (_gate)
        {
            if (_entries.TryGetValue((song, offset, length), out var known))
            {
                if (known.Chunk is { } chunk)
                {
                    chunk.AddUses(1);
                    return new(chunk);
                }

                known.Waiting++;
                return new(known.Arrived.Task);
            }

            _entries.Add((song, offset, length), entry = new Entry(song, offset, length));
        }

        return new(FillAsync(entry));
    }

    private void Remove(Song song)
    {
        lock (_gate)
        {
            for (var (node, next) = (_kept.First, _kept.First?.Next); node is not null; (node, next) = (next, next?.Next))
            {
                if (ReferenceEquals(node.Value.Song, song))
                    Drop(node);
            }
        }
    }

    private async Task<SongChunk?> FillAsync(Entry entry)
    {
        try
        {
            var chunk = await entry.Song.Load(entry.Offset, entry.Length).ConfigureAwait(false);
            Arrive(entry, chunk);
            entry.Arrived.SetResult(chunk);
            return chunk;
        }
        catch (Exception error)
        {
            Arrive(entry, null);
            entry.Arrived.SetException(error);
            // Marks the exception as observed, in case no other stream is waiting for this chunk.
            _ = entry.Arrived.Task.Exception;
            throw;
        }
    }

    private void Arrive(Entry entry, SongChunk? chunk)
    {
        lock (_gate)
        {
            chunk?.AddUses(entry.Waiting);
            if (chunk is null || chunk.Length > capacityBytes)
            {
                _entries.Remove((entry.Song, entry.Offset, entry.Length));
                return;
            }

            chunk.AddUses(1);
            entry.Chunk = chunk;
            _kept.AddLast(entry);
            _bytes += chunk.Length;
            while (_bytes > capacityBytes)
                Drop(_kept.First!);
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        var entry = node.Value;
        _kept.Remove(node);
        _entries.Remove((entry.Song, entry.Offset, entry.Length));
        _bytes -= entry.Length;
        entry.Chunk!.Release();
    }

    /// <summary>A song in the cache.</summary>
    internal sealed class Song(ChunkCache cache, ChunkLoader load)
    {
        /// <summary>Reads a chunk of the song, bypassing the cache.</summary>
        public ChunkLoader Load => load;

        /// <summary>Returns a chunk from the cache or the loader. The caller owns one use of it.</summary>
        /// <returns>Null when the file has changed.</returns>
        /// <exception cref="IOException">The file cannot be read.</exception>
        public ValueTask<SongChunk?> ReadAsync(long offset, int length) => cache.ReadAsync(this, offset, length);

        /// <summary>Drops the song's chunks. Called when no stream reads the song any more.</summary>
        public void Remove() => cache.Remove(this);
    }

    private sealed class Entry(Song song, long offset, int length)
    {
        public Song Song => song;

        public long Offset => offset;

        public int Length => length;

        public TaskCompletionSource<SongChunk?> Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SongChunk? Chunk { get; set; }

        public int Waiting { get; set; }
    }
}
