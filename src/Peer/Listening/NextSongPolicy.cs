using TspActors.Playback;

namespace TspActors.Peer.Listening;

/// <summary>Decides when the next song is fetched, when it is given to the player, and when the player waits behind a song that has no sound.</summary>
/// <param name="prefetch">How much may be left to be heard of a song when the next one is fetched.</param>
internal sealed class NextSongPolicy(TimeSpan prefetch)
{
    /// <summary>How often <see cref="Decide"/> is asked while a song's end is waited for.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // Before that the next song is not the player's: a queue that changes costs nothing that is heard.
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(3);

    // Bytes that are just being decoded are nowhere for a moment.
    private const int MostDryLooks = 10;

    private int _dryLooks;

    /// <summary>What is to be done now.</summary>
    /// <param name="heard">What is heard; null when nothing is.</param>
    /// <param name="ahead">What is fetched to follow it.</param>
    /// <param name="next">What comes next in the queue.</param>
    /// <param name="speakers">What plays them; null when nothing does.</param>
    public NextStep Decide(Track? heard, Track? ahead, QueuedSong? next, AudioPipeline? speakers)
    {
        if (speakers is null || heard is null)
            return NextStep.None;
        _dryLooks = IsStuck(ahead, speakers) ? _dryLooks + 1 : 0;
        if (_dryLooks > MostDryLooks)
        {
            _dryLooks = 0;
            return NextStep.PassOver;
        }

        if (heard is not { IsAllHere: true, Song: { } song } || ahead is { IsOpen: true })
            return NextStep.None;
        var left = Left(song, speakers);
        if (ahead is null)
            return next is not null && left <= prefetch && !speakers.Paused ? NextStep.Fetch : NextStep.EndSong;
        return next is not null && ahead.Turn.HasBytes && left <= HandOver ? NextStep.GiveToPlayer : NextStep.EndSong;
    }

    /// <summary>Whether the answer can be another one soon, without anything having happened.</summary>
    public static bool IsWaiting(Track? heard, Track? ahead, QueuedSong? next) =>
        heard is { IsAllHere: true } && (ahead is { IsOpen: true } ? ahead.IsAllHere || ahead.Failure is not null : next is not null);

    // A song without any sound is never reached. The player waits behind it, when something is to follow.
    private static bool IsStuck(Track? ahead, AudioPipeline speakers) =>
        ahead is { IsOpen: true } && (ahead.IsAllHere || ahead.Failure is not null) && speakers.Song != ahead.Turn.Number && speakers.Buffered == TimeSpan.Zero;

    // The buffer is told by the bitrate so far and the position by where a seek was thought to lead; whichever is less is on the safe side.
    private static TimeSpan Left(Protocol.Song song, AudioPipeline speakers)
    {
        var byPosition = TimeSpan.FromMilliseconds(song.Format.DurationMs) - speakers.Position;
        return byPosition < speakers.Buffered ? byPosition : speakers.Buffered;
    }
}

/// <summary>What a <see cref="NextSongPolicy"/> has decided.</summary>
internal enum NextStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The player is told that this is the song's end, and whether anything follows.</summary>
    EndSong,

    /// <summary>That, and the next song is fetched.</summary>
    Fetch,

    /// <summary>That, and what is fetched ahead is the player's from now on.</summary>
    GiveToPlayer,

    /// <summary>What is fetched ahead is never heard.</summary>
    PassOver,
}
