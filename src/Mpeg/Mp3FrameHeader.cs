using System.Buffers.Binary;

namespace TspActors.Mpeg;

/// <summary>The four bytes that begin every MPEG Layer III frame (ISO/IEC 11172-3, section 2.4.2.3).</summary>
/// <remarks>
/// Layers I and II and reserved values are rejected. The reserved emphasis value is accepted, because decoders accept it too. A free-format
/// header (bitrate index 0) does not state the length of its frame. The length follows from the neighbouring headers: see
/// <see cref="Mp3FreeFormat"/>.
/// </remarks>
public readonly struct Mp3FrameHeader : IEquatable<Mp3FrameHeader>
{
    /// <summary>The length of a header in bytes.</summary>
    public const int Size = 4;

    /// <summary>The length in bytes of the longest Layer III frame, which is in free format.</summary>
    public const int MaxFrameBytes = Mp3FreeFormat.MaxFrameBytes;

    /// <summary>
    /// The length in bytes of the longest frame whose header states its bitrate: padded, at 320 kbit/s and 32 kHz or at 160 kbit/s and
    /// 8 kHz.
    /// </summary>
    public const int MaxStatedFrameBytes = 1441;

    private static readonly short[] Mpeg1Kilobits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];

    private static readonly short[] Mpeg2Kilobits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

    private static readonly int[] Mpeg1Rates = [44_100, 48_000, 32_000, 0];

    private readonly uint _bits;

    // The length of a free-format frame without padding; 0 if the header states the bitrate.
    private readonly int _freeBytes;

    private Mp3FrameHeader(uint bits, int freeBytes = 0) => (_bits, _freeBytes) = (bits, freeBytes);

    /// <summary>The MPEG version.</summary>
    public MpegVersion Version => ((_bits >> 19) & 3) switch { 3 => MpegVersion.Mpeg1, 2 => MpegVersion.Mpeg2, _ => MpegVersion.Mpeg25 };

    /// <summary>A number below 12 that identifies the version and the sample rate together.</summary>
    internal int RateIndex => (int)Version * 4 + ((int)(_bits >> 10) & 3);

    /// <summary>Whether the length of the frame follows from its neighbours, because the header states no bitrate.</summary>
    public bool IsFreeFormat => _freeBytes > 0;

    /// <summary>
    /// The bitrate of this frame in bits per second. In free format, it is the lowest whole number of kbit/s that fills the frame.
    /// </summary>
    public int BitrateBps => 1000 * (IsFreeFormat ? FreeKilobits : StatedKilobits);

    /// <summary>The number of samples per second in each channel.</summary>
    public int SampleRateHz => Mpeg1Rates[(int)(_bits >> 10) & 3] >> (int)Version;

    /// <summary>Whether the frame has an extra padding byte.</summary>
    public bool IsPadded => IsPaddedIn(_bits);

    /// <summary>Whether a 16-bit checksum follows the header.</summary>
    public bool HasCrc => (_bits & 0x10000) == 0;

    /// <summary>The number of channels: 1 or 2.</summary>
    public int Channels => ((_bits >> 6) & 3) == 3 ? 1 : 2;

    /// <summary>The number of samples per channel in one frame: 1152 for MPEG-1, 576 for MPEG-2 and MPEG-2.5.</summary>
    public int SamplesPerFrame => Version == MpegVersion.Mpeg1 ? 1152 : 576;

    /// <summary>The length of the whole frame in bytes, header included.</summary>
    public int FrameBytes => (IsFreeFormat ? _freeBytes : SamplesPerFrame / 8 * BitrateBps / SampleRateHz) + (IsPadded ? 1 : 0);

    /// <summary>The length in bytes of the side information that follows the header and the checksum.</summary>
    public int SideInfoBytes => Version == MpegVersion.Mpeg1 ? (Channels == 1 ? 17 : 32) : (Channels == 1 ? 9 : 17);

    private int StatedKilobits => (Version == MpegVersion.Mpeg1 ? Mpeg1Kilobits : Mpeg2Kilobits)[(_bits >> 12) & 15];

    private int FreeKilobits => (int)Math.Ceiling((double)_freeBytes * SampleRateHz / (SamplesPerFrame / 8) / 1000);

    /// <summary>Parses a header that states its bitrate, at the start of <paramref name="bytes"/>.</summary>
    /// <returns>False if there are fewer than four bytes or they are not a Layer III header, or the header is in free format.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Mp3FrameHeader header)
    {
        header = default;
        if (!IsLayer3(bytes, out var bits) || IsFree(bits))
            return false;
        header = new Mp3FrameHeader(bits);
        return true;
    }

    /// <summary>Parses the header of a frame whose end is known, such as a frame from a splitter.</summary>
    /// <param name="frame">All bytes of the frame.</param>
    /// <param name="header">The header. In free format, its frame length is the length of <paramref name="frame"/>.</param>
    /// <returns>False if the bytes are not a Layer III frame.</returns>
    public static bool TryParseFrame(ReadOnlySpan<byte> frame, out Mp3FrameHeader header)
    {
        header = default;
        if (!IsLayer3(frame, out var bits))
            return false;
        header = new Mp3FrameHeader(bits, IsFree(bits) ? Math.Max(1, frame.Length - (IsPaddedIn(bits) ? 1 : 0)) : 0);
        return true;
    }

    /// <summary>Parses the header of another frame of the same stream, with the same length if this one is in free format.</summary>
    /// <returns>False if <paramref name="bytes"/> do not begin with a header of this stream.</returns>
    public bool TryParseNext(ReadOnlySpan<byte> bytes, out Mp3FrameHeader next)
    {
        next = default;
        if (!IsLayer3(bytes, out var bits) || IsFree(bits) != IsFreeFormat)
            return false;
        next = new Mp3FrameHeader(bits, _freeBytes);
        return IsSameStream(next);
    }

    /// <summary>Parses the free-format header of a frame with a known length.</summary>
    /// <param name="bytes">The first bytes of the frame.</param>
    /// <param name="freeBytes">The length of the frame without padding.</param>
    /// <param name="header">The header.</param>
    /// <returns>False if the bytes are not a free-format header.</returns>
    internal static bool TryParseFree(ReadOnlySpan<byte> bytes, int freeBytes, out Mp3FrameHeader header)
    {
        header = default;
        if (!IsLayer3(bytes, out var bits) || !IsFree(bits))
            return false;
        header = new Mp3FrameHeader(bits, freeBytes);
        return true;
    }

    // Whether the bytes are a Layer III header without a reserved value; the bitrate may be missing.
    private static bool IsLayer3(ReadOnlySpan<byte> bytes, out uint bits)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(bytes, out bits))
            return false;
        // The header begins with 11 sync bits, two bits for the version, and two bits for the layer: 01 is Layer III.
        if ((bits & 0xFFE6_0000) != 0xFFE2_0000)
            return false;
        var isReservedVersion = ((bits >> 19) & 3) == 1;
        var isReservedRate = ((bits >> 10) & 3) == 3;
        var isReservedBitrate = ((bits >> 12) & 15) == 15;
        return !isReservedVersion && !isReservedRate && !isReservedBitrate;
    }

    private static bool IsFree(uint bits) => ((bits >> 12) & 15) == 0;

    private static bool IsPaddedIn(uint bits) => (bits & 0x200) != 0;

    /// <summary>
    /// Returns whether both headers have the same version, layer and sample rate, so that their frames can be neighbours in one stream
    /// (docs/protocol.md, section 2). In free format, both also have the same length without padding.
    /// </summary>
    public bool IsSameStream(Mp3FrameHeader other) => ((_bits ^ other._bits) & 0x001E_0C00) == 0 && _freeBytes == other._freeBytes;

    /// <inheritdoc/>
    public bool Equals(Mp3FrameHeader other) => _bits == other._bits && _freeBytes == other._freeBytes;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Mp3FrameHeader other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_bits;

    /// <summary>Returns whether all four bytes and the frame lengths are equal.</summary>
    public static bool operator ==(Mp3FrameHeader left, Mp3FrameHeader right) => left.Equals(right);

    /// <summary>Returns whether any of the four bytes or the frame lengths differ.</summary>
    public static bool operator !=(Mp3FrameHeader left, Mp3FrameHeader right) => !left.Equals(right);
}
