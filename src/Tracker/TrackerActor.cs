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

/// <summary>
/// The single writer of the catalog: it owns the song registry, and publishes a new snapshot after each round of changes.
/// </summary>
/// <remarks>
/// <code>
/// HostJoined          → watches the PeerActor; when it stops (HostLeft), the host's songs are withdrawn
/// ApplyShare          → single tracker: registry
///                     → cluster: Screen → ResolveIds to the IdReplicaActor → ApplyResolvedShare → registry
/// ApplyShardChanges, DropShard → registry, for the peers of other trackers
/// CutOffChanged → all PeerActors
/// HostLeft in a cluster → the songs stay listed until every other tracker has been heard from: the peer may have moved to one of them
/// changed catalog     → PublishNow, after the messages already queued → snapshot → SongsAssigned, ShardChangesApplied → after a short
///                       delay, one broadcast of the changes
///                     → doubled or halved → the heap is compacted; in a cluster at CompactionDue, in this tracker's own interval
/// </code>
/// Supervision: when this actor fails, it restarts with an empty catalog, which is better than a half-changed one. It then
/// sends CatalogBegun to the PeerRegistryActor, which closes the connections of all peers, so that they register again.
/// </remarks>
internal sealed class TrackerActor : UntypedActor, IWithTimers
{
    private const string BroadcastTimer = "broadcast";

    /// <summary>How long the songs of a peer that has moved here stay listed while no batch of its share arrives.</summary>
    private static readonly TimeSpan MoveTimeout = TimeSpan.FromMinutes(1);

    // How long the songs of a peer that has left stay listed while another tracker remains silent. Also how long the departure of a peer
    // that has moved to another tracker is withheld from the other trackers, because some of them may not know of the move yet.
    private static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(30);

    private readonly TrackerSettings _settings;
    private readonly PublishedCatalog _catalog;
    private readonly TrackerCounts _counts;
    private readonly SongRegistry _registry;
    private readonly Dictionary<PeerId, IActorRef> _peers = [];
    private readonly HashSet<PeerId> _securePeers = [];
    private readonly BroadcastRounds<IActorRef> _rounds = new();
    private readonly BroadcastBudget _broadcasts;
    private readonly List<(IActorRef ReplyTo, object Reply)> _replies = [];
    private readonly HeapCompaction _compaction = new();
    private readonly PeerOwnership _ownership;
    private readonly RemoteShards _remoteShards;
    private CutOffChanged _cutOff = new(false);
    private readonly Farewells _farewells = new(TimeProvider.System);
    private readonly ClusterActors? _cluster;
    private readonly PublishedStanding _standing;
    private readonly IActorRef _peerRegistry;
    private readonly RemoteRegistrations _elsewhere;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private TimeSpan _broadcastDue;
    private bool _isPublishing;

    public TrackerActor(
        TrackerSettings settings, PublishedCatalog catalog, TrackerCounts counts, IActorRef peerRegistry, ClusterActors? cluster,
        SongIds? ids, RemoteRegistrations? elsewhere, PublishedStanding? standing)
    {
        (_settings, _catalog, _counts, _peerRegistry, _cluster) = (settings, catalog, counts, peerRegistry, cluster);
        _standing = standing ?? new PublishedStanding(ClusterStanding.Single);
        _elsewhere = elsewhere ?? new RemoteRegistrations();
        _registry = new SongRegistry(settings.Catalog, new EncodedPages(settings.PageCacheBytes), ids: ids, changes: settings.Changes);
        _broadcasts = new BroadcastBudget(settings, Now);
        _catalog.Current = _registry.Publish();
        _ownership = new PeerOwnership(TimeProvider.System, cluster?.Self);
        _remoteShards = new RemoteShards(_registry, _ownership, _elsewhere);
    }

    /// <param name="settings">The tracker's settings.</param>
    /// <param name="catalog">Receives each published snapshot.</param>
    /// <param name="counts">The counters behind metrics and statistics.</param>
    /// <param name="peerRegistry">The PeerRegistryActor. It receives CatalogBegun when this actor starts with an empty catalog.</param>
    /// <param name="cluster">The actors of the cluster; null for a single tracker.</param>
    /// <param name="ids">The song ids, which survive a failure of this actor; null = this actor creates its own.</param>
    /// <param name="elsewhere">Receives the peers that are registered at other trackers.</param>
    /// <param name="standing">This tracker's standing in its cluster; null = it is a single tracker.</param>
    public static Props Props(
        TrackerSettings settings, PublishedCatalog catalog, TrackerCounts counts, IActorRef peerRegistry, ClusterActors? cluster = null,
        SongIds? ids = null, RemoteRegistrations? elsewhere = null, PublishedStanding? standing = null) =>
        Akka.Actor.Props.Create(
            () => new TrackerActor(settings, catalog, counts, peerRegistry, cluster, ids, elsewhere, standing))
            .WithDispatcher(TrackerDispatchers.Writer);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override void PreStart()
    {
        // This also runs after a restart, when no peer is registered.
        CountPeers();
        _elsewhere.Clear();
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
                    Apply(apply.Peer, apply.Share, Sender, clusterCounter: null);
                else // The batch is screened first: a refused song must not use up an id, which all trackers would keep forever.
                    _cluster.IdReplica.Tell(new ResolveIds(apply.Peer, _registry.Screen(apply.Peer, apply.Share), Sender));
                break;
            case ApplyResolvedShare resolved when SpeaksFor(resolved.Peer, resolved.PeerActor):
                Apply(resolved.Peer, resolved.Share, resolved.PeerActor, resolved.IdCounter);
                break;
            case ApplyShare or ApplyResolvedShare:
                break;
            case ApplyShardChanges changes:
                Apply(changes);
                break;
            case CutOffChanged changed:
                _cutOff = changed;
                foreach (var peer in _peers.Values)
                    peer.Tell(changed);
                break;
            case LeaveOverdue overdue:
                EndFarewell(overdue.Peer);
                break;
            case DropShard drop:
                _log.Debug("dropping the songs of the tracker at {0}", drop.Owner);
                _remoteShards.Drop(drop.Owner);
                EndFarewells(_farewells.Gone(drop.Owner));
                PublishSoon();
                break;
            case ReachChanged changed when _registry.SetReach(changed.Host, changed.Reach):
                _cluster?.Replicator.Tell(new LocalChange.Reached(changed.Host, changed.Reach));
                break;
            case HostMoved moved when _registry.MoveTo(moved.Host, moved.Port, moved.LocalEndpoints):
                _cluster?.Replicator.Tell(new LocalChange.Moved(moved.Host));
                break;
            case ReachChanged or HostMoved:
                break;
            case MoveOverdue overdue:
                EndMove(overdue);
                break;
            case PublishNow:
                Publish();
                break;
            case CompactionDue:
                CompactHeap();
                break;
            case Broadcast:
                OnBroadcastDue();
                break;
            case CatalogChangeSent sent:
                _rounds.Received(Sender, sent.Change, Now);
                break;
            case Merged merged:
                if (_registry.ApplyMerge(merged.Merge, merged.Segment))
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

    // False for a PeerActor whose peer has registered again, here or at another tracker.
    private bool SpeaksFor(PeerId peer, IActorRef actor) => _peers.TryGetValue(peer, out var current) && current.Equals(actor);

    private void Join(HostJoined joined)
    {
        Context.WatchWith(Sender, new HostLeft(Sender, joined.Host.Id));
        _peers[joined.Host.Id] = Sender;
        if (_cutOff.IsCutOff)
            Sender.Tell(_cutOff);
        if (joined.Host.IsSecure)
            _securePeers.Add(joined.Host.Id);
        else
            _securePeers.Remove(joined.Host.Id);
        CountPeers();
        var movesHere = _ownership.IsElsewhere(joined.Host.Id) || Timers.IsTimerActive(LeaveOverdue.Of(joined.Host.Id));
        Timers.Cancel(LeaveOverdue.Of(joined.Host.Id));
        _farewells.Cancel(joined.Host.Id);
        var stamp = _ownership.ClaimHere(joined.Host.Id);
        _elsewhere.Remove(joined.Host.Id);
        _log.Debug("peer {0} has registered{1}", joined.Host.Id, movesHere ? ", moving here from another tracker" : "");
        if (!movesHere)
            _registry.Join(joined.Host);
        else if (_registry.Move(joined.Host))
            StartMoveTimeout(joined.Host.Id, Sender);
        if (!_settings.Reachability.Enabled && joined.Host.Port > 0)
            _registry.SetReach(joined.Host, PortReach.Reachable);
        _cluster?.Replicator.Tell(new LocalChange.Joined(joined.Host, stamp, joined.ResumeDigest));
        PublishSoon();
        if (joined.WantsBroadcasts)
            _rounds.Add(Sender);
        _registry.Subscribers = _rounds.Subscribers.Count;
    }

    private void CountPeers() => (_counts.Peers, _counts.SecurePeers) = (_peers.Count, _securePeers.Count);

    private void Apply(PeerId peer, SharedBatch share, IActorRef peerActor, int? clusterCounter)
    {
        var effect = _cluster is null ? null : new Dictionary<int, byte[]?>(SongIdComparer.Instance);
        var assigned = _registry.Apply(peer, share, effect);
        var refused = assigned.Count(song => song.Id == 0);
        _counts.AddRefusedSongs(refused);
        if (_log.IsDebugEnabled)
            _log.Debug("songs shared by peer {0}: {1}, {2} of them refused; songs withdrawn: {3}", peer, assigned.Count, refused, share.Removed.Length);
        _replies.Add((peerActor, new SongsAssigned(assigned, clusterCounter ?? _registry.IdCounter)));
        if (effect is not null)
            _cluster!.Replicator.Tell(new LocalChange.Songs(peer, effect, share.Load, share is { Complete: true, Last: true }));
        if (Timers.IsTimerActive(peer))
            StartMoveTimeout(peer, peerActor);
        PublishSoon();
    }

    // The timer restarts with each batch: a large share may take a long time in total, but it must make progress.
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
            _farewells.Cancel(peer);
            // A third tracker may hear from this tracker before it hears from the peer's new tracker, and must not drop the songs in the
            // meantime.
            Timers.StartSingleTimer(LeaveOverdue.Of(peer), LeaveOverdue.Of(peer), ReturnTime);
            if (_peers.Remove(peer, out var moved))
                moved.Tell(ReplacePeer.Instance);
            _securePeers.Remove(peer);
            CountPeers();
        }

        foreach (var left in changes.Changes.OfType<RemoteChange.Left>().Where(left => Timers.IsTimerActive(LeaveOverdue.Of(left.Peer))))
        {
            if (!_ownership.IsHere(left.Peer) && !_ownership.IsElsewhere(left.Peer))
                EndFarewell(left.Peer);
        }

        EndFarewells(_farewells.Heard(changes.Owner));
        _replies.Add((Sender, new ShardChangesApplied(changes.Number)));
        PublishSoon();
    }

    private void Leave(HostLeft left)
    {
        _rounds.Remove(left.Actor);
        _registry.Subscribers = _rounds.Subscribers.Count;
        // A parent is notified that its child has stopped before other watchers are, so the peer's next PeerActor may have joined before
        // this message arrives.
        if (!SpeaksFor(left.Peer, left.Actor))
            return;
        _log.Debug("peer {0} has left; withdrawing its songs", left.Peer);
        _peers.Remove(left.Peer);
        _securePeers.Remove(left.Peer);
        CountPeers();
        if (_farewells.Begin(left.Peer))
            Timers.StartSingleTimer(LeaveOverdue.Of(left.Peer), LeaveOverdue.Of(left.Peer), ReturnTime);
        else
            EndFarewell(left.Peer);
    }

    private void EndFarewells(IReadOnlyList<PeerId> peers)
    {
        foreach (var peer in peers)
            EndFarewell(peer);
    }

    // Ends the wait for a peer that is no longer here. The peer may be at another tracker.
    private void EndFarewell(PeerId peer)
    {
        Timers.Cancel(LeaveOverdue.Of(peer));
        _farewells.Cancel(peer);
        if (_ownership.ReleaseHere(peer))
        {
            _registry.Leave(peer);
            PublishSoon();
        }

        _cluster?.Replicator.Tell(new LocalChange.Left(peer));
    }

    // PublishNow is queued after the messages that have already arrived, so that a burst of changes becomes one snapshot.
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
        // The replies are sent only now, so that a peer never learns an id under which its song cannot be found yet.
        foreach (var (replyTo, reply) in _replies)
            replyTo.Tell(reply);
        _replies.Clear();
        if (_compaction.IsDue(_catalog.Current.Count, Now))
            CompactHeap();
        if (_registry.NextMerge() is { } merge)
        {
            Task.Factory.StartNew(merge.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .PipeTo(Self, success: segment => new Merged(merge, segment));
        }

        BroadcastLater();
    }

    // All trackers of a cluster grow at the same time, but must not pause at the same time.
    private void CompactHeap()
    {
        Timers.Cancel(CompactionDue.Instance);
        if (CompactionTimes.WaitAt(TimeProvider.System.GetUtcNow(), _standing.Current) is { Ticks: > 0 } wait)
        {
            Timers.StartSingleTimer(CompactionDue.Instance, CompactionDue.Instance, wait);
            return;
        }

        // The catalog may have grown during the wait.
        var songs = _catalog.Current.Count;
        if (!_compaction.IsShort(songs))
            return;
        var pause = HeapCompaction.Run();
        _compaction.Paused(pause, songs, Now);
        _log.Info("the heap was compacted in {0:0} ms, with {1} songs", pause.TotalMilliseconds, songs);
    }

    // Changes that are held back must not delay other changes, so the timer is restarted if the new deadline is earlier.
    private void BroadcastLater()
    {
        if (_registry.NextNewsIn is not { } wait)
            return;
        var delay = wait > _settings.BroadcastDelay ? wait : _settings.BroadcastDelay;
        var due = Now + delay;
        if (Timers.IsTimerActive(BroadcastTimer) && _broadcastDue <= due)
            return;
        _broadcastDue = due;
        Timers.StartSingleTimer(BroadcastTimer, Broadcast.Instance, delay);
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
        // Publish may have just started the timer for the changes that are about to be broadcast.
        Timers.Cancel(BroadcastTimer);
        if (_rounds.Subscribers.Count == 0)
        {
            _registry.SkipDelta();
            return;
        }

        var (from, to, changed, removed) = _registry.DrainDelta(_broadcasts.MaxSize(_rounds.Subscribers.Count, Now));
        BroadcastLater();
        if (changed is { Count: 0 } && removed is { Count: 0 })
            return;
        var frames = changed is null || removed is null ? [] : DeltaFrames.Encode(from, to, changed, removed, _settings.BroadcastMaxBytes);
        if (frames.IsEmpty)
        {
            _registry.SkipDelta();
            frames = [DeltaFrames.ListAgain(to)];
        }

        // The new version is published before the broadcast, so that a peer that has received the complete broadcast never sees an older
        // catalog.
        _catalog.Current = _registry.SkipVersions(frames.Length - 1);
        var change = new CatalogChanged(frames, _catalog.Current.Version);
        _rounds.Begin(change, Now);
        var bytes = frames.Sum(frame => frame.Length);
        _broadcasts.Spend(bytes, _rounds.Subscribers.Count, Now);
        _counts.AddBroadcast(bytes, _rounds.Subscribers.Count);
        _log.Debug(
            "broadcasting version {0} of the catalog; peers: {1}, frames: {2}", change.Version, _rounds.Subscribers.Count, frames.Length);
        foreach (var subscriber in _rounds.Subscribers)
            subscriber.Tell(change);
    }

    private sealed record HostLeft(IActorRef Actor, PeerId Peer) : ILocalMessage, IDeadLetterSuppression;

    // The message is its own timer key, so each peer has at most one such timer.
    private sealed record LeaveOverdue(PeerId Peer) : ILocalMessage, IDeadLetterSuppression
    {
        public static LeaveOverdue Of(PeerId peer) => new(peer);
    }

    private sealed record MoveOverdue(PeerId Peer, IActorRef PeerActor) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Merged(SearchMerge Merge, SearchSegment Segment) : ILocalMessage, IDeadLetterSuppression;

    private sealed record PublishNow : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly PublishNow Instance = new();
    }

    private sealed record CompactionDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly CompactionDue Instance = new();
    }

    private sealed record Broadcast : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Broadcast Instance = new();
    }
}
