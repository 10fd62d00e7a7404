using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides how the player plays a song: the gain, and how long the song may overlap with the one before it.</summary>
/// <param name="gain">The ReplayGain value to use.</param>
/// <param name="crossfade">The crossfade that the user wants; zero = none.</param>
internal sealed class CueRules(ReplayGainMode gain, TimeSpan crossfade)
{
    /// <summary>The rules that leave songs unchanged.</summary>
    public static CueRules Plain { get; } = new(ReplayGainMode.Off, TimeSpan.Zero);

    /// <summary>Returns the cue for a song.</summary>
    /// <param name="song">The song.</param>
    /// <param name="before">The previous song; null if there is none, or if this song starts in the middle.</param>
    public SongCue CueFor(Song song, Song? before) => new(ReplayGain.Choose(song.Format, gain).Factor, Fade(song, before));

    // A fade lasts for at most half of the shorter song. A live feed has no end to fade out, and its beginning should be heard clearly.
    private TimeSpan Fade(Song song, Song? before)
    {
        if (before is null || before.Live || song.Live)
            return TimeSpan.Zero;
        var shorter = Math.Min(before.Format?.DurationMs ?? 0, song.Format?.DurationMs ?? 0);
        var half = TimeSpan.FromMilliseconds(shorter / 2.0);
        return half < crossfade ? half : crossfade;
    }
}
