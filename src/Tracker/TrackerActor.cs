using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Peers;
using TspActors.Tracker.Search;

namespace TspActors.Tracker;

/// <summary>Owns the song registry: every change of the catalog goes through it, and each change publishes a new snapshot.</summary>
/// <remarks>
/// JoinPeer → PeerRegistry; HostJoined → watches the PeerActor; ApplyShare → registry, snapshot, SongsAssigned; a PeerActor's end → its songs go.
/// What changed is gathered for a short while and broadcast once. Supervision: its child, the PeerRegistry, holds no decision that could be retried, so it
/// is stopped when it fails, and this actor begins anew: better an empty catalog than half of one (every peer's connection closes, and it registers again).
/// </remarks>
internal sealed class TrackerActor : ReceiveActor, IWithTimers
{
    private const string BroadcastTimer = "broadcast";

    private readonly TrackerSettings _settings;
    private readonly CatalogCell _catalog;
    private readonly SongRegistry _registry;
    private readonly Dictionary<PeerId, IActorRef> _speakers = [];
    private readonly BroadcastRounds<IActorRef> _rounds = new();
    private readonly List<(IActorRef Peer, SongsAssigned Songs)> _answers = [];
    private bool _isPublishing;
    private IActorRef _peers = ActorRefs.Nobody;

    public TrackerActor(TrackerSettings settings, CatalogCell catalog)
    {
        _settings = settings;
        _catalog = catalog;
        _registry = new SongRegistry(settings.Catalog, new EncodedPages(settings.PageCacheBytes));
        _catalog.Current = _registry.Publish();
        Receive<JoinPeer>(join => _peers.Forward(join));
        Receive<HostJoined>(Join);
        Receive<ApplyShare>(Apply);
        Receive<HostLeft>(Leave);
        Receive<Broadcast>(_ => OnBroadcastDue());
        Receive<PublishNow>(_ => Publish());
        Receive<CatalogChangeTaken>(taken => _rounds.Taken(Sender, taken.Change, Now));
        Receive<Merged>(Take);
        Receive<Status.Failure>(failure => throw new InvalidOperationException("the search index could not be merged; every peer has to register again", failure.Cause));
        Receive<Terminated>(_ => throw new InvalidOperationException("the peer registry has failed; every peer has to register again"));
    }

    public static Props Props(TrackerSettings settings, CatalogCell catalog) =>
        Akka.Actor.Props.Create(() => new TrackerActor(settings, catalog)).WithDispatcher(TrackerDispatchers.Writer).WithMailbox(TrackerDispatchers.JoinsFirst);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override void PreStart() => _peers = Context.Watch(Context.ActorOf(PeerRegistry.Props(Self), PeerRegistry.Name));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Join(HostJoined joined)
    {
        Context.WatchWith(Sender, new HostLeft(Sender, joined.Host.Id));
        _speakers[joined.Host.Id] = Sender;
        _registry.Join(joined.Host);
        PublishSoon();
        if (joined.WantsBroadcasts)
            _rounds.Add(Sender);
    }

    private void Apply(ApplyShare apply)
    {
        _answers.Add((Sender, new SongsAssigned(_registry.Apply(apply.Peer, apply.Share))));
        PublishSoon();
    }

    private void Leave(HostLeft left)
    {
        _rounds.Remove(left.Actor);
        // A parent hears of its child's end before others do: the next PeerActor of a peer may have joined before this one is known to be gone.
        if (!_speakers.TryGetValue(left.Peer, out var speaker) || !speaker.Equals(left.Actor))
            return;
        _speakers.Remove(left.Peer);
        _registry.Leave(left.Peer);
        PublishSoon();
    }

    private void Take(Merged merged)
    {
        if (_registry.Take(merged.Merge, merged.Segment))
            Publish();
    }

    // Behind what waits already: whatever a storm of peers brings meanwhile becomes one snapshot.
    private void PublishSoon()
    {
        if (!_isPublishing)
            Self.Tell(PublishNow.Instance);
        _isPublishing = true;
    }

    private void Publish()
    {
        _isPublishing = false;
        _catalog.Current = _registry.Publish();
        // Ids are told when the songs can be found by them.
        foreach (var (peer, songs) in _answers)
            peer.Tell(songs);
        _answers.Clear();
        if (_registry.NextMerge() is { } merge)
        {
            Task.Factory.StartNew(merge.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .PipeTo(Self, success: segment => new Merged(merge, segment));
        }

        if (_registry.HasNews && !Timers.IsTimerActive(BroadcastTimer))
            Timers.StartSingleTimer(BroadcastTimer, Broadcast.Instance, _settings.BroadcastDelay);
    }

    private void OnBroadcastDue()
    {
        if (_rounds.MayBegin(Now))
            TellSubscribers();
        else
            Timers.StartSingleTimer(BroadcastTimer, Broadcast.Instance, _settings.BroadcastDelay / 4);
    }

    private void TellSubscribers()
    {
        Publish();
        var (from, to, changed, removed) = _registry.TakeDelta();
        // Publishing has just set it for the news that are told now.
        Timers.Cancel(BroadcastTimer);
        if (_rounds.Subscribers.Count == 0)
            return;
        var frames = changed is null || removed is null ? [] : DeltaFrames.Of(from, to, changed, removed, _settings.BroadcastMaxBytes);
        if (frames.IsEmpty)
            frames = [DeltaFrames.ListAgain(to)];
        // Before it is told: who has all of it must find a catalog that is not older.
        _catalog.Current = _registry.SkipVersions(frames.Length - 1);
        var change = new CatalogChanged(frames, _catalog.Current.Version);
        _rounds.Begin(change, Now);
        foreach (var subscriber in _rounds.Subscribers)
            subscriber.Tell(change);
    }

    private sealed record HostLeft(IActorRef Actor, PeerId Peer) : INoSerializationVerificationNeeded;

    private sealed record Merged(SearchMerge Merge, SearchSegment Segment) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record PublishNow : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly PublishNow Instance = new();
    }

    private sealed record Broadcast : INoSerializationVerificationNeeded
    {
        public static readonly Broadcast Instance = new();
    }
}
