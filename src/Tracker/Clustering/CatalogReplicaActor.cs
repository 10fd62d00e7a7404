using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>Takes another tracker's part of the catalog, for as long as that tracker is in the cluster.</summary>
/// <remarks>
/// SubscribeShard → ShardUpdate, in order → ApplyShardChanges to the TrackerActor → ShardChangesApplied → ShardUpdateAck. A hole, or silence, and it subscribes again from the last change it has;
/// its messages go to the tracker by its address, so that one whose actors have begun anew answers too.
/// </remarks>
internal sealed class CatalogReplicaActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly Address _owner;
    private readonly HashSet<(PeerId Peer, ulong Stamp)> _inSnapshot = [];
    private readonly Dictionary<ulong, (IActorRef Publisher, ulong Number)> _applying = [];
    private ulong _subscription;
    private ulong _number;
    private ulong _generation;
    private ulong _position;
    private ulong _applied;
    private bool _complete;
    private ulong _completeWith = ulong.MaxValue;
    private readonly IActorRef _keeper;
    private IActorRef _tracker;
    private TimeSpan _heardAt;

    public CatalogReplicaActor(Address owner, IActorRef tracker, IActorRef keeper) => (_owner, _tracker, _keeper) = (owner, tracker, keeper);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <param name="owner">The other tracker.</param>
    /// <param name="tracker">The TrackerActor.</param>
    /// <param name="keeper">The IdReplicaActor, which hears which songs have which ids.</param>
    public static Props Props(Address owner, IActorRef tracker, IActorRef keeper) => Akka.Actor.Props.Create(() => new CatalogReplicaActor(owner, tracker, keeper));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Pulse.Instance, Pulse.Instance, Beat);
        Subscribe();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ShardUpdate chunk when chunk.Subscription == _subscription:
                Take(chunk);
                break;
            case ShardChangesApplied applied when _applying.Remove(applied.Number, out var chunk):
                _heardAt = Now;
                chunk.Publisher.Tell(new ShardUpdateAck { Subscription = _subscription, Number = chunk.Number });
                if (applied.Number >= _completeWith)
                {
                    _completeWith = ulong.MaxValue;
                    Context.Parent.Tell(new ShardComplete(_owner));
                }

                break;
            case BeginAnew anew:
                _tracker = anew.Tracker;
                (_generation, _position) = (0, 0);
                Subscribe();
                break;
            // What has come and is not in the catalog yet would only come once more.
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
        // Acknowledgements of the subscription before mean nothing to the new one.
        _applying.Clear();
        ClusterPaths.Replicator(Context, _owner).Tell(new SubscribeShard { Subscription = _subscription, Generation = _generation, Position = _position });
    }

    private void Take(ShardUpdate chunk)
    {
        if (chunk.Number != _number + 1)
        {
            if (chunk.Number > _number)
                Subscribe();
            return;
        }

        _number = chunk.Number;
        _heardAt = Now;
        if (chunk.SnapshotBegins)
        {
            _inSnapshot.Clear();
            (_generation, _position) = (0, 0);
        }

        var changes = chunk.Changes.Select(Read).ToList();
        if (changes.OfType<RemoteChange.Shared>().SelectMany(shared => shared.Share.Added).Select(song => (song.Hash, song.LastId)).ToList() is { Count: > 0 } songs)
            _keeper.Tell(new SongsSeen(songs));
        var isInSnapshot = _generation != chunk.Generation;
        if (isInSnapshot)
            _inSnapshot.UnionWith(changes.OfType<RemoteChange.Joined>().Select(joined => (joined.Peer, joined.Stamp)));
        if (!isInSnapshot || chunk.SnapshotEnds)
            (_generation, _position) = (chunk.Generation, chunk.Position);
        _applying[++_applied] = (Sender, chunk.Number);
        _tracker.Tell(new ApplyShardChanges(_owner, _applied, changes, chunk.SnapshotEnds ? _inSnapshot.ToHashSet() : null));
        Context.Parent.Tell(new TrackerHeard(_owner, chunk.Tracker.Address, chunk.Tracker.Draining));
        if (_generation == chunk.Generation && !_complete)
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
                new CatalogHost(peer, change.Joined.Name, change.Joined.Address, (int)change.Joined.Port) { Reach = ReachOf(change.Joined.Reachable) }, change.Stamp),
            ShardChange.ChangeOneofCase.Songs => new RemoteChange.Shared(peer, change.Stamp, Batch(change.Songs), change.Songs.Gone, change.Songs.Settled),
            ShardChange.ChangeOneofCase.Reachable => new RemoteChange.Reached(peer, change.Stamp, ReachOf(change.Reachable)),
            _ => new RemoteChange.Left(peer, change.Stamp),
        };
    }

    private static Reach ReachOf(uint told) => (Reach)Math.Min(told, (uint)Reach.Unreachable);

    private static SharedBatch Batch(ShardSongs songs) => new(
        songs.Complete, songs.Last,
        [.. songs.Put.Select(song => OfferedSong.Given(song.Id, song.Facts.ToByteArray()))],
        [],
        songs.HasLoad ? new HostLoad { ActiveStreams = songs.ActiveStreams, MaxStreams = songs.MaxStreams } : null);

    private sealed record Pulse : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Pulse Instance = new();
    }
}

/// <summary>From a <see cref="CatalogReplicaActor"/>: that tracker lives, is reached by peers at <paramref name="PublicAddress"/>, and may be going down.</summary>
internal sealed record TrackerHeard(Address Tracker, string PublicAddress, bool IsDraining) : ILocalMessage, IDeadLetterSuppression;

/// <summary>From a <see cref="CatalogReplicaActor"/>: all songs of that tracker have come.</summary>
internal sealed record ShardComplete(Address Tracker) : ILocalMessage, IDeadLetterSuppression;
