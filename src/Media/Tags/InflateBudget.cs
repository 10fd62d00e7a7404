using System.Buffers;
using System.IO.Compression;

namespace TspActors.Media.Tags;

/// <summary>
/// A limit on the total unpacked size of the compressed frames in one file. A frame can unpack to a thousand times its size, and a file can
/// have thousands of frames.
/// </summary>
internal sealed class InflateBudget(int bytes)
{
    // Every frame costs at least this many bytes, because even a damaged or empty frame takes some work.
    private const int LeastCharge = 1024;

    /// <summary>The number of bytes that are left.</summary>
    public int Left { get; private set; } = bytes;

    /// <summary>
    /// Unpacks at most <paramref name="maxBytes"/> of a frame, and at most the number of bytes that are left. The rest is dropped. Returns
    /// null if the frame is damaged, or if the budget is used up.
    /// </summary>
    public byte[]? Inflate(ReadOnlySpan<byte> body, int maxBytes)
    {
        var length = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(maxBytes, Left));
        try
        {
            if (Left == 0)
                return null;
            using var zlib = new ZLibStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
            var room = buffer.AsSpan(0, Math.Min(maxBytes, Left));
            for (int read; length < room.Length && (read = zlib.Read(room[length..])) > 0;)
                length += read;
            return room[..length].ToArray();
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            // A damaged frame is treated like a missing frame. A preset dictionary, which no tag uses, causes an IOException.
            return null;
        }
        finally
        {
            Left -= Math.Min(Left, Math.Max(length, LeastCharge));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
