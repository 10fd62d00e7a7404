using System.Security.Cryptography;
using System.Threading.Channels;
using Akka.Event;
using TspActors.Protocol;

namespace TspActors.Gateway.Media;

/// <summary>
/// Verified blocks on disk, which survive a restart. Each file begins with the SHA-256 of its block's name and bytes, so a damaged file is
/// never served. If the disk is full or fails, only the cache is lost. Thread-safe.
/// </summary>
internal sealed class DiskBlocks : IAsyncDisposable
{
    private const int Waiting = 64;
    private const int FileOverhead = SHA256.HashSizeInBytes;

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly ILoggingAdapter _log;
    private readonly RecentBlocks<bool> _blocks;
    private readonly Channel<(Block Block, ReadOnlyMemory<byte> Bytes)> _toWrite =
        Channel.CreateBounded<(Block, ReadOnlyMemory<byte>)>(
            new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writer;

    public DiskBlocks(string folder, long maxBytes, ILoggingAdapter log)
    {
        (_folder, _log) = (folder, log);
        _blocks = new RecentBlocks<bool>(maxBytes);
        _writer = maxBytes > 0 ? Task.Run(WriteAllAsync) : Task.CompletedTask;
        if (maxBytes > 0)
            return;
        _toWrite.Writer.TryComplete();
        _listed.TrySetResult();
    }

    /// <summary>Completes when the files from earlier runs have been listed.</summary>
    public Task Listed => _listed.Task;

    /// <summary>Queues a block to be written. If the disk is too slow, the block is dropped.</summary>
    public void Add(Block block, ReadOnlyMemory<byte> bytes) => _toWrite.Writer.TryWrite((block, bytes));

    /// <summary>Reads a block.</summary>
    /// <returns>The bytes; null = the block is missing or damaged.</returns>
    public async ValueTask<byte[]?> ReadAsync(Block block, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!_blocks.TryGet(block, out _))
                return null;
        }

        try
        {
            var file = await File.ReadAllBytesAsync(PathOf(block), cancellation).ConfigureAwait(false);
            if (file.Length > FileOverhead && Check(block, file.AsSpan(FileOverhead)).AsSpan().SequenceEqual(file.AsSpan(0, FileOverhead)))
                return file[FileOverhead..];
            _log.Warning("A damaged file in the media cache was dropped: {0}", block.FileName);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _log.Debug("The media cache could not read {0}: {1}", block.FileName, fault.Message);
        }

        Drop(block);
        return null;
    }

    /// <summary>Deletes a block.</summary>
    public void Drop(Block block)
    {
        lock (_lock)
            _blocks.Remove(block);
        Delete(block);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _toWrite.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
    }

    private async Task WriteAllAsync()
    {
        List();
        _listed.TrySetResult();
        await foreach (var (block, bytes) in _toWrite.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            lock (_lock)
            {
                if (_blocks.TryGet(block, out _))
                    continue;
            }

            if (await TryWriteAsync(block, bytes).ConfigureAwait(false))
                Know(block, bytes.Length + FileOverhead);
        }
    }

    private async Task<bool> TryWriteAsync(Block block, ReadOnlyMemory<byte> bytes)
    {
        var path = PathOf(block);
        try
        {
            var file = new byte[FileOverhead + bytes.Length];
            Check(block, bytes.Span).CopyTo(file, 0);
            bytes.Span.CopyTo(file.AsSpan(FileOverhead));
            await File.WriteAllBytesAsync(path, file).ConfigureAwait(false);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _log.Debug("The media cache could not write {0}: {1}", block.FileName, fault.Message);
            Delete(block);
            return false;
        }
    }

    private void List()
    {
        try
        {
            foreach (var file in Directory.CreateDirectory(_folder).EnumerateFiles("*.block").OrderBy(file => file.LastWriteTimeUtc))
            {
                if (Block.TryParse(file.Name, out var block))
                    Know(block, (int)Math.Min(file.Length, int.MaxValue));
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _log.Warning("The media cache could not be read: {0}", fault.Message);
        }
    }

    private void Know(Block block, int bytes)
    {
        IReadOnlyList<Block> dropped;
        lock (_lock)
            dropped = _blocks.Add(block, true, bytes);
        foreach (var old in dropped)
            Delete(old);
    }

    private void Delete(Block block)
    {
        try
        {
            File.Delete(PathOf(block));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _log.Debug("The media cache could not delete {0}: {1}", block.FileName, fault.Message);
        }
    }

    private string PathOf(Block block) => Path.Combine(_folder, block.FileName);

    private static byte[] Check(Block block, ReadOnlySpan<byte> bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> key = stackalloc byte[ContentHash.Size + sizeof(long)];
        block.Song.CopyTo(key);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(key[ContentHash.Size..], block.Index);
        hash.AppendData(key);
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }
}
