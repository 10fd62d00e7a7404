using System.Buffers.Binary;

namespace TspActors.Mpeg;

/// <summary>The kind of an <see cref="Mp3InfoFrame"/>, named after the marker in the frame.</summary>
public enum Mp3InfoKind
{
    /// <summary>Written by LAME, libavcodec and others for a variable bitrate.</summary>
    Xing,

    /// <summary>The same layout as <see cref="Xing"/>, written for a constant bitrate.</summary>
    Info,

    /// <summary>Written by Fraunhofer's encoders.</summary>
    Vbri,
}

/// <summary>
/// The silent frame at the start of most MP3 payloads. In this frame, the encoder describes the file: the number of frames, and the
/// samples that the encoder added at both ends.
/// </summary>
/// <param name="Header">The header of the info frame itself. In free format, its length is the number of bytes that it was read
///   from.</param>
/// <param name="Kind">The marker in the frame.</param>
/// <param name="MarkerOffset">The offset of the marker in bytes from the start of the frame.</param>
/// <param name="FrameCount">The number of frames that follow; 0 if unknown.</param>
/// <param name="DelaySamples">The number of samples per channel added at the start, without the decoder's own delay; 0 if unknown.</param>
/// <param name="PaddingSamples">The number of samples per channel added at the end, including the decoder's own delay; 0 if
///   unknown.</param>
public readonly record struct Mp3InfoFrame(
    Mp3FrameHeader Header, Mp3InfoKind Kind, int MarkerOffset, int FrameCount, int DelaySamples, int PaddingSamples)
{
    /// <summary>The number of bytes from the start of the payload that contain every field of an info frame.</summary>
    public const int HeadBytes = Mp3FrameHeader.Size + CrcBytes + MaxSideInfoBytes + MaxXingBytes + LameBytes;

    /// <summary>The delay of a Layer III decoder in samples (GAPLESS_DELAY in libmpg123).</summary>
    public const int DecoderDelaySamples = 529;

    internal const int MarkerBytes = 4;
    internal const uint HasFrames = 1;
    internal const uint HasBytes = 2;
    internal const uint HasTable = 4;
    internal const int TableBytes = 100;

    /// <summary>The offset of the fields that LAME and others add, which begin with the encoder's name; 0 = not in these bytes.</summary>
    internal int EncoderOffset { get; private init; }

    private const uint HasQuality = 8;
    private const int CrcBytes = 2;
    private const int MaxSideInfoBytes = 32;

    // The marker and the flags, followed by the optional fields: frames, bytes, table, quality.
    private const int MaxXingBytes = 8 + 4 + 4 + TableBytes + 4;

    // LAME's fields begin with 21 bytes about the encoder, followed by 12 bits of delay and 12 bits of padding.
    private const int LameDelayOffset = 21;
    private const int LameBytes = LameDelayOffset + 3;

    // The VBRI marker has a fixed offset: 4 bytes of header plus the 32 bytes of the largest side information.
    private const int VbriOffset = Mp3FrameHeader.Size + MaxSideInfoBytes;
    private const int VbriFramesOffset = VbriOffset + 14;

    /// <summary>Whether the frame specifies a delay or padding.</summary>
    public bool HasGaps => DelaySamples != 0 || PaddingSamples != 0;

    /// <summary>The number of samples per channel to trim from the end of the last decoded frame.</summary>
    public int TrailingSamples => Math.Max(0, PaddingSamples - DecoderDelaySamples);

    /// <summary>
    /// Reads the info frame at the start of <paramref name="bytes"/>. Fields beyond the end of <paramref name="bytes"/> are 0.
    /// </summary>
    /// <returns>False if the bytes do not begin with an info frame.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Mp3InfoFrame info)
    {
        info = default;
        if (!Mp3FrameHeader.TryParseFrame(bytes, out var header))
            return false;
        var offset = Mp3FrameHeader.Size + header.SideInfoBytes;
        // Encoders disagree on whether the checksum shifts the marker.
        if (TryReadXing(bytes, header, offset, out info) || header.HasCrc && TryReadXing(bytes, header, offset + CrcBytes, out info))
            return true;
        if (!StartsAt(bytes, VbriOffset, "VBRI"u8))
            return false;
        info = new Mp3InfoFrame(header, Mp3InfoKind.Vbri, VbriOffset, Count(bytes, VbriFramesOffset), 0, 0);
        return true;
    }

    private static bool TryReadXing(ReadOnlySpan<byte> bytes, Mp3FrameHeader header, int offset, out Mp3InfoFrame info)
    {
        info = default;
        Mp3InfoKind kind;
        if (StartsAt(bytes, offset, "Xing"u8))
            kind = Mp3InfoKind.Xing;
        else if (StartsAt(bytes, offset, "Info"u8))
            kind = Mp3InfoKind.Info;
        else
            return false;
        info = new Mp3InfoFrame(header, kind, offset, 0, 0, 0);
        if (!TryReadFlags(bytes, info, out var flags))
            return true;
        var frames = (flags & HasFrames) != 0 ? Count(bytes, offset + 8) : 0;
        var lame = TableOffset(info, flags) + ((flags & HasTable) != 0 ? TableBytes : 0) + ((flags & HasQuality) != 0 ? 4 : 0);
        var isThere = bytes.Length >= lame + LameBytes;
        var (delay, padding) = isThere ? ReadGaps(bytes[(lame + LameDelayOffset)..]) : (0, 0);
        info = info with
        {
            FrameCount = frames,
            DelaySamples = delay,
            PaddingSamples = padding,
            EncoderOffset = isThere ? lame : 0,
        };
        return true;
    }

    /// <summary>Reads the flags of a Xing or Info frame. Returns false if the bytes end before the flags.</summary>
    internal static bool TryReadFlags(ReadOnlySpan<byte> bytes, Mp3InfoFrame info, out uint flags) =>
        BinaryPrimitives.TryReadUInt32BigEndian(bytes[(info.MarkerOffset + MarkerBytes)..], out flags);

    /// <summary>Returns the offset of the seek table in a Xing or Info frame with these flags.</summary>
    internal static int TableOffset(Mp3InfoFrame info, uint flags) =>
        info.MarkerOffset + 8 + ((flags & HasFrames) != 0 ? 4 : 0) + ((flags & HasBytes) != 0 ? 4 : 0);

    private static (int Delay, int Padding) ReadGaps(ReadOnlySpan<byte> bytes) =>
        (bytes[0] << 4 | bytes[1] >> 4, (bytes[1] & 0x0F) << 8 | bytes[2]);

    private static int Count(ReadOnlySpan<byte> bytes, int offset) =>
        bytes.Length >= offset + 4 ? Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(bytes[offset..])) : 0;

    private static bool StartsAt(ReadOnlySpan<byte> bytes, int offset, ReadOnlySpan<byte> marker) =>
        bytes.Length >= offset + marker.Length && bytes.Slice(offset, marker.Length).SequenceEqual(marker);
}
