using System.Collections.Concurrent;
using System.Security.Cryptography;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Live;

/// <summary>A live feed that a test controls. Thread-safe.</summary>
internal sealed class FakeRadio
{
    /// <summary>The feed as the tracker describes it.</summary>
    public static readonly Song Feed = FeedOf(7, "Ana's radio – чай");

    private readonly ConcurrentQueue<TaskCompletionSource> _stops = new();
    private readonly ConcurrentQueue<ILiveReceiver> _receivers = new();
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The number of times that the gateway has joined a feed.</summary>
    public int Joins => _receivers.Count;

    /// <summary>Why the feed cannot be received; null = it can be received.</summary>
    public FetchFault? Refusal { get; init; }

    /// <summary>Completes when the gateway has joined.</summary>
    public Task Joined => _joined.Task;

    /// <summary>Completes when the gateway has left the first feed.</summary>
    public Task Left => _stops.First().Task;

    public static Song FeedOf(int number, string name, int peer = 0) => new()
    {
        Id = number,
        ContentHash = ByteString.CopyFrom(SHA256.HashData(BitConverter.GetBytes(1_000_000 + number))),
        Live = true,
        Tags = new SongTags { Title = name, Genre = "ambient" },
        Format = new AudioFormat { BitrateBps = 128_000, SampleRateHz = 44_100, Channels = 2 },
        Hosts = { new Host { Name = "anna", PeerId = peer > 0 ? PeerOf(peer) : ByteString.Empty } },
    };

    private static ByteString PeerOf(int peer) =>
        ByteString.CopyFrom(SHA256.HashData(BitConverter.GetBytes(peer)).AsSpan(0, PeerId.Size));

    /// <summary>Sends a chunk.</summary>
    public void Send(ReadOnlyMemory<byte> mp3, string title = "")
    {
        foreach (var receiver in _receivers)
            receiver.Heard(new LiveSound(mp3, TimeSpan.FromMilliseconds(500), title));
    }

    /// <summary>Ends the feed.</summary>
    public void End(FetchFault? fault = null)
    {
        foreach (var receiver in _receivers)
            receiver.Ended(fault);
    }

    /// <summary>Answers the gateway.</summary>
    public object Join(ReceiveFeed hear, IActorRefFactory actors)
    {
        if (Refusal is not null)
            return new FetchRefused(Refusal);
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stops.Enqueue(stop);
        _receivers.Enqueue(hear.Receiver);
        var fetch = actors.ActorOf(Props.Create(() => new FakeFetch(stop)));
        _joined.TrySetResult();
        return new FetchRunning(fetch);
    }

    private sealed class FakeFetch(TaskCompletionSource stop) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is StopFetching)
                stop.TrySetResult();
        }
    }
}
