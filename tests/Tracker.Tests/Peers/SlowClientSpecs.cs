using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class SlowClientSpecs : TrackerSpec
{
    // The replies to these clients far exceed this limit, so a session that queued all of them would lose its connection.
    protected override TrackerSettings Settings => Patient with { Transport = Patient.Transport with { MaxQueuedBytes = 2 * 1024 * 1024 } };

    [Fact]
    public async Task Twenty_thousand_requests_from_a_client_that_does_not_read_use_little_memory_and_are_answered_once_it_reads()
    {
        await Host(1, Samples.Songs(20));
        var slow = await Connect(receiveBuffer: 8 * 1024);
        var sending = slow.Send(Enumerable.Repeat(FrameEncoder.Encode(Operation.List), 20_000).SelectMany(frame => frame).ToArray());

        var other = await Connect();
        for (var i = 0; i < 100; i++)
            Assert.Equal(20, (await other.List()).Songs.Count);

        for (var i = 0; i < 20_000; i++)
            Assert.Equal(Operation.List, (await slow.Expect(Operation.List)).Operation);
        await sending;
        await slow.Settle();
    }

    [Fact]
    public async Task A_large_library_shared_without_waiting_for_ids_is_answered_in_full()
    {
        const int Songs = 60_000;
        const int PerFrame = 4_000;
        var client = await Connect(receiveBuffer: 8 * 1024);
        // All songs of a peer without a port are refused, and a refusal is longer than an id.
        await client.Register(PeerClient.Hello(1, port: 0));
        var sending = Share();
        var answered = new HashSet<Google.Protobuf.ByteString>();
        while (answered.Count < Songs)
            answered.UnionWith((await client.Expect<Assign>(Operation.Assign)).Songs.Select(song => song.ContentHash));

        await sending;
        await client.Settle();

        async Task Share()
        {
            for (var from = 1; from <= Songs; from += PerFrame)
                await client.Send(Operation.Share, 0, new Share { Complete = true, Added = { Samples.Songs(PerFrame, from) } });
        }
    }
}
