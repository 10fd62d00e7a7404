using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>
/// To the PlaybackActor: play the first of these now, in place of what plays, and the others after it, before the songs that wait. The
/// reply is <see cref="PlaybackStarted"/> or <see cref="PlaybackRefused"/>.
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

/// <summary>
/// To the PlaybackActor: play these after the songs that wait. The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record Enqueue(IReadOnlyList<QueuedSong> Songs) : ILocalMessage;

/// <summary>A song in the queue.</summary>
internal sealed record QueuedSong(int Id, string Title);

/// <summary>
/// To the PlaybackActor: go on to the next song of the queue. The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record NextSong : ILocalMessage
{
    public static readonly NextSong Instance = new();
}

/// <summary>To the PlaybackActor: change the queue. The reply is <see cref="PlaybackDone"/>.</summary>
internal sealed record ChangeQueue(QueueChange What) : ILocalMessage;

/// <summary>A change of the queue. The song that is heard goes on.</summary>
internal enum QueueChange
{
    Clear,
    Shuffle,
    RepeatOff,
    RepeatOne,
    RepeatAll,
}

/// <summary>To the PlaybackActor: reply with <see cref="PlaybackDone"/> once every sound output that was left is closed.</summary>
internal sealed record AwaitSilence : ILocalMessage
{
    public static readonly AwaitSilence Instance = new();
}

/// <summary>
/// To the PlaybackActor: stop what plays, at its host too, and empty the queue. The reply is <see cref="PlaybackDone"/> or
/// <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record StopPlaying : ILocalMessage
{
    public static readonly StopPlaying Instance = new();
}

/// <summary>
/// To the PlaybackActor: hold what plays, or go on with it. The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record SetPaused(bool Paused) : ILocalMessage;

/// <summary>
/// To the PlaybackActor: go on from this time of the song. The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record SeekTo(TimeSpan Position) : ILocalMessage;

/// <summary>
/// To the PlaybackActor: set the volume, 0 to 100, for this song and later ones. The reply is <see cref="PlaybackDone"/>.
/// </summary>
internal sealed record SetVolume(int Percent) : ILocalMessage;

/// <summary>To the PlaybackActor: reply with <see cref="PlaybackStatus"/>.</summary>
internal sealed record GetPlayback : ILocalMessage
{
    public static readonly GetPlayback Instance = new();
}

/// <summary>Reply: a host has begun to send the song.</summary>
internal sealed record PlaybackStarted(Song Song, Host Host) : ILocalMessage;

/// <summary>Reply: the command was carried out.</summary>
internal sealed record PlaybackDone(string Text = "") : ILocalMessage;

/// <summary>Reply: the command cannot be carried out.</summary>
/// <param name="Reason">Why, for people.</param>
/// <param name="Withdrawn">Another command has replaced this one.</param>
internal sealed record PlaybackRefused(string Reason, bool Withdrawn = false) : ILocalMessage;

/// <summary>Reply: what plays, and what comes next.</summary>
/// <param name="Song">The song that plays; null when none does, or no host has begun to send it.</param>
/// <param name="Host">The host that sends it.</param>
/// <param name="Position">How much of it was heard.</param>
/// <param name="Paused">It is held.</param>
/// <param name="Volume">0 to 100.</param>
/// <param name="Received">Bytes of the payload that are here, counted from its start.</param>
/// <param name="Stalls">How often the sound ran dry.</param>
/// <param name="Queue">The songs that wait.</param>
internal sealed record PlaybackStatus(
    Song? Song, Host? Host, TimeSpan Position, bool Paused, int Volume, long Received, int Stalls, IReadOnlyList<QueuedSong> Queue)
    : ILocalMessage
{
    /// <summary>Playing time that is here and not heard yet.</summary>
    public TimeSpan Buffered { get; init; }

    /// <summary>What is played again.</summary>
    public RepeatMode Repeat { get; init; }

    /// <summary>Nothing plays, nor is about to.</summary>
    public bool IsIdle { get; init; }
}

/// <summary>On the event stream: a notice for people while the song goes on.</summary>
internal sealed record PlaybackNotice(string Text) : ILocalMessage;

/// <summary>On the event stream: a song of the queue is heard now.</summary>
internal sealed record SongHeard(Song Song, Host Host) : ILocalMessage;

/// <summary>On the event stream: a song is over.</summary>
/// <param name="Song">The song; null when no host ever began to send it.</param>
/// <param name="Failure">Why it ended early; null when it was heard to the end.</param>
/// <param name="Idle">Nothing comes after it.</param>
/// <param name="Answered">The command that asked for it was refused with the same failure.</param>
internal sealed record SongOver(Song? Song, string? Failure, bool Idle, bool Answered = false) : ILocalMessage;

/// <summary>
/// To the PlaybackActor, which publishes it on the event stream: its reader there has read everything that was published before.
/// </summary>
internal sealed record EventMark(TaskCompletionSource Reached) : ILocalMessage;
