using System.Net;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>Checks that no client can use up the tracker's memory or its connections.</summary>
public sealed class StrangerSpecs : TrackerSpec
{
    private const int Largest = 1024 * 1024;

    [Theory]
    [InlineData(Operation.Share)]
    [InlineData(Operation.List)]
    [InlineData(Operation.Info)]
    [InlineData(Operation.Ping)]
    public async Task A_client_cannot_send_long_bodies_before_it_registers(Operation operation)
    {
        var client = await Connect();
        await client.Settle();
        await client.Send(Header(operation, 7, (16 * 1024) + 1));
        await client.ExpectError(ErrorCode.TooLarge, 7);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task A_long_share_sent_right_after_INIT_is_accepted()
    {
        var client = await Connect();
        await client.Send((byte[])[
            .. FrameEncoder.Encode(Operation.Init, 0, PeerClient.Hello(1)),
            .. FrameEncoder.Encode(Operation.Share, 0, Samples.Complete(Samples.Songs(500)))]);
        await client.ExpectWelcome();
        Assert.Equal(500, (await client.Expect<Assign>(Operation.Assign)).Songs.Count(song => song.Id > 0));
    }

    [Fact]
    public async Task A_long_body_of_an_unsupported_operation_is_skipped_and_answered_once()
    {
        var client = await Connect();
        await client.Send((byte[])[
            .. FrameEncoder.Encode(Operation.Stop, 4, new byte[Largest]), .. FrameEncoder.Encode(Operation.Data, 5, new byte[200_000]),
            .. FrameEncoder.Encode(Operation.Ping, 6)]);
        await client.ExpectError(ErrorCode.Unsupported, 4);
        await client.ExpectError(ErrorCode.Unsupported, 5);
        Assert.Equal(6, (await client.Expect(Operation.Pong)).SongId);
    }

    [Fact]
    public async Task Before_INIT_a_PING_does_not_keep_a_connection_alive()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { IdleTimeout = Soon } });
        var client = await Connect();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            await client.Send(Operation.Ping, 1);
            if (await client.Receive() is { Operation: Operation.Error } last)
            {
                Assert.Equal(ErrorCode.Timeout, Samples.Body<Error>(last).Code);
                return;
            }
        }
    }

    [Fact]
    public async Task The_oldest_unregistered_connection_gives_way_to_a_new_one()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { MaxConnections = 2 } });
        var peer = await Host(1, Samples.Songs(1));
        var stranger = await Connect();
        await stranger.Settle();

        var guest = await Connect();

        Assert.Single((await guest.List()).Songs);
        Assert.True((await stranger.ExpectError(ErrorCode.Busy)).Retryable);
        await stranger.ExpectEnd();
        await peer.Settle();
        var second = await Join(2);
        await guest.ExpectError(ErrorCode.Busy);
        // Both connections now belong to registered peers.
        await second.Settle();
        await (await Connect()).ExpectError(ErrorCode.Busy);
    }

    // A complete share of this size exceeds the rate limit, so it waits as well.
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Two_hundred_shares_that_are_incomplete_or_wait_use_the_memory_of_twelve(int missing)
    {
        const int Many = 200;
        const int Addresses = 8;
        await StartTracker(Settings with
        {
            RequestsPerSecond = 1,
            RequestBurst = 1_000,
            Transport = Settings.Transport with { ReceivingTimeout = Soon, CloseTimeout = Soon },
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var share = new byte[FrameHeader.SizeWithLength + Largest - missing];
        Header(Operation.Share, 0, Largest).CopyTo(share, 0);
        var hostile = new List<Task<bool>>();
        for (var i = 0; i < Many; i++)
            hostile.Add(IsToldBusy(i));

        // Of its 25 shares, each address may keep three; the tracker as a whole keeps twelve.
        var told = 0;
        while (told < Many - 12)
        {
            var one = await Task.WhenAny(hostile);
            hostile.Remove(one);
            Assert.True(await one);
            told++;
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 50_000_000, $"{grown:n0} bytes more");
        Assert.All(hostile, one => Assert.False(one.IsCompleted));
        await (await Host(1000, Samples.Songs(10))).Settle();

        async Task<bool> IsToldBusy(int i)
        {
            var client = await Connect(from: IPAddress.Parse($"127.0.0.{1 + (i % Addresses)}"));
            await client.Register(PeerClient.Hello(i));
            var sending = client.Send(share);
            await client.ExpectError(ErrorCode.Busy);
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        }
    }

    private static byte[] Header(Operation operation, int id, int length)
    {
        var header = new byte[FrameHeader.SizeWithLength];
        new FrameHeader(operation, id, true, (uint)length).Write(header);
        return header;
    }
}
