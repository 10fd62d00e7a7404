namespace TspActors.Protocol;

/// <summary>The ReplayGain values that an <see cref="AudioFormat"/> may carry (docs/protocol.md, section 4).</summary>
/// <remarks>
/// The bounds are far beyond the values of real songs. They keep a stranger's tag from making a song silent or painfully loud.
/// </remarks>
public static class ReplayGainBounds
{
    /// <summary>The largest gain, positive or negative, in hundredths of a dB.</summary>
    public const int MaxGainCdb = 6_000;

    /// <summary>
    /// The largest peak in millionths of full scale. It is beyond full scale, because a song that was mastered too loud can decode to
    /// such samples.
    /// </summary>
    public const uint MaxPeakPpm = 16_000_000;

    /// <summary>Returns whether this is a possible gain in hundredths of a dB.</summary>
    public static bool IsGain(int cdb) => cdb is >= -MaxGainCdb and <= MaxGainCdb;

    /// <summary>Returns whether this is a possible peak in millionths of full scale. Programs write 0 for an unknown peak.</summary>
    public static bool IsPeak(uint ppm) => ppm is > 0 and <= MaxPeakPpm;

    /// <summary>Removes impossible values from a format. Does nothing if there is no format.</summary>
    public static void Clean(AudioFormat? format)
    {
        if (format is null)
            return;
        if (format.HasTrackGainCdb && !IsGain(format.TrackGainCdb))
            format.ClearTrackGainCdb();
        if (format.HasTrackPeakPpm && !IsPeak(format.TrackPeakPpm))
            format.ClearTrackPeakPpm();
        if (format.HasAlbumGainCdb && !IsGain(format.AlbumGainCdb))
            format.ClearAlbumGainCdb();
        if (format.HasAlbumPeakPpm && !IsPeak(format.AlbumPeakPpm))
            format.ClearAlbumPeakPpm();
    }

    /// <summary>Copies the ReplayGain values from one format to another, and removes those that <paramref name="from"/> lacks.</summary>
    public static void Copy(AudioFormat from, AudioFormat to)
    {
        to.ClearTrackGainCdb();
        to.ClearTrackPeakPpm();
        to.ClearAlbumGainCdb();
        to.ClearAlbumPeakPpm();
        if (from.HasTrackGainCdb)
            to.TrackGainCdb = from.TrackGainCdb;
        if (from.HasTrackPeakPpm)
            to.TrackPeakPpm = from.TrackPeakPpm;
        if (from.HasAlbumGainCdb)
            to.AlbumGainCdb = from.AlbumGainCdb;
        if (from.HasAlbumPeakPpm)
            to.AlbumPeakPpm = from.AlbumPeakPpm;
    }
}
