using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Listening;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Playlists;

/// <summary>Maintains the list of played songs. <see cref="HeardTime"/> decides which ones count.</summary>
/// <remarks>
/// There is one state. A timer asks the PlaybackActor for the position once a second while a song is playing:
/// <code>
/// SongHeard → the timer runs → PlaybackStatus … → a line in the file
/// SongOver  → the last position → the timer stops until the next SongHeard
/// </code>
/// The file grows while the peer runs. It is trimmed to the list's capacity at startup, and again whenever that many songs have been added.
/// </remarks>
internal sealed class PlayedSongsActor : UntypedActor, IWithTimers
{
    private const string Timer = "position";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly LastingFault _fault = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HeardTime _heard = new();
    private readonly SongList _list;
    private readonly IActorRef _playback;
    private Song? _song;
    private int _written;

    public PlayedSongsActor(SongList list, IActorRef playback) => (_list, _playback) = (list, playback);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <param name="list">The file.</param>
    /// <param name="playback">The PlaybackActor.</param>
    public static Props Props(SongList list, IActorRef playback) => Akka.Actor.Props.Create(() => new PlayedSongsActor(list, playback));

    protected override void PreStart()
    {
        Compact();
        Context.System.EventStream.Subscribe(Self, typeof(SongHeard));
        Context.System.EventStream.Subscribe(Self, typeof(SongOver));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SongHeard heard:
                _song = heard.Song;
                _heard.Begin(Now);
                Timers.StartPeriodicTimer(Timer, PositionDue.Instance, Interval);
                break;
            case PositionDue:
                _playback.Tell(GetPlayback.Instance);
                break;
            case PlaybackStatus { Song: { } song } status when song.Id == _song?.Id:
                Advance(song, status.Position);
                break;
            case PlaybackStatus { IsIdle: true }:
                Timers.Cancel(Timer);
                break;
            case SongOver { Song: { } over, Failure: null } when over.Id == _song?.Id:
                Advance(over, TimeSpan.FromMilliseconds(over.Format?.DurationMs ?? 0));
                _song = null;
                break;
        }
    }

    private void Advance(Song song, TimeSpan position)
    {
        if (!_heard.Advance(song, position, Now))
            return;
        try
        {
            _list.Append(PlaylistEntry.From(song) with { Played = DateTimeOffset.UtcNow });
            if (_fault.End())
                _log.Warning("songs can be added to the list of played songs again");
        }
        catch (IOException error)
        {
            if (_fault.Begin(error.Message))
                _log.Warning("could not add a song to the list of played songs: {0}", error.Message);
            return;
        }

        if (++_written >= _list.Capacity)
            Compact();
    }

    private void Compact()
    {
        _written = 0;
        if (!File.Exists(_list.Path) || Load() is not { } kept)
            return;
        try
        {
            _list.Save(kept);
        }
        catch (IOException error)
        {
            // The file is unchanged, just longer than the list's capacity.
            if (_fault.Begin(error.Message))
                _log.Warning("could not shorten the list of played songs: {0}", error.Message);
        }
    }

    private IReadOnlyList<PlaylistEntry>? Load()
    {
        try
        {
            return _list.Load();
        }
        catch (IOException error)
        {
            SetAside(error.Message);
            return null;
        }
    }

    // A file that cannot be read would otherwise grow forever.
    private void SetAside(string reason)
    {
        try
        {
            File.Move(_list.Path, _list.Path + ".damaged", overwrite: true);
            _log.Warning("the list of played songs has been restarted; the old one is now {0}.damaged: {1}", _list.Path, reason);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log.Warning("the list of played songs cannot be used: {0}", error.Message);
        }
    }

    private sealed record PositionDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly PositionDue Instance = new();
    }
}
