using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>What this peer listens to: the song that plays, the queue behind it, pause, seek and volume.</summary>
/// <remarks>
/// <code>
/// Idle     → PlayNow, Enqueue → Starting (a SongFetch child and a sink)
/// Starting → FetchStarted → Playing            FetchFailed → next of the queue, or Idle
/// Playing  → FetchCompleted (heard or saved)   → next of the queue, or Idle
///          → SeekTo → a new SongFetch from there into the same sink → Starting
/// any      → StopPlaying → Idle; the SongFetch says STOP to its host
/// </code>
/// What a SongFetch says after it was left is ignored. Supervision: a SongFetch that fails is stopped and counts as failed.
/// </remarks>
internal sealed class PlaybackActor : ReceiveActor
{
    private readonly ListeningSettings _settings;
    private readonly Requester _requester;
    private readonly OwnHost? _own;
    private readonly IActorRef _trackerLink;
    private readonly Func<SpeakerSink> _speakers;
    private readonly LinkedList<QueuedSong> _queue = new();
    private Current? _current;
    private int _volume = 100;

    public PlaybackActor(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, Func<SpeakerSink> speakers)
    {
        _settings = settings;
        _requester = requester;
        _own = own;
        _trackerLink = trackerLink;
        _speakers = speakers;
        Receive<PlayNow>(play => Play(play.Id, Sender, play.Pace));
        Receive<Enqueue>(Add);
        Receive<NextSong>(_ => SkipToNext());
        Receive<StopPlaying>(_ => StopAll());
        Receive<SetPaused>(set => Pause(set.Paused));
        Receive<SeekTo>(Seek);
        Receive<SetVolume>(SetVolume);
        Receive<GetPlayback>(_ => Sender.Tell(Status()));
        Receive<FetchStarted>(Started, _ => IsCurrent);
        Receive<FetchNotice>(notice => Publish(new PlaybackNotice(notice.Text)), _ => IsCurrent);
        Receive<FetchCompleted>(_ => End(null), _ => IsCurrent);
        Receive<FetchFailed>(failed => End(failed.Reason), _ => IsCurrent);
        Receive<FetchDied>(died => End("it failed inside"), died => _current?.Fetch.Equals(died.Fetch) ?? false);
        ReceiveAny(_ => { });
    }

    /// <param name="settings">Deadlines and limits.</param>
    /// <param name="requester">Who asks the hosts.</param>
    /// <param name="own">Where this peer's own songs are had; null when it hosts nothing.</param>
    /// <param name="trackerLink">Who knows the hosts.</param>
    /// <param name="speakers">Opens the sound output for one song.</param>
    public static Props Props(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, Func<SpeakerSink> speakers) =>
        Akka.Actor.Props.Create(() => new PlaybackActor(settings, requester, own, trackerLink, speakers));

    private bool IsCurrent => _current is { } current && Sender.Equals(current.Fetch);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop() => Drop();

    private SpeakerSink OpenSpeakers()
    {
        var system = Context.System;
        var sink = _speakers();
        sink.Noticed += text => system.EventStream.Publish(new PlaybackNotice(text));
        sink.Volume = _volume;
        sink.Start();
        return sink;
    }

    private void Play(int id, IActorRef asker, Pace pace = Pace.Realtime)
    {
        Drop();
        Begin(new Current(id, OpenSpeakers().Begin(), pace) { Asker = asker });
    }

    private void Begin(Current current)
    {
        Drop();
        _current = current;
        Fetch(_current, current.Sink, 0);
    }

    private void Fetch(Current current, ISongSink sink, long offset)
    {
        var order = new FetchOrder(current.Id, offset, current.Pace, sink, _requester, _own);
        current.Fetch = Context.ActorOf(SongFetch.Props(order, _settings, _trackerLink, Self));
        Context.WatchWith(current.Fetch, new FetchDied(current.Fetch));
    }

    private void Started(FetchStarted started)
    {
        _current!.Song = started.Song;
        _current.Host = started.Host;
        _current.Asker.Tell(new PlaybackStarted(started.Song, started.Host));
        _current.Asker = ActorRefs.Nobody;
    }

    private void End(string? failure)
    {
        var ended = _current!;
        Context.Unwatch(ended.Fetch);
        _current = null;
        Release(ended.Sink);
        if (failure is not null)
            ended.Asker.Tell(new PlaybackRefused(failure));
        PlayNext();
        Publish(new SongOver(ended.Song, failure, Idle: _current is null));
    }

    private bool PlayNext()
    {
        if (_queue.First is not { } next)
            return false;
        _queue.RemoveFirst();
        Play(next.Value.Id, ActorRefs.Nobody);
        return true;
    }

    private void Drop()
    {
        if (_current is not { } current)
            return;
        _current = null;
        Context.Unwatch(current.Fetch);
        current.Fetch.Tell(StopFetch.Instance);
        current.Asker.Tell(new PlaybackRefused("something else was asked for"));
        Release(current.Sink);
    }

    private static void Release(ISongSink sink)
    {
        var log = Context.GetLogger();
        ReleaseAsync();

        async void ReleaseAsync()
        {
            try
            {
                await sink.DisposeAsync().ConfigureAwait(false);
            }
            catch (IOException error)
            {
                log.Warning("The output could not be closed: {0}", error.Message);
            }
        }
    }

    private void Add(Enqueue add)
    {
        if (_queue.Count + add.Songs.Count > _settings.MaxQueue)
        {
            Sender.Tell(new PlaybackRefused($"the queue holds at most {_settings.MaxQueue} songs"));
            return;
        }

        foreach (var song in add.Songs)
            _queue.AddLast(song);
        if (_current is null)
            PlayNext();
        Sender.Tell(new PlaybackDone());
    }

    private void SkipToNext()
    {
        var asker = Sender;
        if (_queue.Count == 0)
        {
            asker.Tell(new PlaybackRefused("the queue is empty"));
            return;
        }

        Drop();
        PlayNext();
        asker.Tell(new PlaybackDone());
    }

    private void StopAll()
    {
        var reply = _current is null && _queue.Count == 0 ? (object)new PlaybackRefused("nothing is playing") : new PlaybackDone();
        _queue.Clear();
        Drop();
        Sender.Tell(reply);
    }

    private void Pause(bool paused)
    {
        if (Speakers() is not { } speakers)
            return;
        speakers.Paused = paused;
        Sender.Tell(new PlaybackDone());
    }

    private void SetVolume(SetVolume volume)
    {
        _volume = Math.Clamp(volume.Percent, 0, 100);
        if (_current?.Speakers is { } speakers)
            speakers.Volume = _volume;
        Sender.Tell(new PlaybackDone());
    }

    private void Seek(SeekTo seek)
    {
        if (Speakers() is not { } speakers)
            return;
        if (_current!.Song is not { } song)
        {
            Sender.Tell(new PlaybackRefused("the song has not begun yet"));
            return;
        }

        var duration = TimeSpan.FromMilliseconds(song.Format.DurationMs);
        if (seek.Position < TimeSpan.Zero || seek.Position >= duration)
        {
            Sender.Tell(new PlaybackRefused($"the song is {duration:m\\:ss} long"));
            return;
        }

        Context.Unwatch(_current.Fetch);
        _current.Fetch.Tell(StopFetch.Instance);
        // Exact for a constant bitrate, near for a variable one; the decoder goes on at the next frame.
        Fetch(_current, speakers.Restart(seek.Position), (long)(song.Format.PayloadBytes * (seek.Position / duration)));
        Sender.Tell(new PlaybackDone());
    }

    private SpeakerSink? Speakers()
    {
        if (_current?.Speakers is { } speakers)
            return speakers;
        Sender.Tell(new PlaybackRefused("nothing is playing"));
        return null;
    }

    private PlaybackStatus Status()
    {
        var speakers = _current?.Speakers;
        return new PlaybackStatus(
            _current?.Song, _current?.Host, speakers?.Position ?? TimeSpan.Zero, speakers?.Paused ?? false, _volume,
            speakers?.Received ?? 0, speakers?.Stalls ?? 0, [.. _queue]);
    }

    private static void Publish(object message) => Context.System.EventStream.Publish(message);

    private sealed class Current(int id, ISongSink sink, Pace pace)
    {
        public int Id => id;

        public ISongSink Sink => sink;

        public SpeakerSink? Speakers => (sink as SpeakerSink.Turn)?.Speakers;

        public Pace Pace => pace;

        public IActorRef Fetch { get; set; } = ActorRefs.Nobody;

        public IActorRef Asker { get; set; } = ActorRefs.Nobody;

        public Song? Song { get; set; }

        public Host? Host { get; set; }
    }

    private sealed record FetchDied(IActorRef Fetch) : INoSerializationVerificationNeeded;
}
