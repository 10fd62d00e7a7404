using TspActors.Mpeg;

namespace TspActors.Peer.Live.Feeds;

/// <summary>Creates silent MPEG frames that fit into a stream. A frame whose side information is all zeros contains no audio.</summary>
internal static class SilentFrame
{
    /// <summary>Returns a silent frame with the same version, sample rate, bitrate and channels as another frame.</summary>
    /// <param name="like">At least the first four bytes of the other frame.</param>
    /// <param name="format">The header of the other frame, which determines the length of a frame in free format.</param>
    /// <param name="parsed">The header of the silent frame.</param>
    public static byte[] Make(ReadOnlySpan<byte> like, Mp3FrameHeader format, out Mp3FrameHeader parsed)
    {
        Span<byte> header = stackalloc byte[Mp3FrameHeader.Size];
        like[..Mp3FrameHeader.Size].CopyTo(header);
        header[1] |= 0x01; // no checksum
        header[2] &= 0xFD; // no padding
        if (!format.TryParseNext(header, out parsed))
            throw new ArgumentException("These bytes are not a frame header.", nameof(like));
        var frame = new byte[parsed.FrameBytes];
        header.CopyTo(frame);
        return frame;
    }
}
