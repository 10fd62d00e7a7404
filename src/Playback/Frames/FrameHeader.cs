namespace TspActors.Playback.Frames;

/// <summary>The four bytes that open an MPEG Layer III frame, read as far as keeping time needs.</summary>
internal readonly record struct FrameHeader(int Version, int SampleRate, int Channels, int Samples, int Size, int Bitrate)
{
    internal const int Length = 4;

    internal PcmFormat Format => new(SampleRate, Channels);

    private static readonly int[] BitratesVersion1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] BitratesVersion2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] RatesVersion1 = [44100, 48000, 32000];

    /// <summary>Reads a header; free format (no bitrate given) is not understood.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < Length || bytes[0] != 0xff || (bytes[1] & 0xe6) != 0xe2)
            return false;
        var version = bytes[1] >> 3 & 3; // 3 = MPEG 1, 2 = MPEG 2, 0 = MPEG 2.5
        var bitrateIndex = bytes[2] >> 4;
        var rateIndex = bytes[2] >> 2 & 3;
        if (version == 1 || bitrateIndex is 0 or 15 || rateIndex == 3)
            return false;
        var rate = RatesVersion1[rateIndex] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
        var bitrate = 1000 * (version == 3 ? BitratesVersion1 : BitratesVersion2)[bitrateIndex];
        var samples = version == 3 ? 1152 : 576;
        var padding = bytes[2] >> 1 & 1;
        header = new FrameHeader(version, rate, bytes[3] >> 6 == 3 ? 1 : 2, samples, samples / 8 * bitrate / rate + padding, bitrate);
        return true;
    }
}
