using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

// Commands to the PlaybackActor -----------------------------------------------------------------------------------------------

/// <summary>
/// Play the first of these now, instead of what plays, and the others after it, before what waits. Answered by <see cref="PlaybackStarted"/> or
/// <see cref="PlaybackRefused"/>.
/// </summary>
/// <param name="Songs">At least one.</param>
/// <param name="Pace">How the first one is fetched.</param>
internal sealed record PlayNow(IReadOnlyList<QueuedSong> Songs, Pace Pace = Pace.Realtime) : ILocalMessage
{
    public PlayNow(int id, Pace pace = Pace.Realtime)
        : this([new QueuedSong(id, $"song {id}")], pace)
    {
    }
}

/// <summary>Play these after what plays and what waits. Answered by <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.</summary>
internal sealed record Enqueue(IReadOnlyList<QueuedSong> Songs) : ILocalMessage;

/// <summary>A song in the queue.</summary>
internal sealed record QueuedSong(int Id, string Title);

/// <summary>On to the next song of the queue.</summary>
internal sealed record NextSong : ILocalMessage
{
    public static readonly NextSong Instance = new();
}

/// <summary>What is to become of the queue. Answered by <see cref="PlaybackDone"/>.</summary>
internal sealed record ChangeQueue(QueueChange What) : ILocalMessage;

/// <summary>A change of the queue; what is heard goes on.</summary>
internal enum QueueChange
{
    Clear,
    Shuffle,
    RepeatOff,
    RepeatOne,
    RepeatAll,
}

/// <summary>Answered by <see cref="PlaybackDone"/> when every sound output that was left is closed.</summary>
internal sealed record AwaitSilence : ILocalMessage
{
    public static readonly AwaitSilence Instance = new();
}

/// <summary>Stop what plays, at its host too, and empty the queue.</summary>
internal sealed record StopPlaying : ILocalMessage
{
    public static readonly StopPlaying Instance = new();
}

/// <summary>Hold what plays, or go on with it.</summary>
internal sealed record SetPaused(bool Paused) : ILocalMessage;

/// <summary>Go on from this time of the song.</summary>
internal sealed record SeekTo(TimeSpan Position) : ILocalMessage;

/// <summary>How loud, 0 to 100; stays for later songs.</summary>
internal sealed record SetVolume(int Percent) : ILocalMessage;

/// <summary>What is going on. Answered by <see cref="PlaybackStatus"/>.</summary>
internal sealed record GetPlayback : ILocalMessage
{
    public static readonly GetPlayback Instance = new();
}

// Replies ---------------------------------------------------------------------------------------------------------------------

/// <summary>A host has begun to send the song.</summary>
internal sealed record PlaybackStarted(Song Song, Host Host) : ILocalMessage, IDeadLetterSuppression;

/// <summary>It was done.</summary>
internal sealed record PlaybackDone(string Text = "") : ILocalMessage, IDeadLetterSuppression;

/// <summary>It cannot be done; <paramref name="Reason"/> says why.</summary>
/// <param name="Reason">For people.</param>
/// <param name="Withdrawn">Whoever asked wants something else, or nothing, by now.</param>
internal sealed record PlaybackRefused(string Reason, bool Withdrawn = false) : ILocalMessage, IDeadLetterSuppression;

/// <summary>What is going on.</summary>
/// <param name="Song">What plays, or null.</param>
/// <param name="Host">Where it comes from.</param>
/// <param name="Position">How much of it was heard.</param>
/// <param name="Paused">It is held.</param>
/// <param name="Volume">0 to 100.</param>
/// <param name="Received">Bytes of the payload that are here, counted from its start.</param>
/// <param name="Stalls">How often the sound ran dry.</param>
/// <param name="Queue">What comes next.</param>
internal sealed record PlaybackStatus(
    Song? Song, Host? Host, TimeSpan Position, bool Paused, int Volume, long Received, int Stalls, IReadOnlyList<QueuedSong> Queue)
    : ILocalMessage, IDeadLetterSuppression
{
    /// <summary>Playing time that is here and not heard yet.</summary>
    public TimeSpan Buffered { get; init; }

    public RepeatMode Repeat { get; init; }

    /// <summary>Nothing plays, nor is about to.</summary>
    public bool IsIdle { get; init; }
}

// Published on the event stream -----------------------------------------------------------------------------------------------

/// <summary>Something people should know while the song goes on.</summary>
internal sealed record PlaybackNotice(string Text) : ILocalMessage, IDeadLetterSuppression;

/// <summary>A song of the queue is heard now.</summary>
internal sealed record SongHeard(Song Song, Host Host) : ILocalMessage, IDeadLetterSuppression;

/// <summary>A song is over.</summary>
/// <param name="Song">Which; null when it never began.</param>
/// <param name="Failure">Why it ended early; null when it was heard to the end.</param>
/// <param name="Idle">Nothing comes after it.</param>
/// <param name="Answered">Who asked for it has been refused with the same failure.</param>
internal sealed record SongOver(Song? Song, string? Failure, bool Idle, bool Answered = false) : ILocalMessage, IDeadLetterSuppression;

/// <summary>To the PlaybackActor, which publishes it on the event stream: whoever reads it there has read all that was published before.</summary>
internal sealed record EventMark(TaskCompletionSource Reached) : ILocalMessage, IDeadLetterSuppression;
