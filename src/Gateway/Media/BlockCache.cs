using Akka.Event;

namespace TspActors.Gateway.Media;

/// <summary>Verified blocks of songs, in memory and on disk. The least recently used ones are dropped first. Thread-safe.</summary>
internal sealed class BlockCache(string folder, long memoryBytes, long diskBytes, ILoggingAdapter log) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly RecentBlocks<ReadOnlyMemory<byte>> _memory = new(memoryBytes);
    private readonly DiskBlocks _disk = new(folder, diskBytes, log);

    /// <summary>Adds a verified block. The bytes must not change afterwards.</summary>
    public void Add(Block block, ReadOnlyMemory<byte> bytes)
    {
        lock (_lock)
            _memory.Add(block, bytes, bytes.Length);
        _disk.Add(block, bytes);
    }

    /// <summary>Finds a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="length">The length that the block must have.</param>
    /// <param name="cancellation">Cancels the wait for the disk.</param>
    /// <returns>The bytes; empty = the block is not in the cache.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> FindAsync(Block block, int length, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_memory.TryGet(block, out var known) && known.Length == length)
                return known;
        }

        if (await _disk.ReadAsync(block, cancellation).ConfigureAwait(false) is not { } bytes)
            return default;
        if (bytes.Length != length)
        {
            // The block was fetched when the catalog stated a different size. As long as the cache contains it, the correct block cannot be
            // added.
            _disk.Drop(block);
            return default;
        }

        lock (_lock)
            _memory.Add(block, bytes, bytes.Length);
        return bytes;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _disk.DisposeAsync();
}
