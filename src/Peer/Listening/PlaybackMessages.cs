using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>
/// To the PlaybackActor: play the first of these songs now, in place of the current one, and put the others at the front of the queue.
/// The reply is <see cref="PlaybackStarted"/> or <see cref="PlaybackRefused"/>.
/// </summary>
/// <param name="Songs">The songs; at least one.</param>
/// <param name="Pace">The pace for the first song.</param>
internal sealed record PlayNow(IReadOnlyList<QueuedSong> Songs, Pace Pace = Pace.Realtime) : ILocalMessage
{
    public PlayNow(int id, Pace pace = Pace.Realtime)
        : this([new QueuedSong(id, $"song {id}")], pace)
    {
    }
}

/// <summary>
/// To the PlaybackActor: withdraw the given command, unless its first song has begun or another command has replaced it. The songs that
/// were waiting before the command stay in the queue, and nothing plays.
/// </summary>
internal sealed record CancelPlay(PlayNow Play) : ILocalMessage;

/// <summary>
/// To the PlaybackActor: add songs to the end of the queue. The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record Enqueue(IReadOnlyList<QueuedSong> Songs) : ILocalMessage;

/// <summary>A song in the queue.</summary>
/// <param name="Id">The song's id.</param>
/// <param name="Title">The song's human-readable name.</param>
internal sealed record QueuedSong(int Id, string Title)
{
    /// <summary>The song's content hash; empty if the sender of the command did not know it.</summary>
    public ContentHash Hash { get; init; }

    /// <summary>The song's duration; zero if it is unknown, or for a live feed.</summary>
    public TimeSpan Duration { get; init; }
}

/// <summary>
/// To the PlaybackActor: put the songs that were queued when the program last stopped back at the front of the queue, without playing them.
/// The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record RestoreQueue(IReadOnlyList<QueuedSong> Songs) : ILocalMessage;

/// <summary>
/// To the PlaybackActor: go back to the previous song, or to the start of the current one if it has played for more than a few seconds. The
/// reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record PreviousSong : ILocalMessage
{
    public static readonly PreviousSong Instance = new();
}

/// <summary>
/// To the PlaybackActor: remove a waiting song. The reply is <see cref="PlaybackDone"/> with its title, or <see cref="PlaybackRefused"/>.
/// </summary>
/// <param name="Place">The song's place in the queue; 1 is the next song.</param>
internal sealed record RemoveQueued(int Place) : ILocalMessage;

/// <summary>
/// To the PlaybackActor: move a waiting song to a different place. The reply is <see cref="PlaybackDone"/> with its title, or
/// <see cref="PlaybackRefused"/>.
/// </summary>
/// <param name="From">The song's place in the queue; 1 is the next song.</param>
/// <param name="To">The song's new place.</param>
internal sealed record MoveQueued(int From, int To) : ILocalMessage;

/// <summary>
/// To the PlaybackActor: skip to the next song in the queue. The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record NextSong : ILocalMessage
{
    public static readonly NextSong Instance = new();
}

/// <summary>To the PlaybackActor: change the queue. The reply is <see cref="PlaybackDone"/>.</summary>
internal sealed record ChangeQueue(QueueChange What) : ILocalMessage;

/// <summary>A change to the queue. The current song keeps playing.</summary>
internal enum QueueChange
{
    Clear,
    Shuffle,
    RepeatOff,
    RepeatOne,
    RepeatAll,
}

/// <summary>
/// To the PlaybackActor: undo the last change to the queue. The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record UndoQueueChange : ILocalMessage
{
    public static readonly UndoQueueChange Instance = new();
}

/// <summary>To the PlaybackActor: reply with <see cref="PlaybackDone"/> once every sound output that is closing has closed.</summary>
internal sealed record AwaitSilence : ILocalMessage
{
    public static readonly AwaitSilence Instance = new();
}

/// <summary>
/// To the PlaybackActor: stop the current song and its stream, and empty the queue. The reply is <see cref="PlaybackDone"/> or
/// <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record StopPlaying : ILocalMessage
{
    public static readonly StopPlaying Instance = new();
}

/// <summary>
/// To the PlaybackActor: pause or resume the song. The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record SetPaused(bool Paused) : ILocalMessage
{
    /// <summary>Whether a live feed was paused for so long that it resumes at its edge. The PlaybackActor sets this.</summary>
    public bool JoinsEdge { get; init; }
}

/// <summary>
/// To the PlaybackActor: continue at this position in the song. The reply is <see cref="PlaybackDone"/> or <see cref="PlaybackRefused"/>.
/// </summary>
internal sealed record SeekTo(TimeSpan Position) : ILocalMessage;

/// <summary>
/// To the PlaybackActor: set the volume, 0 to 100, for the current song and later ones. The reply is <see cref="PlaybackDone"/>.
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
/// <param name="Text">The title of the song that the command affected, if any.</param>
/// <param name="Removed">The number of waiting songs that the command removed from the queue.</param>
internal sealed record PlaybackDone(string Text = "", int Removed = 0) : ILocalMessage;

/// <summary>Reply: the command was not carried out.</summary>
/// <param name="Reason">The human-readable reason.</param>
/// <param name="Withdrawn">Whether another command has replaced this one.</param>
internal sealed record PlaybackRefused(string Reason, bool Withdrawn = false) : ILocalMessage;

/// <summary>Reply: the state of playback and the queue.</summary>
/// <param name="Song">The song that is playing; null if there is none, or if no host has begun to send it.</param>
/// <param name="Host">The host that is sending the song, or sent it last; null if no host has begun to send it.</param>
/// <param name="Position">The playback position in the song.</param>
/// <param name="Paused">Whether the song is paused.</param>
/// <param name="Volume">The volume, 0 to 100.</param>
/// <param name="Received">How much of the song has arrived, as a payload offset.</param>
/// <param name="Stalls">How many times playback has stalled for lack of bytes.</param>
/// <param name="Queue">The waiting songs.</param>
internal sealed record PlaybackStatus(
    Song? Song, Host? Host, TimeSpan Position, bool Paused, int Volume, long Received, int Stalls, IReadOnlyList<QueuedSong> Queue)
    : ILocalMessage
{
    /// <summary>The queue's current song, which may not have begun yet; null if there is none.</summary>
    public QueuedSong? Current { get; init; }

    /// <summary>Whether <see cref="PreviousSong"/> has a song to go back to.</summary>
    public bool HasPrevious { get; init; }

    /// <summary>Whether <see cref="NextSong"/> has a song to skip to.</summary>
    public bool HasNext { get; init; }

    /// <summary>The duration of the audio that is buffered but has not been heard yet.</summary>
    public TimeSpan Buffered { get; init; }

    /// <summary>The way to the host.</summary>
    public HostWay Way { get; init; } = HostWay.Direct.Instance;

    /// <summary>The gain that is applied to the song.</summary>
    public ReplayGain Gain { get; init; } = ReplayGain.None;

    /// <summary>Which songs repeat.</summary>
    public RepeatMode Repeat { get; init; }

    /// <summary>Whether no song is playing or about to play.</summary>
    public bool IsIdle { get; init; }

    /// <summary>The current title of the live feed; empty for a song, or if the title is unknown.</summary>
    public string NowPlaying { get; init; } = "";

    /// <summary>How far the audio is behind the source of the live feed; zero for a song.</summary>
    public TimeSpan Behind { get; init; }
}

/// <summary>
/// On the event stream: the song, the paused state, the volume, the repeat mode or the queue differs from the last published status, or the
/// position has jumped. Nothing is published while a song simply continues.
/// </summary>
/// <param name="Status">The new state.</param>
/// <param name="HasJumped">Whether the position has jumped within the song.</param>
internal sealed record PlaybackChanged(PlaybackStatus Status, bool HasJumped) : ILocalMessage;

/// <summary>On the event stream: the live feed that is playing has a new title.</summary>
internal sealed record TitleHeard(Song Song, string Title) : ILocalMessage;

/// <summary>On the event stream: a notice for the user while the song continues.</summary>
internal sealed record PlaybackNotice(string Text) : ILocalMessage;

/// <summary>On the event stream: a song has begun to play.</summary>
internal sealed record SongHeard(Song Song, Host Host) : ILocalMessage
{
    /// <summary>The way to the host.</summary>
    public HostWay Way { get; init; } = HostWay.Direct.Instance;
}

/// <summary>On the event stream: a song is over.</summary>
/// <param name="Song">The song; null if no host ever began to send it.</param>
/// <param name="Failure">Why it ended early; null if it was heard to the end.</param>
/// <param name="Idle">Whether no other song follows.</param>
/// <param name="Answered">Whether the command that started the song was still unanswered and has now been refused.</param>
internal sealed record SongOver(Song? Song, string? Failure, bool Idle, bool Answered = false) : ILocalMessage;

/// <summary>
/// To the PlaybackActor, which publishes it on the event stream. A subscriber that receives it has received every event published before
/// it.
/// </summary>
internal sealed record EventMark(TaskCompletionSource Reached) : ILocalMessage;
