using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Decides when the next song is fetched, when the player gets it, and when a song without sound is passed over.</summary>
/// <param name="prefetch">The next song is fetched when no more than this is left to be heard of the current one.</param>
internal sealed class NextSongPolicy(TimeSpan prefetch)
{
    /// <summary>How often <see cref="Decide"/> is asked while the end of a song is watched.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // Until then the player does not have the next song: a change of the queue costs nothing that is heard.
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(3);

    // Bytes that are just being decoded are counted nowhere for a moment.
    private const int MaxDryReadings = 10;

    private int _dryReadings;

    /// <summary>Returns what must be done now.</summary>
    /// <param name="phase">What plays and what is prepared.</param>
    /// <param name="next">The next song of the queue.</param>
    /// <param name="reading">What the player says.</param>
    public NextStep Decide(PlaybackPhase phase, QueuedSong? next, SoundReading reading)
    {
        _dryReadings = IsStuck(phase, reading) ? _dryReadings + 1 : 0;
        if (_dryReadings > MaxDryReadings)
        {
            _dryReadings = 0;
            return NextStep.PassOver;
        }

        if (phase is PlaybackPhase.PlayingWithNextReady || phase.CurrentTrack is not { IsAllHere: true, Song: { } song })
            return NextStep.None;
        var left = TimeLeft(song, reading);
        if (phase is PlaybackPhase.PlayingAndFetchingNext)
            return next is not null && reading.NextHasBytes && left <= HandOver ? NextStep.GiveToPlayer : NextStep.EndSong;
        return next is not null && left <= prefetch && !reading.IsPaused ? NextStep.Fetch : NextStep.EndSong;
    }

    /// <summary>Returns whether <see cref="Decide"/> may soon decide otherwise although nothing has happened.</summary>
    public static bool MustWatch(PlaybackPhase phase, QueuedSong? next) =>
        phase.CurrentTrack is { IsAllHere: true }
            && (phase is PlaybackPhase.PlayingWithNextReady ready ? ready.Next.IsFetchOver : next is not null);

    // The player never reaches a song without any sound, and waits behind it when another one is to follow.
    private static bool IsStuck(PlaybackPhase phase, SoundReading reading) =>
        phase is PlaybackPhase.PlayingWithNextReady { Next.IsFetchOver: true } && !reading.HasReachedNext
            && reading.Buffered == TimeSpan.Zero;

    // The buffer is estimated from the bitrate so far, and the position from where a seek was thought to lead. The lesser of the two is on
    // the safe side.
    private static TimeSpan TimeLeft(Song song, SoundReading reading)
    {
        var byPosition = TimeSpan.FromMilliseconds(song.Format.DurationMs) - reading.Position;
        return byPosition < reading.Buffered ? byPosition : reading.Buffered;
    }
}

/// <summary>What a <see cref="NextSongPolicy"/> has decided.</summary>
internal enum NextStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Tell the player that this is the song's end, and whether anything follows.</summary>
    EndSong,

    /// <summary>As <see cref="EndSong"/>, and fetch the next song.</summary>
    Fetch,

    /// <summary>As <see cref="EndSong"/>, and let the next song into the player.</summary>
    GiveToPlayer,

    /// <summary>The next song has no sound: give it up.</summary>
    PassOver,
}
