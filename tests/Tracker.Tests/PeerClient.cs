using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests;

/// <summary>The requests of a peer to a tracker, sent through a <see cref="RawTspClient"/>.</summary>
internal static class PeerClient
{
    public static Init Hello(int peer, bool broadcasts = false, uint port = 7071, byte[]? nonce = null) => new()
    {
        Hello = new Hello
        {
            ProtocolVersion = 1,
            PeerId = ByteString.CopyFrom(Samples.Peer(peer).ToArray()),
            Name = $"peer {peer}",
            ListenPort = port,
            Agent = "specs",
            WantsBroadcasts = broadcasts,
            Nonce = nonce is null ? ByteString.Empty : ByteString.CopyFrom(nonce),
        },
    };

    /// <summary>Sends a hello, and receives the welcome and the request for songs that follows.</summary>
    public static async Task<Welcome> Register(this RawTspClient client, Init hello)
    {
        await client.Send(Operation.Init, 0, hello);
        return await client.ExpectWelcome();
    }

    public static async Task<Welcome> ExpectWelcome(this RawTspClient client)
    {
        var init = await client.Expect<Init>(Operation.Init);
        Assert.Equal(Init.StepOneofCase.Welcome, init.StepCase);
        var list = await client.Expect(Operation.List);
        Assert.Equal((0, false), (list.SongId, list.HasBody));
        return init.Welcome;
    }

    /// <summary>Sends a frame of a share, and receives the ids if the frame adds songs.</summary>
    public static async Task<IReadOnlyList<AssignedSong>> Share(this RawTspClient client, Share share)
    {
        await client.Send(Operation.Share, 0, share);
        return share.Added.Count == 0 ? [] : (await client.Expect<Assign>(Operation.Assign)).Songs;
    }

    public static async Task<SongPage> List(this RawTspClient client, ListRequest? request = null, int cursor = 0)
    {
        await (request is null ? client.Send(Operation.List, cursor) : client.Send(Operation.List, cursor, request));
        return await client.Expect<SongPage>(Operation.List);
    }

    /// <summary>Sends a PING and waits for its reply. By then, all earlier requests have been answered.</summary>
    public static async Task Settle(this RawTspClient client, int id = 1)
    {
        await client.Send(Operation.Ping, id);
        Assert.Equal(id, (await client.Expect(Operation.Pong)).SongId);
    }

    /// <summary>Reads broadcasts until one satisfies the condition, and returns it.</summary>
    public static async Task<CatalogDelta> ExpectBroadcast(this RawTspClient client, Predicate<CatalogDelta> isIt)
    {
        while (true)
        {
            var delta = await client.Expect<CatalogDelta>(Operation.BroadcastList);
            if (isIt(delta))
                return delta;
        }
    }

    /// <summary>Reads broadcasts until they have reported all given ids as removed.</summary>
    public static async Task ExpectRemoved(this RawTspClient client, params int[] ids)
    {
        var left = ids.ToHashSet();
        await client.ExpectBroadcast(delta =>
        {
            left.ExceptWith(delta.Removed);
            return left.Count == 0;
        });
    }
}
