using System.Buffers.Binary;

namespace TspActors.Media.Tags;

/// <summary>Reads the ReplayGain in an RVA2 frame of an ID3v2.4 tag.</summary>
internal static class Id3v2Volume
{
    /// <summary>
    /// The maximum length of a frame that is read. It is enough for the name and for nine channels with a peak of 32 bytes each.
    /// </summary>
    public const int MaxFrameBytes = 512;

    // The master volume. The other channels are individual speakers.
    private const byte Master = 1;
    private const int ChannelBytes = 4;
    private const double StepsPerDecibel = 512;

    /// <summary>Returns true if this is the id of an RVA2 frame. Some programs also write such frames into version 2.3 tags.</summary>
    public static bool IsVolume(ReadOnlySpan<byte> id) => id.SequenceEqual("RVA2"u8);

    /// <summary>Offers the frame's gain and peak to the draft if they are for the track or the album.</summary>
    public static void Offer(GainDraft draft, ReadOnlySpan<byte> frame)
    {
        var nameEnd = frame.IndexOf((byte)0);
        if (nameEnd < 0)
            return;
        var name = TagText.DecodeLatin1(frame[..nameEnd]);
        var isAlbum = name.Equals("album", StringComparison.OrdinalIgnoreCase);
        if (!isAlbum && !name.Equals("track", StringComparison.OrdinalIgnoreCase))
            return;
        for (var rest = frame[(nameEnd + 1)..]; rest.Length >= ChannelBytes;)
        {
            var peakBytes = (rest[3] + 7) / 8;
            if (rest.Length < ChannelBytes + peakBytes)
                return;
            if (rest[0] == Master)
            {
                var gain = BinaryPrimitives.ReadInt16BigEndian(rest[1..]) / StepsPerDecibel;
                draft.OfferVolume(isAlbum, gain, Peak(rest.Slice(ChannelBytes, peakBytes), rest[3]));
                return;
            }

            rest = rest[(ChannelBytes + peakBytes)..];
        }
    }

    // The specification does not define full scale. Other programs treat the highest bit as full scale.
    private static double Peak(ReadOnlySpan<byte> bytes, int bits)
    {
        var peak = 0.0;
        foreach (var value in bytes)
            peak = peak * 256 + value;
        return bits == 0 ? 0 : peak / Math.Pow(2, bits - 1);
    }
}
