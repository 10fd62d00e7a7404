using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>The ReplayGain of a song. It takes only 12 bytes, because there is one for each song of the swarm.</summary>
internal readonly struct SongLoudness
{
    private const short Unknown = short.MinValue;
    private readonly uint _trackPeak;
    private readonly uint _albumPeak;
    private readonly short _trackGain;
    private readonly short _albumGain;

    public SongLoudness(ReplayGainValues values)
    {
        (_trackPeak, _albumPeak) = (values.TrackPeakPpm ?? 0, values.AlbumPeakPpm ?? 0);
        (_trackGain, _albumGain) = ((short)(values.TrackGainCdb ?? Unknown), (short)(values.AlbumGainCdb ?? Unknown));
    }

    /// <summary>The values; unknown ones are null.</summary>
    public ReplayGainValues Values => new(
        _trackGain == Unknown ? null : _trackGain, _trackPeak == 0 ? null : _trackPeak,
        _albumGain == Unknown ? null : _albumGain, _albumPeak == 0 ? null : _albumPeak);
}
