using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>Replicates this tracker's shard of the catalog: each subscribing tracker receives a snapshot, and then every change.</summary>
/// <remarks>
/// LocalChange → the shard and its log → ShardUpdate to each subscriber with fewer than <see cref="UpdatesAtOnce"/> unacknowledged updates
/// → ShardUpdateAck → the next updates. SubscribeShard → changes from the log, or a snapshot. A subscriber that acknowledges nothing for a
/// while is dropped. It subscribes again when it can.
/// </remarks>
internal sealed class CatalogReplicatorActor : UntypedActor, IWithTimers
{
    private const ulong UpdatesAtOnce = 8;
    private static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LocalShard _shard;
    private readonly Dictionary<Address, Subscriber> _subscribers = [];
    private readonly TrackerNotice _notice = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public CatalogReplicatorActor(long logBytes) => _shard = new LocalShard(logBytes);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <param name="logBytes">The size of the change log, in bytes.</param>
    public static Props Props(long logBytes) => Akka.Actor.Props.Create(() => new CatalogReplicatorActor(logBytes));

    protected override void PreStart() => Timers.StartPeriodicTimer(Pulse.Instance, Pulse.Instance, PulseInterval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LocalChange change:
                _shard.Apply(change);
                foreach (var subscriber in _subscribers.Values)
                    Send(subscriber);
                break;
            case SubscribeShard subscribe:
                Subscribe(subscribe);
                break;
            case ShardUpdateAck ack:
                if (_subscribers.TryGetValue(Sender.Path.Address, out var acknowledging) && acknowledging.Subscription == ack.Subscription)
                {
                    acknowledging.Acknowledged = Math.Max(acknowledging.Acknowledged, Math.Min(ack.Number, acknowledging.Number));
                    acknowledging.HeardAt = Now;
                    Send(acknowledging);
                }

                break;
            case AnnounceAddress announce:
                _notice.Address = announce.Address;
                OnPulse();
                break;
            case LinksChanged links:
                _notice.Unreachable.Clear();
                _notice.Unreachable.Add(links.Unreachable.Select(TrackerText.Of));
                OnPulse();
                break;
            case AnnounceDraining:
                _notice.Draining = true;
                OnPulse();
                Sender.Tell(AnnounceDraining.Instance);
                break;
            case Pulse:
                OnPulse();
                break;
        }
    }

    private void Subscribe(SubscribeShard subscribe)
    {
        var isKnown = subscribe.Generation == _shard.Generation && _shard.After(subscribe.Position, 1) is not null;
        var subscriber = new Subscriber(Sender, subscribe.Subscription)
        {
            Position = subscribe.Position,
            Snapshot = isKnown ? null : _shard.Snapshot(),
            HeardAt = Now,
        };
        _subscribers[Sender.Path.Address] = subscriber;
        _log.Debug(
            "the tracker at {0} has subscribed to this one's songs, {1}", Sender.Path.Address,
            isKnown ? "from the log" : "from a snapshot");
        if (isKnown)
            SendUpdate(subscriber, []);
        Send(subscriber);
    }

    // At each pulse, every subscriber that can accept an update and is not receiving a snapshot is sent one, even if nothing has changed.
    // The update shows that this tracker is alive, and where peers reach it.
    private void OnPulse()
    {
        foreach (var (address, subscriber) in _subscribers.ToList())
        {
            if (Now - subscriber.HeardAt > Patience)
            {
                _log.Debug("the tracker at {0} has acknowledged nothing for {1}; dropping its subscription", address, Patience);
                _subscribers.Remove(address);
            }
            else if (subscriber.Snapshot is null && subscriber.HasRoom)
                SendUpdate(subscriber, _shard.After(subscriber.Position, ClusterHocon.ChunkBytes) ?? []);
        }
    }

    private void Send(Subscriber subscriber)
    {
        while (subscriber.HasRoom)
        {
            if (subscriber.Snapshot is { } snapshot)
            {
                SendSnapshot(subscriber, snapshot);
            }
            else if (_shard.After(subscriber.Position, ClusterHocon.ChunkBytes) is not { } changes)
            {
                subscriber.Snapshot = _shard.Snapshot();
            }
            else if (changes.Count > 0)
            {
                SendUpdate(subscriber, changes);
            }
            else
            {
                return;
            }
        }
    }

    private void SendSnapshot(Subscriber subscriber, ShardSnapshot snapshot)
    {
        var update = NewUpdate(subscriber, snapshot.Next(ClusterHocon.ChunkBytes));
        update.SnapshotBegins = !subscriber.SnapshotBegun;
        update.SnapshotEnds = snapshot.IsOver;
        update.Position = snapshot.IsOver ? snapshot.Position : 0;
        subscriber.SnapshotBegun = true;
        if (snapshot.IsOver)
        {
            subscriber.Snapshot = null;
            subscriber.SnapshotBegun = false;
            subscriber.Position = snapshot.Position;
        }

        subscriber.Receiver.Tell(update);
    }

    private void SendUpdate(Subscriber subscriber, IReadOnlyList<ShardChange> changes)
    {
        var update = NewUpdate(subscriber, changes);
        subscriber.Position += (ulong)changes.Count;
        update.Position = subscriber.Position;
        subscriber.Receiver.Tell(update);
    }

    private ShardUpdate NewUpdate(Subscriber subscriber, IReadOnlyList<ShardChange> changes) => new()
    {
        Subscription = subscriber.Subscription,
        Number = ++subscriber.Number,
        Generation = _shard.Generation,
        Changes = { changes },
        Tracker = _notice.Clone(),
    };

    private sealed class Subscriber(IActorRef receiver, ulong subscription)
    {
        public IActorRef Receiver { get; } = receiver;

        public ulong Subscription { get; } = subscription;

        public ulong Position { get; set; }

        public ShardSnapshot? Snapshot { get; set; }

        public bool SnapshotBegun { get; set; }

        public ulong Number { get; set; }

        public ulong Acknowledged { get; set; }

        public TimeSpan HeardAt { get; set; }

        public bool HasRoom => Number - Acknowledged < UpdatesAtOnce;
    }

    private sealed record Pulse : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Pulse Instance = new();
    }
}

/// <summary>
/// To the <see cref="CatalogReplicatorActor"/>: announce to the other trackers the host:port at which peers reach this one.
/// </summary>
internal sealed record AnnounceAddress(string Address) : ILocalMessage;

/// <summary>
/// To the <see cref="CatalogReplicatorActor"/>: announce to the other trackers that this one is shutting down. The reply is the same
/// message.
/// </summary>
internal sealed record AnnounceDraining : ILocalMessage
{
    public static readonly AnnounceDraining Instance = new();
}
