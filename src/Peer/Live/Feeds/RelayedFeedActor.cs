using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Listening;
using TspActors.Peer.Terminal;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Live.Feeds;

/// <summary>Passes on another peer's live feed: receives it from one host, and keeps its chunks for this peer's own listeners.</summary>
/// <remarks>
/// <code>
/// Tuning  → the first chunk → Passing: notifies the parent, which shares the feed       FetchFailed, FetchCompleted → stops
/// Passing → a chunk → FeedChanged to the listeners      another host → FeedOnAir again, with the new depth
///         → the feed has ended → FeedEnded              no host is left → FeedLost      no listener for too long → stops
/// </code>
/// Chunks keep the source's numbers, times and signatures. While this relay changes hosts, the listeners continue with the chunks that it
/// has kept.
/// </remarks>
internal sealed class RelayedFeedActor : UntypedActor, IWithTimers
{
    // A feed with shorter chunks than this is a low-delay feed.
    private static readonly TimeSpan LeastUsualChunk = TimeSpan.FromMilliseconds(200);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Song _song;
    private readonly RelayWork _work;
    private readonly LiveRing _ring;
    private readonly FeedListeners _listeners = new(0);
    private readonly FeedBitrate _bitrate = new();
    private LiveStart? _live;
    private FeedSnapshot? _snapshot;
    private IActorRef _fetch = ActorRefs.Nobody;

    public RelayedFeedActor(Song song, RelayWork work)
    {
        _song = song;
        _work = work;
        _ring = new LiveRing(work.Live.Held);
    }

    public static Props Props(Song song, RelayWork work) => Akka.Actor.Props.Create(() => new RelayedFeedActor(song, work));

    public ITimerScheduler Timers { get; set; } = null!;

    private uint Depth => (uint)_live!.Path.Count;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        _fetch = Context.ActorOf(SongFetchActor.Props(
            new FetchOrder(_song.Id, 0, Pace.Realtime, new ChunkOnlySink(), _work.Requester, _work.Own, KnownHosts.None)
            {
                AcceptsLive = true,
                IsRelayed = true,
                Expected = new ContentHash(_song.ContentHash.Span),
            },
            _work.Listening, _work.TrackerLink, Self));
        Context.WatchWith(_fetch, FetchDied.Instance);
        AwaitListeners();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FetchStarted { Live: { } live }:
                var isMoved = _snapshot is not null && !live.Path.Equals(_live!.Path);
                _live = live;
                if (isMoved)
                    Publish(mustTell: true);
                break;
            case ChunkHeard heard:
                _ring.Add(heard.Chunk);
                Publish(mustTell: _snapshot is null || !ReferenceEquals(_snapshot.Edge.Title, heard.Chunk.Title));
                break;
            case FetchNotice notice:
                _log.Debug("{0}: {1}", _song.Tags?.Title, notice.Text);
                break;
            case FetchCompleted:
                End(FeedEnded.Instance, "the feed has ended");
                break;
            case FetchFailed failed:
                End(new FeedLost(failed.Reason), failed.Reason);
                break;
            case FetchDied:
                End(new FeedLost("internal error"), "internal error");
                break;
            // All listeners of a relay are notified of each chunk, because some chunks may be missing.
            case JoinFeed:
                _listeners.TryAdd(Sender, phase: null, Context);
                Timers.Cancel(NobodyListens.Instance);
                if (_snapshot is not null)
                    Sender.Tell(new FeedChanged(_snapshot));
                break;
            case FeedListeners.Gone gone:
                _listeners.Remove(gone.Listener);
                if (_listeners.Count == 0)
                    AwaitListeners();
                break;
            case NobodyListens:
                EndFetch();
                End(FeedEnded.Instance, "nobody is listening");
                break;
            case ListenerSkipped:
                _listeners.Skipped++;
                break;
            case GetFeedStatus:
                Sender.Tell(new FeedStatus(
                    _song.Tags?.Title ?? "", _live is null ? "relay, looking for a host" : $"relay, {Counted.Text(Depth, "step")} from the source",
                    _listeners.Count, _snapshot?.Edge.Title.Text ?? "", _listeners.Skipped));
                break;
            case EndFeed:
                EndFetch();
                End(new FeedLost("this peer no longer passes it on"), "the user has ended it");
                break;
        }
    }

    private void Publish(bool mustTell)
    {
        if (_ring.Chunks.Length == 0)
            return;
        var format = _song.Format ?? new AudioFormat();
        _bitrate.Measure(_ring.Chunks, format.BitrateBps);
        var before = _snapshot;
        var chunk = TimeSpan.FromMilliseconds(Math.Clamp(_live!.ChunkMs, 20, 10_000));
        _snapshot = new FeedSnapshot(
            FeedIdentity.Of(_live), _ring.Chunks, [.. _live.Path.Select(peer => new PeerId(peer.Span)), _work.Requester.Peer], chunk,
            chunk < LeastUsualChunk && _work.Live.LowDelayBurst < _work.Live.Burst ? _work.Live.LowDelayBurst : _work.Live.Burst, format)
        {
            BitrateBps = _bitrate.Bps,
        };
        _listeners.TellAll(new FeedChanged(_snapshot));
        if (mustTell || before?.BitrateBps != _snapshot.BitrateBps)
            Context.Parent.Tell(new FeedOnAir(_snapshot, Depth));
    }

    private void AwaitListeners() =>
        Timers.StartSingleTimer(NobodyListens.Instance, NobodyListens.Instance, _work.Linger);

    private void EndFetch()
    {
        Context.Unwatch(_fetch);
        _fetch.Tell(StopFetch.Instance);
    }

    private void End(object lastWords, string reason)
    {
        _log.Info("no longer passing on {0}: {1}", _song.Tags?.Title, reason);
        _listeners.TellAll(lastWords);
        Context.Parent.Tell(new FeedOffAir(reason));
        Context.Stop(Self);
    }

    private sealed record FetchDied : ILocalMessage
    {
        public static readonly FetchDied Instance = new();
    }

    private sealed record NobodyListens : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly NobodyListens Instance = new();
    }
}
