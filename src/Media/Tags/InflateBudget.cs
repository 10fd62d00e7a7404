using System.Buffers;
using System.IO.Compression;

namespace TspActors.Media.Tags;

/// <summary>
/// The bytes that the compressed frames of one file may still be unpacked to. A few bytes unpack to a thousand times as many, and a file
/// can have thousands of such frames.
/// </summary>
internal sealed class InflateBudget(int bytes)
{
    // A frame that is damaged, or empty, takes work too.
    private const int LeastCharge = 1024;

    /// <summary>Bytes that are left.</summary>
    public int Left { get; private set; } = bytes;

    /// <summary>
    /// Unpacks a frame to at most <paramref name="maxBytes"/>; the rest is cut off. Returns null when it is damaged or nothing is left.
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
        catch (InvalidDataException)
        {
            // A damaged frame is treated like a missing one.
            return null;
        }
        finally
        {
            Left -= Math.Min(Left, Math.Max(length, LeastCharge));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
