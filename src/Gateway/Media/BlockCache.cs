using TspActors.Protocol;

namespace TspActors.Gateway.Media;

/// <summary>Verified blocks of songs in memory, and below them on disk. The ones that were used longest ago are dropped. Thread-safe.</summary>
internal sealed class BlockCache(long maxBytes, DiskBlocks? disk)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(ContentHash Song, int Block), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes;

    /// <summary>The bytes in memory.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>Finds a block.</summary>
    /// <returns>The block; null = it is not cached.</returns>
    public byte[]? Find(ContentHash song, int block, int length)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue((song, block), out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value.Bytes.Length == length ? node.Value.Bytes : null;
            }
        }

        if (disk?.Read(song, block, length) is not { } bytes)
            return null;
        Keep(song, block, bytes);
        return bytes;
    }

    /// <summary>Adds a verified block.</summary>
    public void Add(ContentHash song, int block, byte[] bytes)
    {
        Keep(song, block, bytes);
        disk?.Write(song, block, bytes);
    }

    private void Keep(ContentHash song, int block, byte[] bytes)
    {
        lock (_lock)
        {
            if (bytes.Length > maxBytes || _entries.ContainsKey((song, block)))
                return;
            _entries[(song, block)] = _byUse.AddFirst(new Entry(song, block, bytes));
            _bytes += bytes.Length;
            while (_bytes > maxBytes && _byUse.Last is { } oldest)
            {
                _byUse.RemoveLast();
                _entries.Remove((oldest.Value.Song, oldest.Value.Block));
                _bytes -= oldest.Value.Bytes.Length;
            }
        }
    }

    private sealed record Entry(ContentHash Song, int Block, byte[] Bytes);
}
