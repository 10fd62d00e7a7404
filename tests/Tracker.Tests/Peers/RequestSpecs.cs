using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class RequestSpecs : TrackerSpec
{
    [Fact]
    public async Task A_LIST_of_five_bytes_on_a_half_closed_connection_is_answered_before_the_connection_ends()
    {
        await Host(1, Samples.Songs(3));
        var client = await Connect();
        await client.Send((byte[])[0x01, 0, 0, 0, 0]);
        client.FinishSending();
        Assert.Equal([1, 2, 3], (await client.Expect<SongPage>(Operation.List)).Songs.Select(song => song.Id));
        await client.ExpectEnd();
    }

    [Fact]
    public async Task A_thousand_pipelined_requests_are_answered_in_order()
    {
        await Host(1, Samples.Songs(300));
        var client = await Connect();
        var random = new Random(7);
        var requests = Enumerable.Range(0, 1000).Select(_ => (Kind: random.Next(5), Id: random.Next(1, 301))).ToList();
        var sending = client.Send(requests.SelectMany(request => request.Kind switch
        {
            0 => FrameEncoder.Encode(Operation.List, request.Id, new ListRequest { Limit = 3 }),
            1 => FrameEncoder.Encode(Operation.Info, request.Id),
            2 => FrameEncoder.Encode(Operation.Play, request.Id),
            3 => FrameEncoder.Encode(Operation.Ping, request.Id),
            _ => FrameEncoder.Encode(Operation.Info, request.Id + 1000),
        }).ToArray());
        foreach (var (kind, id) in requests)
        {
            switch (kind)
            {
                case 0:
                    Assert.Equal(
                        Enumerable.Range(id + 1, 3).Where(n => n <= 300),
                        (await client.Expect<SongPage>(Operation.List)).Songs.Select(song => song.Id));
                    break;
                case 1:
                    Assert.Equal(id, Assert.Single((await client.Expect<SongInfoPage>(Operation.Info)).Songs).Id);
                    break;
                case 2:
                    Assert.Equal(id, (await client.Expect<PlayGrant>(Operation.Play)).Song.Id);
                    break;
                case 3:
                    Assert.Equal(id, (await client.Expect(Operation.Pong)).SongId);
                    break;
                default:
                    await client.ExpectError(ErrorCode.UnknownSong, id + 1000);
                    break;
            }
        }

        await sending;
    }

    [Fact]
    public async Task Requests_that_arrive_byte_by_byte_receive_the_same_replies()
    {
        await Host(1, Samples.Songs(3));
        var client = await Connect();
        byte[] bytes =
            [.. FrameEncoder.Encode(Operation.List, 0, new ListRequest { Query = "song 2" }), .. FrameEncoder.Encode(Operation.Info, 3)];
        foreach (var one in bytes)
            await client.Send((byte[])[one]);
        Assert.Equal(2, Assert.Single((await client.Expect<SongPage>(Operation.List)).Songs).Id);
        Assert.Equal(3, Assert.Single((await client.Expect<SongInfoPage>(Operation.Info)).Songs).Id);
    }

    [Fact]
    public async Task The_whole_catalog_can_be_read_page_by_page()
    {
        await Host(1, Samples.Songs(450));
        var client = await Connect();
        var ids = new List<int>();
        var cursor = 0;
        do
        {
            var page = await client.List(cursor: cursor);
            ids.AddRange(page.Songs.Select(song => song.Id));
            cursor = page.NextCursor;
        }
        while (cursor > 0);
        Assert.Equal(Enumerable.Range(1, 450), ids);
    }

    [Fact]
    public async Task A_grant_names_the_least_loaded_host_first()
    {
        var busy = await Host(1, Samples.Song(1));
        var free = await Host(2, Samples.Song(1));
        var full = await Host(3, Samples.Song(1));
        await busy.Share(Samples.Load(3, 4));
        await free.Share(Samples.Load(0, 4));
        await full.Share(Samples.Load(4, 4));
        foreach (var host in new[] { busy, free, full })
            await host.Settle();

        var client = await Connect();
        Assert.Equal(["peer 2", "peer 1", "peer 3"], await Granted(client));
        await free.Share(Samples.Load(4, 4));
        await free.Settle();
        await full.Share(Samples.Load(1, 4));
        await full.Settle();
        Assert.Equal(["peer 3", "peer 1", "peer 2"], await Granted(client));
    }

    [Fact]
    public async Task PLAY_distinguishes_a_song_whose_host_has_left_from_an_unknown_song()
    {
        var watcher = await Watch();
        var host = await Host(1, Samples.Songs(1));
        await host.Send(Operation.Quit);
        await watcher.ExpectRemoved(1);
        await watcher.Send(Operation.Play, 1);
        Assert.True((await watcher.ExpectError(ErrorCode.NoHost, 1)).Retryable);
        await watcher.Send(Operation.Play, 2);
        await watcher.ExpectError(ErrorCode.UnknownSong, 2);
        await watcher.Send(Operation.Play);
        await watcher.ExpectError(ErrorCode.BadRequest, 0);
    }

    [Fact]
    public async Task When_anonymous_requests_are_off_each_request_before_registration_is_refused_with_NOT_REGISTERED()
    {
        await StartTracker(Settings with { AnonymousRequests = false });
        var client = await Connect();
        foreach (var operation in new[] { Operation.List, Operation.Info, Operation.Play })
        {
            await client.Send(operation, 1);
            await client.ExpectError(ErrorCode.NotRegistered, 1);
        }

        await client.Settle();
        await client.Register(PeerClient.Hello(1));
        Assert.Empty((await client.List()).Songs);
    }

    private static async Task<IEnumerable<string>> Granted(RawTspClient client)
    {
        await client.Send(Operation.Play, 1);
        return (await client.Expect<PlayGrant>(Operation.Play)).Song.Hosts.Select(host => host.Name);
    }
}
