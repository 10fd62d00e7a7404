using System.Numerics;

namespace TspActors.Gateway.Library;

/// <summary>A list of numbers in an <see cref="IntLists"/>. The default value is an empty list.</summary>
/// <param name="Start">The position of the list's first number.</param>
/// <param name="Count">The length of the list.</param>
internal readonly record struct IntList(int Start, int Count);

/// <summary>Many lists of numbers, stored in a few large arrays. A list needs 8 bytes plus its numbers, but no object of its own.</summary>
/// <remarks>
/// A list occupies a block. The size of the block depends on the list's length: 1, 2, 3, 4, 6, 8, 12, 16, … numbers. When that size
/// changes, the list moves to a different block, and its old block is reused for other lists. The capacity is about a hundred million
/// numbers. Not thread-safe.
/// </remarks>
internal sealed class IntLists
{
    private const int ChunkBits = 16;
    private const int ChunkSize = 1 << ChunkBits;

    // A longer block gets an array of its own.
    private const int LongestShared = ChunkSize / 16;

    private readonly List<int[]> _chunks = [];
    private readonly Stack<int> _freeChunks = new();
    private readonly Stack<int>?[] _freeBlocks = new Stack<int>?[2 * 32];
    private int _end = ChunkSize;
    private int _last;

    /// <summary>Returns the numbers in the order in which they were added. The span is valid until the list changes.</summary>
    public ReadOnlySpan<int> Items(IntList list) => list.Count == 0 ? [] : Block(list);

    /// <summary>Adds a number to the end of a list.</summary>
    public void Add(ref IntList list, int item)
    {
        list = Resized(list, list.Count + 1);
        Block(list)[^1] = item;
    }

    /// <summary>Removes the last occurrence of a number from a list. The other numbers stay in order.</summary>
    /// <returns>Whether the list contained it.</returns>
    public bool Remove(ref IntList list, int item)
    {
        if (list.Count == 0)
            return false;
        var items = Block(list);
        var at = items.LastIndexOf(item);
        if (at < 0)
            return false;
        items[(at + 1)..].CopyTo(items[at..]);
        list = Resized(list, list.Count - 1);
        return true;
    }

    /// <summary>Empties a list.</summary>
    public void Clear(ref IntList list) => list = Resized(list, 0);

    private Span<int> Block(IntList list) => _chunks[list.Start >> ChunkBits].AsSpan(list.Start & (ChunkSize - 1), list.Count);

    private IntList Resized(IntList list, int count)
    {
        var (former, wanted) = (ClassOf(list.Count), ClassOf(count));
        if (former == wanted)
            return list with { Count = count };
        var resized = new IntList(count == 0 ? 0 : NewBlock(wanted), count);
        var kept = Math.Min(count, list.Count);
        if (kept > 0)
            Block(list)[..kept].CopyTo(Block(resized));
        if (list.Count > 0)
            Free(list.Start, former);
        return resized;
    }

    private int NewBlock(int sizeClass)
    {
        if (_freeBlocks[sizeClass] is { } free && free.TryPop(out var start))
            return start;
        var size = SizeOf(sizeClass);
        if (size > LongestShared)
            return AddChunk(size) << ChunkBits;
        if (_end + size > ChunkSize)
            (_last, _end) = (AddChunk(ChunkSize), 0);
        start = (_last << ChunkBits) + _end;
        _end += size;
        return start;
    }

    private int AddChunk(int size)
    {
        if (!_freeChunks.TryPop(out var chunk))
        {
            chunk = _chunks.Count;
            _chunks.Add([]);
        }

        _chunks[chunk] = new int[size];
        return chunk;
    }

    private void Free(int start, int sizeClass)
    {
        if (SizeOf(sizeClass) > LongestShared)
        {
            _chunks[start >> ChunkBits] = [];
            _freeChunks.Push(start >> ChunkBits);
        }
        else
        {
            (_freeBlocks[sizeClass] ??= new Stack<int>()).Push(start);
        }
    }

    // The block size is a power of two in even classes, and halfway between two powers in odd classes. An empty list has no block.
    private static int ClassOf(int count)
    {
        if (count == 0)
            return -1;
        var log = BitOperations.Log2((uint)count);
        var power = 1 << log;
        return 2 * log + (count == power ? 0 : count <= power + power / 2 ? 1 : 2);
    }

    private static int SizeOf(int sizeClass) => sizeClass % 2 == 0 ? 1 << (sizeClass / 2) : 3 << (sizeClass / 2 - 1);
}
