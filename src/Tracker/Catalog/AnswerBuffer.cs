using System.Buffers;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>Frames that were made and not sent yet, one behind the other in one pooled array, so that they go out as one write and leave nothing to collect.</summary>
internal sealed class AnswerBuffer
{
    /// <summary>No more are made beyond this until those before are taken: whoever asks and does not read costs this much.</summary>
    private const int Enough = 256 * 1024;

    private const int FirstSize = 1024;

    private byte[] _bytes = [];
    private byte[] _lent = [];

    /// <summary>Bytes gathered.</summary>
    public int Length { get; private set; }

    public bool IsEmpty => Length == 0;

    /// <summary>True when those before should be sent first.</summary>
    public bool IsFull => Length >= Enough;

    /// <summary>A whole frame, made elsewhere.</summary>
    public void Add(ReadOnlySpan<byte> frame) => frame.CopyTo(Append(frame.Length));

    /// <summary>Everything in another one, which is empty then.</summary>
    public void AddAll(AnswerBuffer other)
    {
        Add(other.Lend().Span);
        other.Return();
    }

    /// <summary>Room for that many bytes more; valid until the next call.</summary>
    public Span<byte> Append(int count)
    {
        if (_bytes.Length - Length < count)
            Grow(Length + count);
        var room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }

    /// <summary>Begins a frame whose body comes next and whose length is not known yet.</summary>
    /// <returns>What <see cref="EndFrame"/> wants.</returns>
    public int BeginFrame()
    {
        Append(FrameHeader.SizeWithLength);
        return Length;
    }

    /// <summary>Ends the frame: everything since <see cref="BeginFrame"/> is its body.</summary>
    public void EndFrame(int begun, Operation operation, int id) =>
        new FrameHeader(operation, id, true, (uint)(Length - begun)).Write(_bytes.AsSpan(begun - FrameHeader.SizeWithLength));

    /// <summary>A number field of the message that is being written; 0 is left out, as protobuf does.</summary>
    public void Number(int field, ulong value)
    {
        if (value == 0)
            return;
        var room = Append(1 + Varint.Length(value));
        room[0] = (byte)(field << 3);
        Varint.Write(room[1..], value);
    }

    /// <summary>Tag and length before a field that is a message or a string.</summary>
    public void Prefix(int field, int length)
    {
        var room = Append(1 + Varint.Length((uint)length));
        room[0] = (byte)((field << 3) | 2);
        Varint.Write(room[1..], (uint)length);
    }

    /// <summary>All of it, in order; empty when there is nothing. It is the caller's for ever.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = _bytes.AsMemory(0, Length);
        (_bytes, Length) = ([], 0);
        return taken;
    }

    /// <summary>All of it, in order; it must be given back with <see cref="Return"/> before more is lent, or may be dropped.</summary>
    public ReadOnlyMemory<byte> Lend()
    {
        _lent = _bytes;
        return Take();
    }

    /// <summary>What was lent is not in use any more.</summary>
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
