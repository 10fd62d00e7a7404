using TspActors.Mpeg;

namespace TspActors.Playback.Decoders.Layer3;

/// <summary>
/// The fields of a frame's side information (ISO/IEC 11172-3, section 2.4.1.7) that show whether NLayer can decode the frame.
/// </summary>
/// <param name="MainDataBegin">How many bytes of this frame's main data precede the frame in the stream.</param>
/// <param name="Bits">The length of the main data in bits.</param>
/// <param name="IsPossible">Whether every field has a value that the standard allows.</param>
/// <param name="HasMixedBlocks">Whether a granule has both short and long blocks.</param>
/// <param name="HasSplitShortBlocks">Whether short blocks use a second Huffman table after the first region.</param>
internal readonly record struct Layer3SideInfo(
    int MainDataBegin, int Bits, bool IsPossible, bool HasMixedBlocks, bool HasSplitShortBlocks)
{
    private const int ShortBlocks = 2;

    // A granule has 576 values, and "big values" are counted in pairs. The first region of short blocks has 36 values or, at 8 kHz, 72.
    private const int MaxBigValues = 288;
    private const int FirstRegion = 18;

    /// <summary>Reads the side information. Its length follows from the header.</summary>
    internal static Layer3SideInfo Read(Mp3FrameHeader header, ReadOnlySpan<byte> side)
    {
        var isMpeg1 = header.Version == MpegVersion.Mpeg1;
        var channels = header.Channels;
        var at = 0;
        var info = new Layer3SideInfo(Take(side, ref at, isMpeg1 ? 9 : 8), 0, true, false, false);
        // Skips the private bits and, in MPEG-1, four bits per channel for shared scale factors.
        at += isMpeg1 ? (channels == 1 ? 5 : 3) + 4 * channels : channels;
        for (var granule = 0; granule < (isMpeg1 ? 2 : 1) * channels; granule++)
            info = info.WithGranule(isMpeg1, side, ref at);
        return info;
    }

    /// <summary>Changes the side information so that the frame's main data begins in the frame itself.</summary>
    internal static void ClearMainDataBegin(Mp3FrameHeader header, Span<byte> side)
    {
        side[0] = 0;
        if (header.Version == MpegVersion.Mpeg1)
            side[1] &= 0x7f;
    }

    private Layer3SideInfo WithGranule(bool isMpeg1, ReadOnlySpan<byte> side, ref int at)
    {
        var bits = Take(side, ref at, 12);
        var bigValues = Take(side, ref at, 9);
        at += 8 + (isMpeg1 ? 4 : 9); // the gain and the scale factor lengths
        var hasWindows = Take(side, ref at, 1) == 1;
        var type = Take(side, ref at, 2);
        var isMixed = Take(side, ref at, 1) == 1;
        var (first, second) = (Take(side, ref at, 5), Take(side, ref at, 5));
        at += 9 + (isMpeg1 ? 3 : 2);
        return this with
        {
            Bits = Bits + bits,
            // A granule that selects its own type of window may not select the normal one.
            IsPossible = IsPossible && bigValues <= MaxBigValues && (!hasWindows || type != 0),
            HasMixedBlocks = HasMixedBlocks || hasWindows && isMixed,
            HasSplitShortBlocks = HasSplitShortBlocks
                || hasWindows && type == ShortBlocks && bigValues > FirstRegion && first != second,
        };
    }

    private static int Take(ReadOnlySpan<byte> bytes, ref int at, int count)
    {
        var value = 0;
        for (; count > 0; count--, at++)
            value = value << 1 | bytes[at >> 3] >> (7 - (at & 7)) & 1;
        return value;
    }
}
