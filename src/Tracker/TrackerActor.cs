using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Peers;
using TspActors.Tracker.Reachability;
using TspActors.Tracker.Search;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>Owns the song registry: it alone changes the catalog, and publishes a new snapshot after each round of changes.</summary>
/// <remarks>
/// <code>
/// HostJoined          → watches the PeerActor; its end → the host's songs go
/// ApplyShare          → single tracker: registry
///                     → cluster: screened → ResolveIds to the IdReplicaActor → ApplyResolvedShare → registry
/// ApplyShardChanges, DropShard → what other trackers' peers have
/// any change          → PublishNow, behind what waits already → snapshot → SongsAssigned, ShardChangesApplied → after a short delay one
/// broadcast for all changes
/// </code>
/// Supervision: this actor begins again with an empty catalog when it fails: that is better than half of one. It tells the
/// PeerRegistryActor (CatalogBegun), which closes all peers' connections, and they register again.
/// </remarks>
internal sealed class TrackerActor : UntypedActor, IWithTimers
{
    private const string BroadcastTimer = "broadcast";

    /// <summary>How long the songs that a moved peer had at its former tracker stay listed without a batch of its share here.</summary>
    private static readonly TimeSpan MoveTimeout = TimeSpan.FromMinutes(1);

    private readonly TrackerSettings _settings;
    private readonly PublishedCatalog _catalog;
    private readonly TrackerCounts _counts;
    private readonly SongRegistry _registry;
    private readonly Dictionary<PeerId, IActorRef> _peers = [];
    private readonly BroadcastRounds<IActorRef> _rounds = new();
    private readonly List<(IActorRef Asker, object Reply)> _replies = [];
    private readonly HeapCompaction _compaction = new();
    private readonly PeerOwnership _ownership;
    private readonly RemoteShards _remoteShards;
    private readonly ClusterActors? _cluster;
    private readonly IActorRef _peerRegistry;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _isPublishing;

    public TrackerActor(
        TrackerSettings settings, PublishedCatalog catalog, TrackerCounts counts, IActorRef peerRegistry, ClusterActors? cluster,
        SongIds? ids)
    {
        (_settings, _catalog, _counts, _peerRegistry, _cluster) = (settings, catalog, counts, peerRegistry, cluster);
        _registry = new SongRegistry(settings.Catalog, new EncodedPages(settings.PageCacheBytes), ids: ids);
        _catalog.Current = _registry.Publish();
        _ownership = new PeerOwnership(TimeProvider.System, cluster?.Self);
        _remoteShards = new RemoteShards(_registry, _ownership);
    }

    /// <param name="settings">The tracker's settings.</param>
    /// <param name="catalog">Where the catalog is published.</param>
    /// <param name="counts">The counters behind metrics and statistics.</param>
    /// <param name="peerRegistry">The PeerRegistryActor, which hears when the catalog begins.</param>
    /// <param name="cluster">The actors of the cluster; null = this is a single tracker.</param>
    /// <param name="ids">The ids of songs, which outlive a failure of this actor; null = they begin with it.</param>
    public static Props Props(
        TrackerSettings settings, PublishedCatalog catalog, TrackerCounts counts, IActorRef peerRegistry, ClusterActors? cluster = null,
        SongIds? ids = null) =>
        Akka.Actor.Props.Create(
            () => new TrackerActor(settings, catalog, counts, peerRegistry, cluster, ids)).WithDispatcher(TrackerDispatchers.Writer);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override void PreStart()
    {
        // After a failure, too: no peer is registered then.
        _counts.Peers = 0;
        _peerRegistry.Tell(CatalogBegun.Instance);
        _cluster?.Replicator.Tell(new LocalChange.Reset());
        _cluster?.Cluster.Tell(RegistryBegun.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HostJoined joined:
                Join(joined);
                break;
            case HostLeft left:
                Leave(left);
                break;
            case ApplyShare apply when SpeaksFor(apply.Peer, Sender):
                if (_cluster is null)
                    Apply(apply.Peer, apply.Share, Sender);
                else // A song that is refused anyway must not use up an id: ids are for ever, and for all trackers.
                    _cluster.IdReplica.Tell(new ResolveIds(apply.Peer, _registry.Screen(apply.Peer, apply.Share), Sender));
                break;
            case ApplyResolvedShare resolved when SpeaksFor(resolved.Peer, resolved.PeerActor):
                Apply(resolved.Peer, resolved.Share, resolved.PeerActor);
                break;
            case ApplyShare or ApplyResolvedShare:
                break;
            case ApplyShardChanges changes:
                Apply(changes);
                break;
            case DropShard drop:
                _log.Debug("the songs of the tracker at {0} are dropped", drop.Owner);
                _remoteShards.Drop(drop.Owner);
                PublishSoon();
                break;
            case ReachChanged changed when _registry.SetReach(changed.Host, changed.Reach):
                _cluster?.Replicator.Tell(new LocalChange.Reached(changed.Host, changed.Reach));
                break;
            case ReachChanged:
                break;
            case MoveOverdue overdue:
                EndMove(overdue);
                break;
            case PublishNow:
                Publish();
                break;
            case Broadcast:
                OnBroadcastDue();
                break;
            case CatalogChangeSent sent:
                _rounds.Received(Sender, sent.Change, Now);
                break;
            case Merged merged:
                if (_registry.Take(merged.Merge, merged.Segment))
                    Publish();
                break;
            case Status.Failure failure:
                throw new InvalidOperationException(
                    "the search index could not be merged; every peer has to register again", failure.Cause);
            default:
                Unhandled(message);
                break;
        }
    }

    // A PeerActor that was replaced, here or at another tracker, speaks for its peer no more.
    private bool SpeaksFor(PeerId peer, IActorRef actor) => _peers.TryGetValue(peer, out var current) && current.Equals(actor);

    private void Join(HostJoined joined)
    {
        Context.WatchWith(Sender, new HostLeft(Sender, joined.Host.Id));
        _peers[joined.Host.Id] = Sender;
        _counts.Peers = _peers.Count;
        var movesHere = _ownership.IsElsewhere(joined.Host.Id);
        var stamp = _ownership.ClaimHere(joined.Host.Id);
        _log.Debug("peer {0} is registered{1}", joined.Host.Id, movesHere ? ", and moves here from another tracker" : "");
        if (!movesHere)
            _registry.Join(joined.Host);
        else if (_registry.Move(joined.Host))
            StartMoveTimeout(joined.Host.Id, Sender);
        if (!_settings.Reachability.Enabled && joined.Host.Port > 0)
            _registry.SetReach(joined.Host, Reach.Reachable);
        _cluster?.Replicator.Tell(new LocalChange.Joined(joined.Host, stamp));
        PublishSoon();
        if (joined.WantsBroadcasts)
            _rounds.Add(Sender);
    }

    private void Apply(PeerId peer, SharedBatch share, IActorRef peerActor)
    {
        var effect = _cluster is null ? null : new Dictionary<int, byte[]?>();
        var assigned = _registry.Apply(peer, share, effect);
        var refused = assigned.Count(song => song.Id == 0);
        _counts.AddRefusedSongs(refused);
        if (_log.IsDebugEnabled)
            _log.Debug("peer {0} shares {1} songs ({2} refused) and withdraws {3}", peer, assigned.Count, refused, share.Removed.Length);
        _replies.Add((peerActor, new SongsAssigned(assigned)));
        if (effect is not null)
            _cluster!.Replicator.Tell(new LocalChange.Songs(peer, effect, share.Load, share is { Complete: true, Last: true }));
        if (Timers.IsTimerActive(peer))
            StartMoveTimeout(peer, peerActor);
        PublishSoon();
    }

    // Starts again with each batch: a large share may take its time, but must not stand still.
    private void StartMoveTimeout(PeerId peer, IActorRef peerActor) =>
        Timers.StartSingleTimer(peer, new MoveOverdue(peer, peerActor), MoveTimeout);

    private void EndMove(MoveOverdue overdue)
    {
        if (!SpeaksFor(overdue.Peer, overdue.PeerActor))
            return;
        _cluster!.Replicator.Tell(new LocalChange.Songs(overdue.Peer, _registry.EndMove(overdue.Peer), null, IsSettled: true));
        PublishSoon();
    }

    private void Apply(ApplyShardChanges changes)
    {
        foreach (var peer in _remoteShards.Apply(changes))
        {
            _log.Debug("peer {0} has moved to the tracker at {1}", peer, changes.Owner);
            _cluster!.Replicator.Tell(new LocalChange.Left(peer));
            if (_peers.Remove(peer, out var moved))
                moved.Tell(ReplacePeer.Instance);
            _counts.Peers = _peers.Count;
        }

        _replies.Add((Sender, new ShardChangesApplied(changes.Number)));
        PublishSoon();
    }

    private void Leave(HostLeft left)
    {
        _rounds.Remove(left.Actor);
        // A parent hears of its child's end before other actors do: the peer's next PeerActor may have joined before the end of this one is
        // known here.
        if (!SpeaksFor(left.Peer, left.Actor))
            return;
        _log.Debug("peer {0} has left; its songs are withdrawn", left.Peer);
        _peers.Remove(left.Peer);
        _counts.Peers = _peers.Count;
        _ownership.ReleaseHere(left.Peer);
        _registry.Leave(left.Peer);
        _cluster?.Replicator.Tell(new LocalChange.Left(left.Peer));
        PublishSoon();
    }

    // Behind what waits already, so that a storm of peers becomes one snapshot.
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
        // Peers learn ids only when the songs can be found by them.
        foreach (var (asker, reply) in _replies)
            asker.Tell(reply);
        _replies.Clear();
        if (_compaction.IsDue(_catalog.Current.Count))
            _log.Info("the heap was compacted in {0:0} ms, with {1} songs", HeapCompaction.Run().TotalMilliseconds, _catalog.Current.Count);
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
        // Publishing has just started it for the changes that go out now.
        Timers.Cancel(BroadcastTimer);
        if (_rounds.Subscribers.Count == 0)
            return;
        var frames = changed is null || removed is null ? [] : DeltaFrames.Of(from, to, changed, removed, _settings.BroadcastMaxBytes);
        if (frames.IsEmpty)
            frames = [DeltaFrames.ListAgain(to)];
        // Before the broadcast: a peer that has received all of it must not find an older catalog.
        _catalog.Current = _registry.SkipVersions(frames.Length - 1);
        var change = new CatalogChanged(frames, _catalog.Current.Version);
        _rounds.Begin(change, Now);
        _counts.AddBroadcast(frames.Sum(frame => frame.Length), _rounds.Subscribers.Count);
        _log.Debug(
            "version {0} of the catalog is broadcast to {1} peers in {2} frames", change.Version, _rounds.Subscribers.Count, frames.Length);
        foreach (var subscriber in _rounds.Subscribers)
            subscriber.Tell(change);
    }

    private sealed record HostLeft(IActorRef Actor, PeerId Peer) : ILocalMessage, IDeadLetterSuppression;

    private sealed record MoveOverdue(PeerId Peer, IActorRef PeerActor) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Merged(SearchMerge Merge, SearchSegment Segment) : ILocalMessage, IDeadLetterSuppression;

    private sealed record PublishNow : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly PublishNow Instance = new();
    }

    private sealed record Broadcast : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Broadcast Instance = new();
    }
}
