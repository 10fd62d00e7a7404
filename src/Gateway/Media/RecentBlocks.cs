namespace TspActors.Gateway.Media;

/// <summary>
/// A cache with one value for each block. When the total size of the values exceeds the limit, the least recently used ones are dropped.
/// Not thread-safe.
/// </summary>
internal sealed class RecentBlocks<T>(long maxBytes)
{
    private readonly Dictionary<Block, LinkedListNode<(Block Block, T Value, int Bytes)>> _known = [];
    private readonly LinkedList<(Block Block, T Value, int Bytes)> _order = new();

    /// <summary>The total size of the values.</summary>
    public long Bytes { get; private set; }

    /// <summary>Finds a value, and marks it as the most recently used.</summary>
    public bool TryGet(Block block, out T? value)
    {
        value = default;
        if (!_known.TryGetValue(block, out var node))
            return false;
        _order.Remove(node);
        _order.AddLast(node);
        value = node.Value.Value;
        return true;
    }

    /// <summary>
    /// Adds a value, and returns the blocks that were dropped to make room for it. If the value is larger than the limit, it is not
    /// added, and its own block is returned.
    /// </summary>
    public IReadOnlyList<Block> Add(Block block, T value, int bytes)
    {
        Remove(block);
        if (bytes > maxBytes)
            return [block];
        _known[block] = _order.AddLast((block, value, bytes));
        Bytes += bytes;
        List<Block>? dropped = null;
        while (Bytes > maxBytes && _order.First is { } oldest)
        {
            (dropped ??= []).Add(oldest.Value.Block);
            Remove(oldest.Value.Block);
        }

        return dropped ?? (IReadOnlyList<Block>)[];
    }

    /// <summary>Forgets a block.</summary>
    public void Remove(Block block)
    {
        if (!_known.Remove(block, out var node))
            return;
        _order.Remove(node);
        Bytes -= node.Value.Bytes;
    }
}
