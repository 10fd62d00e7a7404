using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Listening;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Saving;

/// <summary>Saves songs while others are heard: a few at a time, the others wait in line.</summary>
/// <remarks>
/// <code>
/// SaveSong → (waits in line) → the file is opened → a SongFetchActor child → its end → the file is closed → SaveOver
/// FetchInto → a SongFetchActor child at once
/// StopSaves → every SongFetchActor says STOP to its host; SavesStopped when all files are closed
/// </code>
/// Supervision: a SongFetchActor that fails is stopped and counts as failed.
/// </remarks>
internal sealed class SavingActor : ReceiveActor
{
    private const string Stopped = "it was stopped";

    private readonly ListeningSettings _settings;
    private readonly Requester _requester;
    private readonly OwnHost? _own;
    private readonly IActorRef _trackerLink;
    private readonly List<Save> _running = [];
    private readonly Queue<SaveSong> _waiting = new();
    private readonly List<IActorRef> _stoppers = [];
    private readonly List<string> _leftParts = [];

    public SavingActor(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink)
    {
        _settings = settings;
        _requester = requester;
        _own = own;
        _trackerLink = trackerLink;
        Receive<SaveSong>(Accept);
        Receive<FetchInto>(fetch =>
        {
            Sender.Tell(new SaveAccepted(Waits: false));
            Begin(new Save(fetch.Id), fetch.Sink, fetch.Pace);
        });
        Receive<Opened>(opened => Begin(opened.Save, opened.Sink, Pace.Full), opened => !opened.Save.Stopped);
        Receive<Opened>(opened => Close(opened.Save, opened.Sink, Stopped));
        Receive<OpenFailed>(failed => Over(failed.Save, failed.Reason));
        Receive<FetchStarted>(started => _running.Find(IsSenders)!.Song = started.Song, _ => _running.Exists(IsSenders));
        Receive<FetchNotice>(notice => Publish(new PlaybackNotice(notice.Text)), _ => _running.Exists(IsSenders));
        Receive<FetchCompleted>(_ => End(_running.Find(IsSenders)!, null), _ => _running.Exists(IsSenders));
        Receive<FetchFailed>(failed => End(_running.Find(IsSenders)!, failed.Reason), _ => _running.Exists(IsSenders));
        Receive<FetchDied>(died => End(died.Save, "it failed inside"), died => _running.Contains(died.Save));
        Receive<Closed>(closed => Over(closed.Save, closed.Failure));
        Receive<GetSaves>(_ => Sender.Tell(Status()));
        Receive<StopSaves>(_ => StopAll(Sender));
        ReceiveAny(_ => { });
    }

    /// <param name="settings">Deadlines and limits.</param>
    /// <param name="requester">Who asks the hosts.</param>
    /// <param name="own">Where this peer's own songs are had; null when it hosts nothing.</param>
    /// <param name="trackerLink">Who knows the hosts.</param>
    public static Props Props(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink) =>
        Akka.Actor.Props.Create(() => new SavingActor(settings, requester, own, trackerLink));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop() => StopAll(ActorRefs.Nobody);

    private bool IsSenders(Save save) => Sender.Equals(save.Fetch);

    private void Accept(SaveSong save)
    {
        if (_running.Exists(running => running.Id == save.Song.Id) || _waiting.Any(waiting => waiting.Song.Id == save.Song.Id))
        {
            Sender.Tell(new SaveRefused($"song {save.Song.Id} is being saved already"));
        }
        else if (_waiting.Count >= _settings.MaxQueue)
        {
            Sender.Tell(new SaveRefused($"at most {_settings.MaxQueue} songs can wait to be saved"));
        }
        else
        {
            _waiting.Enqueue(save);
            BeginWaiting();
            Sender.Tell(new SaveAccepted(Waits: _waiting.Count > 0));
        }
    }

    private void BeginWaiting()
    {
        while (_running.Count < _settings.MaxSaves && _waiting.TryDequeue(out var next))
        {
            var save = new Save(next.Song.Id) { Song = next.Song };
            _running.Add(save);
            Task.Run<object>(() => new Opened(save, FileSink.CreateTagged(next.Folder, next.Song)))
                .PipeTo(Self, failure: error => new OpenFailed(save, error.Message));
        }
    }

    private void Begin(Save save, ISongSink sink, Pace pace)
    {
        if (!_running.Contains(save))
            _running.Add(save);
        save.Sink = sink;
        save.Fetch = Context.ActorOf(SongFetchActor.Props(new FetchOrder(save.Id, 0, pace, sink, _requester, _own, KnownHosts.None), _settings, _trackerLink, Self));
        Context.WatchWith(save.Fetch, new FetchDied(save));
    }

    private void End(Save save, string? failure)
    {
        Context.Unwatch(save.Fetch);
        save.Fetch = ActorRefs.Nobody;
        Close(save, save.Sink!, failure);
    }

    private void Close(Save save, ISongSink sink, string? failure)
    {
        save.Sink = sink;
        CloseAsync().PipeTo(Self, failure: error => new Closed(save, failure ?? error.Message));

        async Task<object> CloseAsync()
        {
            await sink.DisposeAsync().ConfigureAwait(false);
            return new Closed(save, failure);
        }
    }

    private void Over(Save save, string? failure)
    {
        var isNews = _running.Remove(save);
        var file = save.Sink as FileSink;
        // It may have been stopped when all of it was there.
        if (file is { IsSaved: true })
            failure = null;
        if (file?.LeftPart is { } left)
        {
            if (_stoppers.Count > 0)
                _leftParts.Add(left);
            failure = $"{failure}; what came is kept in {left}: the same command goes on from there";
        }

        BeginWaiting();
        if (isNews)
            Publish(new SaveOver(save.Song, failure is null ? file?.Path : null, failure, Idle: _running.Count == 0));
        TellWhenStopped();
    }

    private void StopAll(IActorRef asker)
    {
        if (!asker.IsNobody())
            _stoppers.Add(asker);
        _waiting.Clear();
        foreach (var save in _running)
        {
            save.Stopped = true;
            if (save.Fetch.IsNobody())
                continue;
            save.Fetch.Tell(StopFetch.Instance);
            End(save, Stopped);
        }

        TellWhenStopped();
    }

    private void TellWhenStopped()
    {
        if (_running.Count > 0)
            return;
        foreach (var stopper in _stoppers)
            stopper.Tell(new SavesStopped([.. _leftParts]));
        _stoppers.Clear();
        _leftParts.Clear();
    }

    private SavesStatus Status() => new(
        [.. _running.Where(save => save is { Song: not null, Sink: ISavingSink }).Select(save => new SaveProgress(save.Song!, ((ISavingSink)save.Sink!).Written))],
        _waiting.Count,
        IsIdle: _running.Count == 0 && _waiting.Count == 0);

    private static void Publish(object message) => Context.System.EventStream.Publish(message);

    private sealed class Save(int id)
    {
        public int Id => id;

        public Song? Song { get; set; }

        public ISongSink? Sink { get; set; }

        public IActorRef Fetch { get; set; } = ActorRefs.Nobody;

        public bool Stopped { get; set; }
    }

    private sealed record Opened(Save Save, FileSink Sink) : ILocalMessage, IDeadLetterSuppression;

    private sealed record OpenFailed(Save Save, string Reason) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Closed(Save Save, string? Failure) : ILocalMessage, IDeadLetterSuppression;

    private sealed record FetchDied(Save Save) : ILocalMessage;
}
