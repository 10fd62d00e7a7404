namespace TspActors.Protocol;

/// <summary>The ReplayGain of a song, without impossible values; null = unknown.</summary>
/// <param name="TrackGainCdb">The track gain in hundredths of a dB.</param>
/// <param name="TrackPeakPpm">The track peak in millionths of full scale.</param>
/// <param name="AlbumGainCdb">The album gain in hundredths of a dB.</param>
/// <param name="AlbumPeakPpm">The album peak in millionths of full scale.</param>
public readonly record struct ReplayGainValues(int? TrackGainCdb, uint? TrackPeakPpm, int? AlbumGainCdb, uint? AlbumPeakPpm)
{
    /// <summary>Whether no value is known.</summary>
    public bool IsEmpty => this == default;

    /// <summary>Reads the values from a format, which a stranger may have written.</summary>
    public static ReplayGainValues Read(AudioFormat? format) => format is null ? default : new ReplayGainValues(
        format.HasTrackGainCdb && ReplayGainBounds.IsGain(format.TrackGainCdb) ? format.TrackGainCdb : null,
        format.HasTrackPeakPpm && ReplayGainBounds.IsPeak(format.TrackPeakPpm) ? format.TrackPeakPpm : null,
        format.HasAlbumGainCdb && ReplayGainBounds.IsGain(format.AlbumGainCdb) ? format.AlbumGainCdb : null,
        format.HasAlbumPeakPpm && ReplayGainBounds.IsPeak(format.AlbumPeakPpm) ? format.AlbumPeakPpm : null);

    /// <summary>Writes the values to a format that has none.</summary>
    public void Write(AudioFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (TrackGainCdb is { } trackGain)
            format.TrackGainCdb = trackGain;
        if (TrackPeakPpm is { } trackPeak)
            format.TrackPeakPpm = trackPeak;
        if (AlbumGainCdb is { } albumGain)
            format.AlbumGainCdb = albumGain;
        if (AlbumPeakPpm is { } albumPeak)
            format.AlbumPeakPpm = albumPeak;
    }
}
