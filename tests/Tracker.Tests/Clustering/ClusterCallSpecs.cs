using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Tests.Reachability;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks that a peer can call a host that is connected to another tracker of the cluster.</summary>
public sealed class ClusterCallSpecs
{
    [Fact]
    public async Task A_call_and_its_refusal_pass_between_the_trackers_of_the_host_and_the_requester()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2, reachability: new()
        {
            Timeout = TimeSpan.FromSeconds(20),
            RetryMin = TimeSpan.FromMinutes(10),
            RetryMax = TimeSpan.FromMinutes(10),
        });
        using var port = PeerPort.Open();
        var answering = PeerPort.AnswerAll(port);
        var host = await JoinAsync(cluster, tracker: 0, peer: 1, PeerFeatures.Call, port.Address().Port);
        await host.Share(Samples.Complete(Samples.Song(1)));
        var song = (await cluster.ListsAsync(1, songs => songs is [{ Hosts: [{ Callable: true }] }]))[0];
        var requester = await JoinAsync(cluster, tracker: 1, peer: 2, PeerFeatures.Callable, port.Address().Port);
        var call = new Call { Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()), PeerId = Id(1), Endpoint = "198.51.100.9:22" };

        await requester.Send(Operation.Call, song.Id, call);

        var frame = await host.Expect(Operation.Call);
        Assert.Equal(song.Id, frame.SongId);
        Assert.Equal(
            new Call { Token = call.Token, PeerId = Id(2), Endpoint = $"127.0.0.1:{port.Address().Port}" }, RawTspClient.Parse<Call>(frame));
        await host.Send(Operation.Call, song.Id, new Call { Token = call.Token, PeerId = Id(2), Code = ErrorCode.Busy, Refusal = "full" });
        Assert.Equal(
            new Call { Token = call.Token, PeerId = Id(1), Code = ErrorCode.Busy, Refusal = "full" },
            await requester.Expect<Call>(Operation.Call));

        port.Dispose();
        await answering;
    }

    private static async Task<RawTspClient> JoinAsync(ClusterOfTrackers cluster, int tracker, int peer, PeerFeatures features, int port)
    {
        var client = await cluster.ConnectAsync(tracker);
        var hello = PeerClient.Hello(peer, port: (uint)port);
        hello.Hello.Features = (ulong)features;
        await client.Register(hello);
        Assert.True((await client.Expect<Reach>(Operation.Reach)).Reachable);
        return client;
    }

    private static ByteString Id(int peer) => ByteString.CopyFrom(Samples.Peer(peer).ToArray());
}
