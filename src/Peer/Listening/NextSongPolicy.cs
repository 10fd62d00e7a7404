using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides when to fetch the next song, when to pass it to the player, and when to skip a song without audio.</summary>
/// <param name="prefetch">The next song is fetched once the current one has no more than this left to play.</param>
/// <param name="crossfade">How long the two songs overlap. All decisions are made this much earlier.</param>
internal sealed class NextSongPolicy(TimeSpan prefetch, TimeSpan crossfade = default)
{
    /// <summary>How often to call <see cref="Decide"/> near the end of a song.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // The player receives the next song when the current one has no more than this and the crossfade left to play. Until then, the queue
    // can change without an audible effect.
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(3);

    // While bytes are being decoded, they count neither as buffered nor as heard, so a single dry reading proves nothing.
    private const int MaxDryReadings = 10;

    private int _dryReadings;

    /// <summary>Returns the next step.</summary>
    /// <param name="phase">The current phase, with the song that is playing and the one that is prepared.</param>
    /// <param name="next">The next song in the queue; null if there is none.</param>
    /// <param name="reading">The player's state.</param>
    public NextStep Decide(PlaybackPhase phase, QueuedSong? next, SoundReading reading)
    {
        _dryReadings = IsStuck(phase, reading) ? _dryReadings + 1 : 0;
        if (_dryReadings > MaxDryReadings)
        {
            _dryReadings = 0;
            return NextStep.Skip;
        }

        if (phase is PlaybackPhase.PlayingWithNextReady || phase.CurrentTrack is not { HasAllBytes: true, Song: { } song })
            return NextStep.None;
        var left = TimeLeft(song, reading);
        if (phase is PlaybackPhase.PlayingAndFetchingNext)
            return next is not null && reading.NextHasBytes && left <= HandOver + crossfade ? NextStep.GiveToPlayer : NextStep.EndSong;
        return next is not null && left <= prefetch + crossfade && !reading.IsPaused ? NextStep.Fetch : NextStep.EndSong;
    }

    /// <summary>Returns whether the next decision may change simply because time passes.</summary>
    public static bool MustWatch(PlaybackPhase phase, QueuedSong? next) =>
        phase.CurrentTrack is { HasAllBytes: true }
            && (phase is PlaybackPhase.PlayingWithNextReady ready ? ready.Next.IsFetchOver : next is not null);

    // The player never moves on to a song without audio. If another song follows that one, the player waits for it.
    private static bool IsStuck(PlaybackPhase phase, SoundReading reading) =>
        phase is PlaybackPhase.PlayingWithNextReady { Next.IsFetchOver: true } && !reading.HasReachedNext
            && reading.Buffered == TimeSpan.Zero;

    // Both values are estimates: the buffered time is based on the bitrate so far, and the position after a seek on an estimated target.
    // Using the smaller one is safe.
    private static TimeSpan TimeLeft(Song song, SoundReading reading)
    {
        var byPosition = TimeSpan.FromMilliseconds(song.Format.DurationMs) - reading.Position;
        return byPosition < reading.Buffered ? byPosition : reading.Buffered;
    }
}

/// <summary>A decision of <see cref="NextSongPolicy"/>.</summary>
internal enum NextStep
{
    /// <summary>Do nothing.</summary>
    None,

    /// <summary>Tell the player that the song ends here, and whether another one follows.</summary>
    EndSong,

    /// <summary>Do the same as for <see cref="EndSong"/>, and fetch the next song.</summary>
    Fetch,

    /// <summary>Do the same as for <see cref="EndSong"/>, and pass the next song to the player.</summary>
    GiveToPlayer,

    /// <summary>Skip the next song because it has no audio.</summary>
    Skip,
}
