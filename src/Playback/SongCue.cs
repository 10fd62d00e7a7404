namespace TspActors.Playback;

/// <summary>How a <see cref="SongPlayer"/> plays a song.</summary>
/// <param name="Gain">The factor by which the song's samples are multiplied.</param>
/// <param name="Fade">The longest crossfade with the song before this one; zero = the songs follow each other without a gap.</param>
public readonly record struct SongCue(double Gain, TimeSpan Fade)
{
    /// <summary>The song unchanged, without a crossfade.</summary>
    public static SongCue Plain { get; } = new(1, TimeSpan.Zero);
}
