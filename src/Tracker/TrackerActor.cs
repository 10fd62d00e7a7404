using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Observing;
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
    private readonly TrackerCounts _counts;
    private readonly SongRegistry _registry;
    private readonly Dictionary<PeerId, IActorRef> _speakers = [];
    private readonly HashSet<IActorRef> _subscribers = [];
    private readonly List<(IActorRef Peer, SongsAssigned Songs)> _answers = [];
    private bool _isPublishing;
    private readonly BroadcastRounds _rounds = new();
    private IActorRef _peers = ActorRefs.Nobody;

    public TrackerActor(TrackerSettings settings, CatalogCell catalog, TrackerCounts counts)
    {
        _counts = counts;
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
        Receive<CatalogChangeTaken>(taken => _rounds.Taken(taken.Change, Now));
        Receive<Merged>(Take);
        Receive<Status.Failure>(failure => throw new InvalidOperationException("the search index could not be merged; every peer has to register again", failure.Cause));
        Receive<Terminated>(_ => throw new InvalidOperationException("the peer registry has failed; every peer has to register again"));
    }

    public static Props Props(TrackerSettings settings, CatalogCell catalog, TrackerCounts counts) =>
        Akka.Actor.Props.Create(() => new TrackerActor(settings, catalog, counts)).WithDispatcher(WritingDispatchers.Writer);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override void PreStart() => _peers = Context.Watch(Context.ActorOf(PeerRegistry.Props(Self), PeerRegistry.Name));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Join(HostJoined joined)
    {
        Context.WatchWith(Sender, new HostLeft(Sender, joined.Host.Id));
        _speakers[joined.Host.Id] = Sender;
        _counts.Peers = _speakers.Count;
        _registry.Join(joined.Host);
        PublishSoon();
        if (joined.WantsBroadcasts)
            _subscribers.Add(Sender);
    }

    private void Apply(ApplyShare apply)
    {
        _registry.MemoryBytes = GC.GetTotalMemory(forceFullCollection: false);
        var assigned = _registry.Apply(apply.Peer, apply.Share);
        _counts.AddRefusedSongs(assigned.Count(song => song.Id == 0));
        _answers.Add((Sender, new SongsAssigned(assigned)));
        PublishSoon();
    }

    private void Leave(HostLeft left)
    {
        _subscribers.Remove(left.Actor);
        // A parent hears of its child's end before others do: the next PeerActor of a peer may have joined before this one is known to be gone.
        if (!_speakers.TryGetValue(left.Peer, out var speaker) || !speaker.Equals(left.Actor))
            return;
        _speakers.Remove(left.Peer);
        _counts.Peers = _speakers.Count;
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
        var delta = changed is null || removed is null ? null : CatalogAnswers.Delta(from, to, changed, removed);
        var frame = new CatalogChanged(delta ?? CatalogAnswers.ListAgain(to), to);
        _rounds.Begin(frame, _subscribers.Count, Now);
        _counts.AddBroadcast(frame.Frame.Length, _subscribers.Count);
        foreach (var subscriber in _subscribers)
            subscriber.Tell(frame);
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
