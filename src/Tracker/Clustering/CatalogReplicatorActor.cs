using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>Streams this tracker's part of the catalog to the other trackers: everything to a new one, then each change.</summary>
/// <remarks>
/// LocalChange → part, log → PartChunks to whoever has fewer than <see cref="ChunksAtOnce"/> on their way; SubscribeShard → from the log, or a snapshot; ShardUpdateAck → on.
/// A subscriber that acknowledges nothing for long is forgotten; it asks again when it can.
/// </remarks>
internal sealed class CatalogReplicatorActor : UntypedActor, IWithTimers
{
    private const ulong ChunksAtOnce = 8;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LocalShard _part;
    private readonly Dictionary<Address, Subscriber> _subscribers = [];
    private readonly TrackerNotice _notice = new();

    public CatalogReplicatorActor(long logBytes) => _part = new LocalShard(logBytes);

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <param name="logBytes">Bytes of changes that are kept.</param>
    public static Props Props(long logBytes) => Akka.Actor.Props.Create(() => new CatalogReplicatorActor(logBytes));

    protected override void PreStart() => Timers.StartPeriodicTimer(Pulse.Instance, Pulse.Instance, Beat);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LocalChange change:
                _part.Take(change);
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
        var isKnown = subscribe.Generation == _part.Generation && _part.After(subscribe.Position, 1) is not null;
        var subscriber = new Subscriber(Sender, subscribe.Subscription)
        {
            Position = subscribe.Position,
            Snapshot = isKnown ? null : _part.Snapshot(),
            HeardAt = Now,
        };
        _subscribers[Sender.Path.Address] = subscriber;
        if (isKnown)
            SendChunk(subscriber, []);
        Send(subscriber);
    }

    // Everybody hears something once a beat: a tracker that is there, and where peers reach it.
    private void OnPulse()
    {
        foreach (var (address, subscriber) in _subscribers.ToList())
        {
            if (Now - subscriber.HeardAt > Patience)
                _subscribers.Remove(address);
            else if (subscriber.Snapshot is null && subscriber.HasRoom)
                SendChunk(subscriber, _part.After(subscriber.Position, ClusterHocon.ChunkBytes) ?? []);
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
            else if (_part.After(subscriber.Position, ClusterHocon.ChunkBytes) is not { } changes)
            {
                subscriber.Snapshot = _part.Snapshot();
            }
            else if (changes.Count > 0)
            {
                SendChunk(subscriber, changes);
            }
            else
            {
                return;
            }
        }
    }

    private void SendSnapshot(Subscriber subscriber, ShardSnapshot snapshot)
    {
        var chunk = Chunk(subscriber, snapshot.Next(ClusterHocon.ChunkBytes));
        chunk.SnapshotBegins = !subscriber.SnapshotBegun;
        chunk.SnapshotEnds = snapshot.IsOver;
        chunk.Position = snapshot.IsOver ? snapshot.Position : 0;
        subscriber.SnapshotBegun = true;
        if (snapshot.IsOver)
        {
            subscriber.Snapshot = null;
            subscriber.SnapshotBegun = false;
            subscriber.Position = snapshot.Position;
        }

        subscriber.Receiver.Tell(chunk);
    }

    private void SendChunk(Subscriber subscriber, IReadOnlyList<ShardChange> changes)
    {
        var chunk = Chunk(subscriber, changes);
        subscriber.Position += (ulong)changes.Count;
        chunk.Position = subscriber.Position;
        subscriber.Receiver.Tell(chunk);
    }

    private ShardUpdate Chunk(Subscriber subscriber, IReadOnlyList<ShardChange> changes) => new()
    {
        Subscription = subscriber.Subscription,
        Number = ++subscriber.Number,
        Generation = _part.Generation,
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

        public bool HasRoom => Number - Acknowledged < ChunksAtOnce;
    }

    private sealed record Pulse : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Pulse Instance = new();
    }
}

/// <summary>To the <see cref="CatalogReplicatorActor"/>: the others are told that peers reach this tracker at that host:port.</summary>
internal sealed record AnnounceAddress(string Address) : ILocalMessage;

/// <summary>To the <see cref="CatalogReplicatorActor"/>: the others are told that this tracker is going down. Answered by itself.</summary>
internal sealed record AnnounceDraining : ILocalMessage, IDeadLetterSuppression
{
    public static readonly AnnounceDraining Instance = new();
}
