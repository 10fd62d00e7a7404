using System.Reflection;
using NLayer;

namespace TspActors.Playback.Decoders.Layer3;

/// <summary>Corrects two errors in NLayer 3.0.1's tables that cause loud noise at transients and at 24 kHz.</summary>
/// <remarks>
/// The tables are private. If a different version of NLayer has different tables, nothing is corrected; the tests that compare the sound
/// with mpg123's would then fail.
/// </remarks>
internal static class NLayerCorrections
{
    private const BindingFlags Private = BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    // The start of the nineteenth scale factor band of long blocks at 24 kHz. ISO/IEC 13818-3 has a misprint here that encoders ignore.
    private const int Row24Khz = 4;
    private const int Band = 18;
    private const int Misprint = 330;
    private const int Boundary = 332;

    private static readonly FieldInfo? Layer3 = typeof(MpegFrameDecoder).GetField("_layerIIIDecoder", Private);
    private static readonly FieldInfo? LongBands = Layer3?.FieldType.GetField("_sfBandIndexLTable", Private);
    private static readonly FieldInfo? ShortBands = Layer3?.FieldType.GetField("_sfBandIndexS", Private);
    private static readonly FieldInfo? Windows = Layer3?.FieldType.GetField("_cbwLookupS", Private);

    /// <summary>Corrects the tables that all decoders share. Call it before the first frame is decoded.</summary>
    internal static void CorrectTables()
    {
        if (LongBands?.GetValue(null) is int[][] { Length: > Row24Khz } bands && bands[Row24Khz] is { Length: > Band } row
            && row[Band] == Misprint)
            row[Band] = Boundary;
    }

    /// <summary>Corrects a decoder that has decoded a frame and has therefore chosen the tables for its sample rate.</summary>
    internal static void CorrectWindows(MpegFrameDecoder decoder)
    {
        // In NLayer's table, the last band of short blocks belongs to the first window only, so the other windows get that window's gain.
        if (Layer3?.GetValue(decoder) is not { } layer3 || ShortBands?.GetValue(layer3) is not int[] { Length: 14 } bands
            || Windows?.GetValue(layer3) is not byte[] { Length: 576 } windows)
            return;
        var (start, width) = (3 * bands[12], bands[13] - bands[12]);
        for (var i = start; i < windows.Length; i++)
            windows[i] = (byte)((i - start) / width);
    }
}
