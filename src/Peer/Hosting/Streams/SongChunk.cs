using System.Buffers;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>
/// A chunk of a song's payload with the header of its DATA frame, ready to be sent to any number of listeners. Its buffer is pooled.
/// </summary>
/// <remarks>
/// Each holder owns one use and releases it once; the last release returns the buffer to the pool. When a connection is dropped, its use is
/// never released, because the operating system may still be reading from the buffer. The garbage collector then frees the buffer.
/// </remarks>
internal sealed class SongChunk
{
    private readonly byte[] _buffer;
    private int _uses = 1;

    /// <summary>Creates an empty chunk with one use.</summary>
    public SongChunk(int songId, long offset, int length)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(FrameHeader.SizeWithLength + length);
        (Offset, Length) = (offset, length);
        FrameEncoder.WriteDataHeader(_buffer, songId, length);
    }

    /// <summary>The offset of the chunk in the payload.</summary>
    public long Offset { get; }

    /// <summary>The number of payload bytes.</summary>
    public int Length { get; }

    /// <summary>The duration of the audio in the chunk.</summary>
    public TimeSpan Audio { get; set; }

    /// <summary>The complete DATA frame.</summary>
    public ReadOnlyMemory<byte> Frame => _buffer.AsMemory(0, FrameHeader.SizeWithLength + Length);

    /// <summary>The payload bytes.</summary>
    public Memory<byte> Body => _buffer.AsMemory(FrameHeader.SizeWithLength, Length);

    /// <summary>Adds uses. The caller must already own one.</summary>
    public void AddUses(int count) => Interlocked.Add(ref _uses, count);

    /// <summary>Releases one use.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
            ArrayPool<byte>.Shared.Return(_buffer);
    }
}
