namespace TspActors.Media.Mp3;

/// <summary>Recognises the first frame that encoders use for facts about the file (Xing, Info, VBRI): it belongs to the payload but carries no sound.</summary>
internal static class InfoFrame
{
    // VBRI stands at a fixed place: 4 bytes of header and the 32 bytes of the largest side information.
    private const int VbriOffset = 36;
    private const int CrcBytes = 2;

    /// <summary>True when the bytes of the frame <paramref name="frame"/> with this <paramref name="header"/> are such a frame.</summary>
    public static bool IsInfo(Mp3FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var offset = Mp3FrameHeader.Size + header.SideInfoBytes;
        return HasXing(frame, offset)
            // Encoders disagree whether the checksum moves the marker.
            || (header.HasCrc && HasXing(frame, offset + CrcBytes))
            || StartsAt(frame, VbriOffset, "VBRI"u8);
    }

    private static bool HasXing(ReadOnlySpan<byte> frame, int offset) => StartsAt(frame, offset, "Xing"u8) || StartsAt(frame, offset, "Info"u8);

    private static bool StartsAt(ReadOnlySpan<byte> frame, int offset, ReadOnlySpan<byte> marker) =>
        frame.Length >= offset + marker.Length && frame.Slice(offset, marker.Length).SequenceEqual(marker);
}
