namespace TspActors.Playback.Player;

/// <summary>A first-in, first-out ring buffer of bytes. Not thread-safe.</summary>
internal sealed class ByteRing(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private int _head;

    public int Capacity => capacity;

    public int Count { get; private set; }

    /// <summary>Adds as many of the bytes as fit.</summary>
    /// <returns>The number of bytes that were added.</returns>
    public int Enqueue(ReadOnlySpan<byte> bytes)
    {
        var size = Math.Min(bytes.Length, capacity - Count);
        var tail = (_head + Count) % capacity;
        var first = Math.Min(size, capacity - tail);
        bytes[..first].CopyTo(_bytes.AsSpan(tail));
        bytes[first..size].CopyTo(_bytes);
        Count += size;
        return size;
    }

    /// <summary>Removes the oldest bytes and copies them to the target.</summary>
    /// <returns>The number of bytes that were copied.</returns>
    public int Dequeue(Span<byte> target)
    {
        var size = Math.Min(target.Length, Count);
        var first = Math.Min(size, capacity - _head);
        _bytes.AsSpan(_head, first).CopyTo(target);
        _bytes.AsSpan(0, size - first).CopyTo(target[first..]);
        _head = (_head + size) % capacity;
        Count -= size;
        return size;
    }

    public void Clear() => _head = Count = 0;
}
