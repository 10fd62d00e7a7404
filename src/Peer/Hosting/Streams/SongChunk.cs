using System.Buffers;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>
/// A chunk of a song's payload with the header of its DATA frame before it, ready to be sent to any number of listeners; its buffer is
/// pooled.
/// </summary>
/// <remarks>
/// Every holder has a use of it and releases that once; with the last use the buffer goes back to the pool. A use that is never released
/// (its connection was cut) leaves the buffer to the garbage collector, as the operating system may still be reading from it.
/// </remarks>
internal sealed class SongChunk
{
    private readonly byte[] _buffer;
    private int _uses = 1;

    /// <summary>Makes an empty chunk with one use.</summary>
    public SongChunk(int songId, long offset, int length)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(FrameHeader.SizeWithLength + length);
        (Offset, Length) = (offset, length);
        FrameEncoder.WriteDataHeader(_buffer, songId, length);
    }

    /// <summary>Where in the payload it begins.</summary>
    public long Offset { get; }

    /// <summary>Bytes of the payload.</summary>
    public int Length { get; }

    /// <summary>How long it sounds.</summary>
    public TimeSpan Audio { get; set; }

    /// <summary>The whole DATA frame.</summary>
    public ReadOnlyMemory<byte> Frame => _buffer.AsMemory(0, FrameHeader.SizeWithLength + Length);

    /// <summary>The payload bytes.</summary>
    public Memory<byte> Body => _buffer.AsMemory(FrameHeader.SizeWithLength, Length);

    /// <summary>Adds uses. The caller must have one.</summary>
    public void AddUses(int count) => Interlocked.Add(ref _uses, count);

    /// <summary>Releases one use.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
            ArrayPool<byte>.Shared.Return(_buffer);
    }
}
