using System.Buffers.Binary;

namespace TspActors.Mpeg;

/// <summary>The four bytes that begin every MPEG Layer III frame (ISO/IEC 11172-3, section 2.4.2.3).</summary>
/// <remarks>
/// Layers I and II, free-format bitrates and reserved values are rejected. The reserved emphasis value is accepted, because decoders accept
/// it too.
/// </remarks>
public readonly struct Mp3FrameHeader : IEquatable<Mp3FrameHeader>
{
    /// <summary>The length of a header in bytes.</summary>
    public const int Size = 4;

    /// <summary>The length in bytes of the longest Layer III frame: padded, at 320 kbit/s and 32 kHz or at 160 kbit/s and 8 kHz.</summary>
    public const int MaxFrameBytes = 1441;

    private static readonly short[] Mpeg1Kilobits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];

    private static readonly short[] Mpeg2Kilobits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

    private static readonly int[] Mpeg1Rates = [44_100, 48_000, 32_000, 0];

    private readonly uint _bits;

    private Mp3FrameHeader(uint bits) => _bits = bits;

    /// <summary>The MPEG version.</summary>
    public MpegVersion Version => ((_bits >> 19) & 3) switch { 3 => MpegVersion.Mpeg1, 2 => MpegVersion.Mpeg2, _ => MpegVersion.Mpeg25 };

    /// <summary>A number below 12 that identifies the version and the sample rate together.</summary>
    internal int RateIndex => (int)Version * 4 + ((int)(_bits >> 10) & 3);

    /// <summary>The bitrate of this frame in bits per second.</summary>
    public int BitrateBps => 1000 * (Version == MpegVersion.Mpeg1 ? Mpeg1Kilobits : Mpeg2Kilobits)[(_bits >> 12) & 15];

    /// <summary>The number of samples per second and channel.</summary>
    public int SampleRateHz => Mpeg1Rates[(int)(_bits >> 10) & 3] >> (int)Version;

    /// <summary>Whether the frame has an extra padding byte.</summary>
    public bool IsPadded => (_bits & 0x200) != 0;

    /// <summary>Whether a 16-bit checksum follows the header.</summary>
    public bool HasCrc => (_bits & 0x10000) == 0;

    /// <summary>The number of channels: 1 or 2.</summary>
    public int Channels => ((_bits >> 6) & 3) == 3 ? 1 : 2;

    /// <summary>The number of samples per channel in one frame: 1152 for MPEG-1, 576 for MPEG-2 and MPEG-2.5.</summary>
    public int SamplesPerFrame => Version == MpegVersion.Mpeg1 ? 1152 : 576;

    /// <summary>The length of the whole frame in bytes, header included.</summary>
    public int FrameBytes => SamplesPerFrame / 8 * BitrateBps / SampleRateHz + (IsPadded ? 1 : 0);

    /// <summary>The length in bytes of the side information that follows the header and the checksum.</summary>
    public int SideInfoBytes => Version == MpegVersion.Mpeg1 ? (Channels == 1 ? 17 : 32) : (Channels == 1 ? 9 : 17);

    /// <summary>Parses the header at the start of <paramref name="bytes"/>.</summary>
    /// <returns>False if there are fewer than four bytes or they are not a Layer III header.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Mp3FrameHeader header)
    {
        header = default;
        if (bytes.Length < Size)
            return false;
        var bits = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        // The header begins with 11 sync bits, two bits for the version, and two bits for the layer: 01 is Layer III.
        if ((bits & 0xFFE6_0000) != 0xFFE2_0000)
            return false;
        var isReservedVersion = ((bits >> 19) & 3) == 1;
        var isReservedRate = ((bits >> 10) & 3) == 3;
        var bitrate = (bits >> 12) & 15;
        if (isReservedVersion || isReservedRate || bitrate is 0 or 15)
            return false;
        header = new Mp3FrameHeader(bits);
        return true;
    }

    /// <summary>
    /// Returns whether both headers have the same version, layer and sample rate, so that their frames can be neighbours in one stream
    /// (docs/protocol.md, section 2).
    /// </summary>
    public bool IsSameStream(Mp3FrameHeader other) => ((_bits ^ other._bits) & 0x001E_0C00) == 0;

    /// <inheritdoc/>
    public bool Equals(Mp3FrameHeader other) => _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Mp3FrameHeader other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_bits;

    /// <summary>Returns whether all four bytes are equal.</summary>
    public static bool operator ==(Mp3FrameHeader left, Mp3FrameHeader right) => left.Equals(right);

    /// <summary>Returns whether any of the four bytes differ.</summary>
    public static bool operator !=(Mp3FrameHeader left, Mp3FrameHeader right) => !left.Equals(right);
}
