using Google.Protobuf;

namespace TspActors.Protocol;

/// <summary>Encodes frames, each into one buffer of exactly the frame's size.</summary>
public static class FrameEncoder
{
    /// <summary>Returns a frame without a body: five bytes.</summary>
    public static byte[] Encode(Operation operation, int songId = 0)
    {
        var bytes = new byte[FrameHeader.Size];
        new FrameHeader(operation, songId, false, 0).Write(bytes);
        return bytes;
    }

    /// <summary>Returns a frame whose body is a protobuf message.</summary>
    /// <exception cref="ArgumentException">The body is longer than the operation allows. The caller must split it.</exception>
    public static byte[] Encode(Operation operation, int songId, IMessage body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var length = body.CalculateSize();
        var bytes = Allocate(operation, songId, length);
        body.WriteTo(bytes.AsSpan(FrameHeader.SizeWithLength));
        return bytes;
    }

    /// <summary>Returns a frame with a body of raw bytes.</summary>
    /// <exception cref="ArgumentException">The body is longer than the operation allows.</exception>
    public static byte[] Encode(Operation operation, int songId, ReadOnlySpan<byte> body)
    {
        var bytes = Allocate(operation, songId, body.Length);
        body.CopyTo(bytes.AsSpan(FrameHeader.SizeWithLength));
        return bytes;
    }

    /// <summary>
    /// Writes the nine-byte header of a DATA frame with <paramref name="length"/> bytes of MP3, so that header and body can share one
    /// buffer.
    /// </summary>
    public static void WriteDataHeader(Span<byte> destination, int songId, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Operation.Data.MaxBodyLength());
        new FrameHeader(Operation.Data, songId, true, (uint)length).Write(destination);
    }

    private static byte[] Allocate(Operation operation, int songId, int length)
    {
        if (length > operation.MaxBodyLength())
            throw new ArgumentException($"The body has {length} bytes, but {operation} allows at most {operation.MaxBodyLength()}.", nameof(length));
        var bytes = new byte[FrameHeader.SizeWithLength + length];
        new FrameHeader(operation, songId, true, (uint)length).Write(bytes);
        return bytes;
    }
}
