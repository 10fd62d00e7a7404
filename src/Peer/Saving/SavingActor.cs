using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Saving;

/// <summary>Saves songs in the background, a few at a time, while the others wait.</summary>
/// <remarks>
/// Each song is in one of the states of <see cref="SaveState"/>:
/// <code>
/// SaveSong  → (waits for its turn) → FindingCover → the cover, or none in time → Opening → the file is open → Fetching
/// FetchInto → Fetching, without waiting: a SongFetchActor child
/// FindingCover → StopSaves → Abandoned → the CoverFetchActor has stopped → SaveOver
/// Opening   → the file cannot be opened → SaveOver
///           → StopSaves → Abandoned → the file is open → Closing
/// Fetching  → the song is complete, or failed → Closing → the file is closed → SaveOver
///           → StopSaves → the SongFetchActor sends STOP to its host → Closing
/// </code>
/// CancelSaves stops running saves and drops waiting ones, as StopSaves does, but it may name a single song.
/// The reply to StopSaves is SavesStopped, once all files are closed.
/// Supervision: a SongFetchActor that throws is stopped, and its song counts as failed.
/// </remarks>
internal sealed class SavingActor : UntypedActor
{
    private const string Stopped = "it was stopped";

    // A song without its cover is better than a song that has to wait.
    private static readonly TimeSpan CoverDeadline = TimeSpan.FromSeconds(5);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ListeningSettings _settings;
    private readonly Requester _requester;
    private readonly OwnHost? _own;
    private readonly IActorRef _trackerLink;
    private readonly SaveQueue _queue;
    private readonly List<IActorRef> _stoppers = [];
    private readonly List<string> _leftPartials = [];
    private (Google.Protobuf.ByteString Host, HostWay Way)? _announced;

    public SavingActor(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink)
    {
        _settings = settings;
        _requester = requester;
        _own = own;
        _trackerLink = trackerLink;
        _queue = new SaveQueue(settings.MaxSaves, settings.MaxQueue);
    }

    /// <param name="settings">The deadlines and limits.</param>
    /// <param name="requester">How this peer identifies itself to hosts.</param>
    /// <param name="own">How this peer reaches its own host; null if it hosts nothing.</param>
    /// <param name="trackerLink">The TrackerLinkActor, which asks the tracker for hosts.</param>
    public static Props Props(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink) =>
        Akka.Actor.Props.Create(() => new SavingActor(settings, requester, own, trackerLink));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop() => StopAll();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SaveSong save:
                Accept(save);
                break;
            case FetchInto into:
                Sender.Tell(new SaveAccepted(Waits: false));
                var direct = new Save(into.Id);
                _queue.Start(direct);
                Fetch(direct, into.Sink, into.Pace);
                break;
            case CoverFound { Save.State: SaveState.FindingCover } found:
                Open(found.Save, found.Order, found.Cover);
                break;
            case CoverGone gone when gone.Save.Fetch.Equals(gone.Fetch):
                if (gone.Save.State is SaveState.FindingCover)
                    Open(gone.Save, gone.Order, default);
                else
                    End(gone.Save, Stopped);
                break;
            case Opened { Save.State: SaveState.Opening } opened:
                Fetch(opened.Save, opened.Sink, Pace.Full);
                break;
            case Opened opened:
                opened.Save.Sink = opened.Sink;
                Close(opened.Save, Stopped);
                break;
            case OpenFailed failed:
                End(failed.Save, failed.Reason);
                break;
            case FetchStarted started when SendersSave is { } save:
                save.Song = started.Song;
                if (started.Way is not HostWay.Direct && _announced != (started.Host.PeerId, started.Way))
                    Publish(new PlaybackNotice($"song {started.Song.Id} is coming from {started.Host.Name}, {started.Way.Text}"));
                _announced = (started.Host.PeerId, started.Way);
                break;
            case FetchNotice notice when SendersSave is not null:
                Publish(new PlaybackNotice(notice.Text));
                break;
            case FetchCompleted when SendersSave is { } save:
                Close(save, null);
                break;
            case FetchFailed failed when SendersSave is { } save:
                Close(save, failed.Reason);
                break;
            case FetchDied { Save.State: SaveState.Fetching } died:
                Close(died.Save, "internal error");
                break;
            case Closed closed:
                End(closed.Save, closed.Failure);
                break;
            case GetSaves:
                Sender.Tell(_queue.Status);
                break;
            case CancelSaves cancel:
                Sender.Tell(new SavesCancelled(Cancel(cancel.Id)));
                break;
            case StopSaves:
                _stoppers.Add(Sender);
                StopAll();
                break;
        }
    }

    private Save? SendersSave => _queue.Running.FirstOrDefault(save => save.State is SaveState.Fetching && Sender.Equals(save.Fetch));

    private void Accept(SaveSong save)
    {
        if (_queue.TryAdd(save) is { } refusal)
        {
            Sender.Tell(new SaveRefused(refusal));
            return;
        }

        OpenWaiting();
        Sender.Tell(new SaveAccepted(Waits: _queue.Waiting > 0));
    }

    private void OpenWaiting()
    {
        while (_queue.StartNext() is var (save, order))
        {
            if (save.Song?.Tags?.Cover is { Length: ContentHash.Size } cover)
                FindCover(save, order, new ContentHash(cover.Span));
            else
                Open(save, order, default);
        }
    }

    private void FindCover(Save save, SaveSong order, ContentHash cover)
    {
        save.State = SaveState.FindingCover;
        save.Fetch = Context.ActorOf(CoverFetchActor.Props(
            new CoverOrder(save.Id, cover, _requester, _own, CoverDeadline), _settings, _trackerLink, Self,
            result => new CoverFound(save, order, result.Picture)));
        Context.WatchWith(save.Fetch, new CoverGone(save, order, save.Fetch));
    }

    private void Open(Save save, SaveSong order, ReadOnlyMemory<byte> cover)
    {
        _log.Debug("opening a file for song {0} in {1}", save.Id, order.Folder);
        (save.State, save.Fetch) = (SaveState.Opening, ActorRefs.Nobody);
        Task.Run<object>(() => new Opened(save, FileSink.CreateTagged(order.Folder, save.Song!, cover, order.Pattern)))
            .PipeTo(Self, failure: error => new OpenFailed(save, error.Message));
    }

    private void Fetch(Save save, ISongSink sink, Pace pace)
    {
        _log.Debug("fetching song {0} to save it", save.Id);
        (save.State, save.Sink) = (SaveState.Fetching, sink);
        save.Fetch = Context.ActorOf(
            SongFetchActor.Props(new FetchOrder(save.Id, 0, pace, sink, _requester, _own, KnownHosts.None), _settings, _trackerLink, Self));
        Context.WatchWith(save.Fetch, new FetchDied(save));
    }

    private void Close(Save save, string? failure)
    {
        Context.Unwatch(save.Fetch);
        save.State = SaveState.Closing;
        CloseAsync(save.Sink!).PipeTo(Self, failure: error => new Closed(save, failure ?? error.Message));

        async Task<object> CloseAsync(ISongSink sink)
        {
            await sink.DisposeAsync().ConfigureAwait(false);
            return new Closed(save, failure);
        }
    }

    private void End(Save save, string? failure)
    {
        _queue.End(save);
        var file = save.Sink as FileSink;
        if (file?.LeftPartial is { } left && _stoppers.Count > 0)
            _leftPartials.Add(left);
        failure = save.Explain(failure);
        _log.Debug("song {0}: {1}", save.Id, failure ?? "saved");
        OpenWaiting();
        Publish(new SaveOver(save.Song, failure is null ? file?.Path : null, failure, Idle: _queue.Running.Count == 0)
        {
            IsCancelled = save.IsCancelled,
        });
        TellWhenStopped();
    }

    private void StopAll()
    {
        _queue.Clear();
        foreach (var save in _queue.Running)
            Stop(save);
        TellWhenStopped();
    }

    private int Cancel(int? id)
    {
        var running = _queue.Running
            .Where(save => (id is null || save.Id == id) && save.State is not (SaveState.Abandoned or SaveState.Closing)).ToList();
        var waiting = id is null ? _queue.Waiting : 0;
        if (id is null)
            _queue.Clear();
        else if (_queue.Drop(id.Value))
            waiting = 1;
        foreach (var save in running)
        {
            save.IsCancelled = true;
            Stop(save);
        }

        return running.Count + waiting;
    }

    private void Stop(Save save)
    {
        if (save.State is SaveState.Opening or SaveState.FindingCover)
        {
            save.State = SaveState.Abandoned;
        }
        else if (save.State is SaveState.Fetching)
        {
            save.Fetch.Tell(StopFetch.Instance);
            Close(save, Stopped);
        }
    }

    private void TellWhenStopped()
    {
        if (_queue.Running.Count > 0)
            return;
        foreach (var stopper in _stoppers)
            stopper.Tell(new SavesStopped([.. _leftPartials]));
        _stoppers.Clear();
        _leftPartials.Clear();
    }

    private static void Publish(object message) => Context.System.EventStream.Publish(message);

    private sealed record CoverFound(Save Save, SaveSong Order, ReadOnlyMemory<byte> Cover) : ILocalMessage, IDeadLetterSuppression;

    private sealed record CoverGone(Save Save, SaveSong Order, IActorRef Fetch) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Opened(Save Save, FileSink Sink) : ILocalMessage, IDeadLetterSuppression;

    private sealed record OpenFailed(Save Save, string Reason) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Closed(Save Save, string? Failure) : ILocalMessage, IDeadLetterSuppression;

    private sealed record FetchDied(Save Save) : ILocalMessage;
}
