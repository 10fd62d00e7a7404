using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Reachability;
using TspActors.Tracker.Tests.Reachability;

namespace TspActors.Tracker.Tests.Calls;

/// <summary>The base class of tests in which peers with features register at a tracker that probes their ports.</summary>
public abstract class CallSpec : TrackerSpec
{
    private readonly List<Socket> _ports = [];
    private readonly List<Task> _answering = [];

    /// <summary>Settings with which each port is probed once, unless its peer asks for more probes.</summary>
    private protected static readonly ReachabilitySettings Once = new()
    {
        Timeout = TimeSpan.FromSeconds(20),
        RetryMin = TimeSpan.FromMinutes(10),
        RetryMax = TimeSpan.FromMinutes(10),
        AtOnce = 100,
    };

    protected override TrackerSettings Settings => Patient with { Reachability = Once };

    public override async Task DisposeAsync()
    {
        foreach (var port in _ports)
            port.Dispose();
        await Task.WhenAll(_answering);
        await base.DisposeAsync();
    }

    /// <summary>Registers a peer, and waits until it knows whether the tracker has reached its port.</summary>
    private protected async Task<RawTspClient> Join(int peer, PeerFeatures features, int port)
    {
        var client = await Connect();
        var hello = PeerClient.Hello(peer, port: (uint)port);
        hello.Hello.Features = (ulong)features;
        await client.Register(hello);
        await client.Expect(Operation.Reach);
        return client;
    }

    /// <summary>Registers a peer that can be called and hosts this song. The tracker does not reach its port.</summary>
    private protected async Task<RawTspClient> HostOf(int song, int peer)
    {
        var client = await Join(peer, PeerFeatures.Call, ClosedPort());
        await client.Share(Samples.Complete(Samples.Song(song)));
        return client;
    }

    /// <summary>Registers a peer that can be called back.</summary>
    private protected Task<RawTspClient> Requester(int peer) => Join(peer, PeerFeatures.Callable, OpenPort());

    /// <summary>Opens a port that answers every probe.</summary>
    private protected int OpenPort()
    {
        var socket = PeerPort.Open();
        _ports.Add(socket);
        _answering.Add(PeerPort.AnswerAll(socket));
        return socket.Address().Port;
    }

    /// <summary>Returns a port that nobody listens on.</summary>
    private protected static int ClosedPort()
    {
        using var socket = PeerPort.Open();
        return socket.Address().Port;
    }

    private protected static Call To(int host) => new()
    {
        Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
        PeerId = Id(host),
    };

    private protected static ByteString Id(int peer) => ByteString.CopyFrom(Samples.Peer(peer).ToArray());

    /// <summary>Calls a host, and returns the refusal.</summary>
    private protected static async Task<Call> Refusal(RawTspClient requester, Call call, int song = 1)
    {
        await requester.Send(Operation.Call, song, call);
        return await ExpectRefusal(requester, call, song);
    }

    /// <summary>Receives the refusal of a call.</summary>
    private protected static async Task<Call> ExpectRefusal(RawTspClient requester, Call call, int song = 1)
    {
        var frame = await requester.Expect(Operation.Call);
        var refusal = RawTspClient.Parse<Call>(frame);
        Assert.Equal((song, call.Token, call.PeerId, ""), (frame.SongId, refusal.Token, refusal.PeerId, refusal.Endpoint));
        Assert.NotEqual(ErrorCode.Unknown, refusal.Code);
        Assert.NotEmpty(refusal.Refusal);
        return refusal;
    }

    /// <summary>Calls a host, and returns the call that the host receives.</summary>
    private protected static async Task<Call> Delivered(RawTspClient requester, RawTspClient host, Call call, int song = 1)
    {
        await requester.Send(Operation.Call, song, call);
        var frame = await host.Expect(Operation.Call);
        Assert.Equal(song, frame.SongId);
        return RawTspClient.Parse<Call>(frame);
    }
}
