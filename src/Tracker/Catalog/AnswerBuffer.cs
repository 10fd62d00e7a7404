using System.Buffers;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// A buffer of encoded frames that have not been sent yet. They share one pooled array, so they are sent in one write and leave no garbage.
/// </summary>
internal sealed class AnswerBuffer
{
    /// <summary>
    /// Above this size, no more frames are added until the buffer has been sent. This bounds the memory used for a client
    /// that sends requests but does not read the replies.
    /// </summary>
    private const int Enough = 256 * 1024;

    private const int FirstSize = 1024;

    private byte[] _bytes = [];
    private byte[] _lent = [];

    /// <summary>The number of bytes in the buffer.</summary>
    public int Length { get; private set; }

    public bool IsEmpty => Length == 0;

    /// <summary>True if the frames in the buffer should be sent before more are added.</summary>
    public bool IsFull => Length >= Enough;

    /// <summary>Adds a complete frame.</summary>
    public void Add(ReadOnlySpan<byte> frame) => frame.CopyTo(Append(frame.Length));

    /// <summary>Moves all frames from another buffer into this one.</summary>
    public void AddAll(AnswerBuffer other)
    {
        Add(other.Lend().Span);
        other.Return();
    }

    /// <summary>Appends <paramref name="count"/> bytes and returns them to be filled. The span is valid until the next call.</summary>
    public Span<byte> Append(int count)
    {
        if (_bytes.Length - Length < count)
            Grow(Length + count);
        var room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }

    /// <summary>Begins a frame whose body is appended next and whose length is not known yet.</summary>
    /// <returns>The position to pass to <see cref="EndFrame"/>.</returns>
    public int BeginFrame()
    {
        Append(FrameHeader.SizeWithLength);
        return Length;
    }

    /// <summary>Ends the frame: all bytes since <see cref="BeginFrame"/> are its body.</summary>
    public void EndFrame(int begun, Operation operation, int id) =>
        new FrameHeader(operation, id, true, (uint)(Length - begun)).Write(_bytes.AsSpan(begun - FrameHeader.SizeWithLength));

    /// <summary>Appends a numeric field to the current message; 0 is omitted, as in protobuf.</summary>
    public void Number(int field, ulong value)
    {
        if (value == 0)
            return;
        var room = Append(1 + Varint.Length(value));
        room[0] = (byte)(field << 3);
        Varint.Write(room[1..], value);
    }

    /// <summary>Appends the tag and length of a field that is a message or a string.</summary>
    public void Prefix(int field, int length)
    {
        var room = Append(1 + Varint.Length((uint)length));
        room[0] = (byte)((field << 3) | 2);
        Varint.Write(room[1..], (uint)length);
    }

    /// <summary>Returns all bytes in order and empties the buffer. The memory belongs to the caller.</summary>
    public ReadOnlyMemory<byte> Detach()
    {
        var detached = _bytes.AsMemory(0, Length);
        (_bytes, Length) = ([], 0);
        return detached;
    }

    /// <summary>
    /// Lends all bytes in order and empties the buffer. Before borrowing again, the caller either returns the memory with
    /// <see cref="Return"/> or abandons it.
    /// </summary>
    public ReadOnlyMemory<byte> Lend()
    {
        _lent = _bytes;
        return Detach();
    }

    /// <summary>Returns the lent array to the pool.</summary>
    public void Return()
    {
        if (_lent.Length > 0)
            ArrayPool<byte>.Shared.Return(_lent);
        _lent = [];
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(FirstSize, _bytes.Length * 2)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
