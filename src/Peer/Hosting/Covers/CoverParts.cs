using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting.Covers;

/// <summary>Splits one cover into the COVER frames that carry it.</summary>
internal sealed class CoverParts(OpenCover cover, int requestId) : IDisposable
{
    private const int PartBytes = 128 * 1024;
    private int _sent;

    /// <summary>Returns the next frame; null if all have been returned.</summary>
    public byte[]? Next()
    {
        var image = cover.Image;
        if (_sent == image.Bytes.Length)
            return null;
        var part = image.Bytes.Slice(_sent, Math.Min(PartBytes, image.Bytes.Length - _sent));
        var frame = FrameEncoder.Encode(Operation.Cover, requestId, new Cover
        {
            Hash = UnsafeByteOperations.UnsafeWrap(image.Hash.ToArray()),
            MediaType = image.MediaType,
            Offset = (uint)_sent,
            Total = (uint)image.Bytes.Length,
            Data = UnsafeByteOperations.UnsafeWrap(part),
        });
        _sent += part.Length;
        return frame;
    }

    /// <inheritdoc/>
    public void Dispose() => cover.Dispose();
}
