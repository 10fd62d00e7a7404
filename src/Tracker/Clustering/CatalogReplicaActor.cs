using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>Replicates another tracker's shard of the catalog for as long as that tracker is in the cluster.</summary>
/// <remarks>
/// SubscribeShard → ShardUpdate, in order → ApplyShardChanges to the TrackerActor → ShardChangesApplied → ShardUpdateAck. After a gap or a
/// period of silence, the actor subscribes again, from the last change that it has received. It addresses the other tracker's replicator by
/// path, so that its messages still arrive after that replicator has been recreated.
/// </remarks>
internal sealed class CatalogReplicaActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly Address _owner;
    private readonly HashSet<(PeerId Peer, ulong Stamp)> _inSnapshot = [];
    private readonly Dictionary<ulong, (IActorRef Replicator, ulong Number)> _applying = [];
    private ulong _subscription;
    private ulong _number;
    private ulong _generation;
    private ulong _position;
    private ulong _applied;
    private bool _complete;
    private ulong _completeWith = ulong.MaxValue;
    private readonly IActorRef _idReplica;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _tracker;
    private TimeSpan _heardAt;

    private bool _keepsMissing;

    public CatalogReplicaActor(Address owner, IActorRef tracker, IActorRef idReplica, bool keepsMissing) =>
        (_owner, _tracker, _idReplica, _keepsMissing) = (owner, tracker, idReplica, keepsMissing);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <param name="owner">The other tracker.</param>
    /// <param name="tracker">The TrackerActor.</param>
    /// <param name="idReplica">The IdReplicaActor, which learns the ids of the songs.</param>
    /// <param name="keepsMissing">Whether peers from an earlier run of that tracker stay listed until <see cref="StartOver"/>
    /// arrives.</param>
    public static Props Props(Address owner, IActorRef tracker, IActorRef idReplica, bool keepsMissing) =>
        Akka.Actor.Props.Create(() => new CatalogReplicaActor(owner, tracker, idReplica, keepsMissing));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Pulse.Instance, Pulse.Instance, PulseInterval);
        Subscribe();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ShardUpdate update when update.Subscription == _subscription:
                Apply(update);
                break;
            case ShardChangesApplied applied when _applying.Remove(applied.Number, out var update):
                _heardAt = Now;
                update.Replicator.Tell(new ShardUpdateAck { Subscription = _subscription, Number = update.Number });
                if (applied.Number >= _completeWith)
                {
                    _completeWith = ulong.MaxValue;
                    _log.Debug("all songs of the tracker at {0} are in the catalog", _owner);
                    Context.Parent.Tell(new ShardComplete(_owner));
                }

                break;
            case StartOver startOver:
                _tracker = startOver.Tracker;
                _keepsMissing = false;
                (_generation, _position) = (0, 0);
                Subscribe();
                break;
            // The actor does not subscribe again while updates are being applied, because they would only be sent again.
            case Pulse when _applying.Count == 0 && Now - _heardAt > Patience:
                Subscribe();
                break;
        }
    }

    private void Subscribe()
    {
        _subscription++;
        _number = 0;
        _heardAt = Now;
        _inSnapshot.Clear();
        // Updates from the previous subscription must not be acknowledged in the new one.
        _applying.Clear();
        _log.Debug("subscribing to the songs of the tracker at {0} from position {1}", _owner, _position);
        ClusterPaths.Replicator(Context, _owner).Tell(
            new SubscribeShard { Subscription = _subscription, Generation = _generation, Position = _position });
    }

    private void Apply(ShardUpdate update)
    {
        if (update.Number != _number + 1)
        {
            if (update.Number > _number)
                Subscribe();
            return;
        }

        _number = update.Number;
        _heardAt = Now;
        if (update.SnapshotBegins)
        {
            _inSnapshot.Clear();
            (_generation, _position) = (0, 0);
        }

        var changes = update.Changes.Select(Read).ToList();
        if (changes.OfType<RemoteChange.Shared>().SelectMany(shared => shared.Share.Added).Select(song => (song.Hash,
            song.LastId)).ToList() is { Count: > 0 } songs)
            _idReplica.Tell(new SongsListed(songs));
        var isInSnapshot = _generation != update.Generation;
        if (isInSnapshot)
            _inSnapshot.UnionWith(changes.OfType<RemoteChange.Joined>().Select(joined => (joined.Peer, joined.Stamp)));
        if (!isInSnapshot || update.SnapshotEnds)
            (_generation, _position) = (update.Generation, update.Position);
        _applying[++_applied] = (Sender, update.Number);
        var remaining = update.SnapshotEnds && !_keepsMissing ? _inSnapshot.ToHashSet() : null;
        _tracker.Tell(new ApplyShardChanges(_owner, _applied, changes, remaining));
        Context.Parent.Tell(new TrackerHeard(_owner, update.Tracker.Address, update.Tracker.Draining, update.Tracker.Unreachable));
        if (_generation == update.Generation && !_complete)
        {
            _complete = true;
            _completeWith = _applied;
        }
    }

    private static RemoteChange Read(ShardChange change)
    {
        var peer = new PeerId(change.PeerId.Span);
        return change.ChangeCase switch
        {
            ShardChange.ChangeOneofCase.Joined => new RemoteChange.Joined(
                HostOf(peer, change.Joined), change.Stamp, change.Joined.ResumeDigest),
            ShardChange.ChangeOneofCase.Songs =>
                new RemoteChange.Shared(peer, change.Stamp, Batch(change.Songs), change.Songs.Gone, change.Songs.Settled),
            ShardChange.ChangeOneofCase.Reachable => new RemoteChange.Reached(peer, change.Stamp, ReachOf(change.Reachable)),
            ShardChange.ChangeOneofCase.Moved => new RemoteChange.Moved(
                peer, change.Stamp, (int)change.Moved.Port, LocalEndpoint.Filter(change.Moved.LocalEndpoints)),
            _ => new RemoteChange.Left(peer, change.Stamp),
        };
    }

    private static CatalogHost HostOf(PeerId peer, ShardHost host) => new(
        peer, host.Name, host.Address, (int)host.Port, reach: ReachOf(host.Reachable), isSecure: host.Secure,
        features: (PeerFeatures)host.Features)
    {
        LocalEndpoints = LocalEndpoint.Filter(host.LocalEndpoints),
        RouterAddress = IPAddress.TryParse(host.SeenAt, out var seenAt) ? CountedAddress.From(seenAt) : null,
    };

    private static PortReach ReachOf(uint value) => (PortReach)Math.Min(value, (uint)PortReach.Unreachable);

    private static SharedBatch Batch(ShardSongs songs) => new(
        songs.Complete, songs.Last,
        [.. songs.Put.Select(song => OfferedSong.Replicated(song.Id, song.Facts.ToByteArray()))],
        [],
        songs.HasLoad ? new HostLoad { ActiveStreams = songs.ActiveStreams, MaxStreams = songs.MaxStreams } : null);

    private sealed record Pulse : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Pulse Instance = new();
    }
}

/// <summary>
/// From a <see cref="CatalogReplicaActor"/> to the ClusterActor: a tracker is alive, and peers reach it at
/// <paramref name="PublicAddress"/>. The tracker may be shutting down.
/// </summary>
/// <param name="Tracker">The tracker.</param>
/// <param name="PublicAddress">Where peers reach the tracker.</param>
/// <param name="IsDraining">Whether it is shutting down.</param>
/// <param name="Unreachable">The trackers that it cannot reach, as host:port.</param>
internal sealed record TrackerHeard(Address Tracker, string PublicAddress, bool IsDraining, IReadOnlyList<string> Unreachable)
    : ILocalMessage;

/// <summary>From a <see cref="CatalogReplicaActor"/> to the ClusterActor: all songs of a tracker are in the catalog.</summary>
internal sealed record ShardComplete(Address Tracker) : ILocalMessage;
