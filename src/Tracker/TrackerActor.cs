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

/// <summary>Owns the song registry: every change of the catalog goes through it, and each change publishes a new snapshot.</summary>
/// <remarks>
/// JoinPeer → PeerRegistryActor; HostJoined → watches the PeerActor; ApplyShare → registry, snapshot, SongsAssigned; a PeerActor's end → its songs go.
/// What changed is gathered for a short while and broadcast once. Supervision: its child, the PeerRegistryActor, holds no decision that could be retried, so it
/// is stopped when it fails, and this actor begins anew: better an empty catalog than half of one (every peer's connection closes, and it registers again).
/// </remarks>
internal sealed class TrackerActor : ReceiveActor, IWithTimers
{
    private const string BroadcastTimer = "broadcast";

    /// <summary>A peer that has moved here is listed with what it had until it has shared everything, or shares nothing for so long.</summary>
    private static readonly TimeSpan MoveTimeout = TimeSpan.FromMinutes(1);

    private readonly TrackerSettings _settings;
    private readonly PublishedCatalog _catalog;
    private readonly TrackerCounts _counts;
    private readonly SongRegistry _registry;
    private readonly Dictionary<PeerId, IActorRef> _speakers = [];
    private readonly BroadcastRounds<IActorRef> _rounds = new();
    private readonly List<(IActorRef Asker, object Answer)> _answers = [];
    private readonly HeapCompaction _tidying = new();
    private bool _isPublishing;
    private readonly PeerOwnership _claims;
    private readonly RemoteShards _parts;
    private readonly ClusterActors? _cluster;
    private IActorRef _peers = ActorRefs.Nobody;

    public TrackerActor(TrackerSettings settings, PublishedCatalog catalog, TrackerCounts counts, ClusterActors? cluster)
    {
        _counts = counts;
        _cluster = cluster;
        _settings = settings;
        _catalog = catalog;
        _registry = new SongRegistry(settings.Catalog, new EncodedPages(settings.PageCacheBytes));
        _catalog.Current = _registry.Publish();
        _claims = new PeerOwnership(TimeProvider.System, cluster?.Self);
        _parts = new RemoteShards(_registry, _claims);
        Receive<JoinPeer>(join => _peers.Forward(join));
        Receive<HostJoined>(Join);
        Receive<ApplyShare>(Apply);
        Receive<HostLeft>(Leave);
        Receive<ApplyShardChanges>(Apply);
        Receive<ReachChanged>(changed => _cluster?.Replicator.Tell(new LocalChange.Reached(changed.Host, changed.Reach)));
        Receive<MoveOverdue>(EndMove);
        Receive<DropShard>(gone =>
        {
            _parts.Gone(gone.Owner);
            PublishSoon();
        });
        Receive<Broadcast>(_ => OnBroadcastDue());
        Receive<PublishNow>(_ => Publish());
        Receive<CatalogChangeSent>(taken => _rounds.Taken(Sender, taken.Change, Now));
        Receive<Merged>(Take);
        Receive<Status.Failure>(failure => throw new InvalidOperationException("the search index could not be merged; every peer has to register again", failure.Cause));
        Receive<Terminated>(_ => throw new InvalidOperationException("the peer registry has failed; every peer has to register again"));
    }

    /// <param name="settings">The tracker's settings.</param>
    /// <param name="catalog">Where the catalog is published.</param>
    /// <param name="counts">What is counted for those who look at it from outside.</param>
    /// <param name="cluster">What makes it one tracker of several; null = it is the only one.</param>
    public static Props Props(TrackerSettings settings, PublishedCatalog catalog, TrackerCounts counts, ClusterActors? cluster = null) =>
        Akka.Actor.Props.Create(() => new TrackerActor(settings, catalog, counts, cluster))
            .WithDispatcher(TrackerDispatchers.Writer).WithMailbox(TrackerDispatchers.JoinsFirst);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override void PreStart()
    {
        // After a failure, too: nobody is registered then.
        _counts.Peers = 0;
        _peers = Context.Watch(Context.ActorOf(PeerRegistryActor.Props(Self), PeerRegistryActor.Name));
        _cluster?.Replicator.Tell(new LocalChange.Reset());
        _cluster?.Cluster.Tell(RegistryBegun.Instance);
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Join(HostJoined joined)
    {
        Context.WatchWith(Sender, new HostLeft(Sender, joined.Host.Id));
        _speakers[joined.Host.Id] = Sender;
        _counts.Peers = _speakers.Count;
        var movesHere = _claims.IsElsewhere(joined.Host.Id);
        var stamp = _claims.ClaimHere(joined.Host.Id);
        if (!movesHere)
            _registry.Join(joined.Host);
        else if (_registry.Move(joined.Host))
            AwaitShareOf(joined.Host.Id, Sender);
        _cluster?.Replicator.Tell(new LocalChange.Joined(joined.Host, stamp));
        PublishSoon();
        if (joined.WantsBroadcasts)
            _rounds.Add(Sender);
    }

    private void Apply(ApplyShare apply)
    {
        // One that has been replaced, here or at another tracker, has nothing more to say.
        if (!_speakers.TryGetValue(apply.Peer, out var speaker) || !speaker.Equals(Sender))
            return;
        if (_cluster is not null && !apply.HasIds)
        {
            // What is refused anyway must not take an id, which is for ever and for all trackers.
            _cluster.IdReplica.Tell(new ResolveIds(apply with { Share = _registry.Screen(apply.Peer, apply.Share) }, Sender));
            return;
        }

        var effect = _cluster is null ? null : new Dictionary<int, byte[]?>();
        var assigned = _registry.Apply(apply.Peer, apply.Share, effect);
        _counts.AddRefusedSongs(assigned.Count(song => song.Id == 0));
        _answers.Add((Sender, new SongsAssigned(assigned)));
        if (effect is not null)
            _cluster!.Replicator.Tell(new LocalChange.Songs(apply.Peer, effect, apply.Share.Load, apply.Share is { Complete: true, Last: true }));
        if (Timers.IsTimerActive(apply.Peer))
            AwaitShareOf(apply.Peer, speaker);
        PublishSoon();
    }

    // Anew with each part of it: a large share may take its time, but not stand still.
    private void AwaitShareOf(PeerId peer, IActorRef speaker) => Timers.StartSingleTimer(peer, new MoveOverdue(peer, speaker), MoveTimeout);

    private void EndMove(MoveOverdue overdue)
    {
        if (!_speakers.TryGetValue(overdue.Peer, out var speaker) || !speaker.Equals(overdue.Speaker))
            return;
        _cluster!.Replicator.Tell(new LocalChange.Songs(overdue.Peer, _registry.EndMove(overdue.Peer), null, IsSettled: true));
        PublishSoon();
    }

    private void Apply(ApplyShardChanges part)
    {
        foreach (var peer in _parts.Apply(part))
        {
            _cluster!.Replicator.Tell(new LocalChange.Left(peer));
            if (_speakers.Remove(peer, out var speaker))
                speaker.Tell(ReplacePeer.Instance);
            _counts.Peers = _speakers.Count;
        }

        _answers.Add((Sender, new ShardChangesApplied(part.Number)));
        PublishSoon();
    }

    private void Leave(HostLeft left)
    {
        _rounds.Remove(left.Actor);
        // A parent hears of its child's end before others do: the next PeerActor of a peer may have joined before this one is known to be gone.
        if (!_speakers.TryGetValue(left.Peer, out var speaker) || !speaker.Equals(left.Actor))
            return;
        _speakers.Remove(left.Peer);
        _counts.Peers = _speakers.Count;
        _claims.ReleaseHere(left.Peer);
        _registry.Leave(left.Peer);
        _cluster?.Replicator.Tell(new LocalChange.Left(left.Peer));
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
        foreach (var (asker, answer) in _answers)
            asker.Tell(answer);
        _answers.Clear();
        if (_tidying.IsDue(_catalog.Current.Count))
            Context.GetLogger().Info("the heap was compacted in {0:0} ms, with {1} songs", HeapCompaction.Tidy().TotalMilliseconds, _catalog.Current.Count);
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
        _counts.AddBroadcast(frames.Sum(frame => frame.Length), _rounds.Subscribers.Count);
        foreach (var subscriber in _rounds.Subscribers)
            subscriber.Tell(change);
    }

    private sealed record HostLeft(IActorRef Actor, PeerId Peer) : ILocalMessage;

    private sealed record MoveOverdue(PeerId Peer, IActorRef Speaker) : ILocalMessage;

    private sealed record Merged(SearchMerge Merge, SearchSegment Segment) : ILocalMessage, IDeadLetterSuppression;

    private sealed record PublishNow : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly PublishNow Instance = new();
    }

    private sealed record Broadcast : ILocalMessage
    {
        public static readonly Broadcast Instance = new();
    }
}
