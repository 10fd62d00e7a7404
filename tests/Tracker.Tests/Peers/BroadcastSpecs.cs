using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class BroadcastSpecs : TrackerSpec
{
    [Fact]
    public async Task A_share_is_broadcast_as_a_list_of_the_changed_songs()
    {
        var watcher = await Watch();
        var host = await Host(1, Samples.Songs(2));
        var delta = await watcher.Expect<CatalogDelta>(Operation.BroadcastList);
        Assert.Equal((1ul, 2ul), (delta.FromVersion, delta.ToVersion));
        Assert.Equal([1, 2], delta.Changed.Select(song => song.Id));
        Assert.Equal("peer 1", Assert.Single(delta.Changed[0].Hosts).Name);

        await host.Share(Samples.Change([Samples.Song(3)], 1));
        delta = await watcher.Expect<CatalogDelta>(Operation.BroadcastList);
        Assert.Equal((2ul, 3ul), (delta.FromVersion, delta.ToVersion));
        Assert.Equal([3], delta.Changed.Select(song => song.Id));
        Assert.Equal([1], delta.Removed);
    }

    [Fact]
    public async Task Changes_in_quick_succession_are_gathered_into_fewer_frames()
    {
        await StartTracker(Settings with { BroadcastDelay = TimeSpan.FromSeconds(1) });
        var watcher = await Watch();
        // One write delivers all shares within the broadcast delay.
        var client = await Join(1);
        await client.Send(
            Enumerable.Range(1, 50).SelectMany(n => FrameEncoder.Encode(Operation.Share, 0, Samples.Change([Samples.Song(n)]))).ToArray());
        var ids = new List<int>();
        var frames = 0;
        while (ids.Count < 50)
        {
            frames++;
            ids.AddRange((await watcher.Expect<CatalogDelta>(Operation.BroadcastList)).Changed.Select(song => song.Id));
        }

        Assert.Equal(Enumerable.Range(1, 50), ids);
        Assert.True(frames < 50, "changes are gathered, not sent in one frame per song");
    }

    [Fact]
    public async Task A_mirror_kept_up_to_date_by_broadcasts_equals_the_catalog()
    {
        var watcher = await Watch();
        var hosts = new[] { await Join(1), await Join(2), await Join(3) };
        var random = new Random(11);
        for (var round = 0; round < 60; round++)
        {
            var song = Samples.Song(random.Next(20), $"Round {round}");
            await hosts[random.Next(hosts.Length)].Share(round % 3 == 2 ? Samples.Change([], random.Next(20)) : Samples.Change([song]));
        }

        foreach (var host in hosts)
            await host.Settle();
        var truth = await hosts[0].List();
        var mirror = new Dictionary<int, Song>();
        var version = 1ul;
        while (version < truth.CatalogVersion)
        {
            var delta = await watcher.Expect<CatalogDelta>(Operation.BroadcastList);
            Assert.Equal(version, delta.FromVersion);
            foreach (var song in delta.Changed)
                mirror[song.Id] = song;
            foreach (var id in delta.Removed)
                mirror.Remove(id);
            version = delta.ToVersion;
        }

        Assert.Equal(truth.Songs, mirror.Values.OrderBy(song => song.Id));
    }

    [Fact]
    public async Task A_peer_that_wants_no_broadcasts_receives_none()
    {
        var watcher = await Watch();
        var quiet = await Join(2);
        await Host(1, Samples.Songs(2));
        await watcher.Expect(Operation.BroadcastList);
        await quiet.Settle();
    }

    [Fact]
    public async Task A_change_in_load_alone_is_not_broadcast()
    {
        var watcher = await Watch();
        var host = await Host(1, Samples.Songs(1));
        await watcher.Expect(Operation.BroadcastList);
        await host.Share(Samples.Load(1, 4));
        await host.Settle();
        await host.Share(Samples.Change([Samples.Song(2)]));
        Assert.Equal([2], (await watcher.Expect<CatalogDelta>(Operation.BroadcastList)).Changed.Select(song => song.Id));
    }

    [Fact]
    public async Task The_songs_of_a_peer_are_removed_when_its_connection_drops()
    {
        var watcher = await Watch();
        var stays = await Host(1, Samples.Song(1));
        var drops = await Host(2, Samples.Songs(2));
        drops.Reset();
        await watcher.ExpectRemoved(2);
        var song = Assert.Single((await watcher.List()).Songs);
        Assert.Equal("peer 1", Assert.Single(song.Hosts).Name);
        await stays.Settle();
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_of_a_share_removes_only_that_peers_songs()
    {
        var watcher = await Watch();
        await Host(1, Samples.Song(9));
        var drops = await Join(2);
        await drops.Share(new Share { Complete = true, Added = { Samples.Songs(2) } });
        await drops.Send(FrameEncoder.Encode(Operation.Share, 0, Samples.Complete(Samples.Songs(5)))[..100]);
        drops.Reset();
        await watcher.ExpectRemoved(2, 3);
        Assert.Equal([1], (await watcher.List()).Songs.Select(song => song.Id));
    }

    [Theory]
    [InlineData(4 * 1024 * 1024)]
    [InlineData(300 * 1024)]
    public async Task A_large_change_is_broadcast_in_consecutive_frames_and_if_necessary_in_several_broadcasts(int maxBytes)
    {
        await StartTracker(Settings with { BroadcastMaxBytes = maxBytes });
        var watcher = await Watch();
        var host = await Join(1);
        await host.Share(Samples.Complete(LongSongs(800)));
        var (version, ids) = (1ul, new List<int>());
        while (ids.Count < 800)
        {
            var delta = await watcher.Expect<CatalogDelta>(Operation.BroadcastList);
            Assert.Equal(version, delta.FromVersion);
            Assert.NotEmpty(delta.Changed);
            Assert.True(delta.CalculateSize() <= 256 * 1024);
            version = delta.ToVersion;
            ids.AddRange(delta.Changed.Select(song => song.Id));
        }

        Assert.Equal(Enumerable.Range(1, 800), ids.Order());
        Assert.Equal(version, (await watcher.List()).CatalogVersion);
        await host.Share(Samples.Change([Samples.Song(1, "Next")]));
        var next = await watcher.Expect<CatalogDelta>(Operation.BroadcastList);
        Assert.Equal((version, version + 1), (next.FromVersion, next.ToVersion));
    }

    [Fact]
    public async Task A_tracker_whose_broadcasts_have_no_room_asks_its_peers_to_list_again()
    {
        await StartTracker(Settings with { BroadcastMaxBytes = 0 });
        var watcher = await Watch();
        var host = await Join(1);
        await host.Share(Samples.Complete(LongSongs(400)));
        var delta = await watcher.Expect<CatalogDelta>(Operation.BroadcastList);
        Assert.Equal((delta.ToVersion, 0, 0), (delta.FromVersion, delta.Changed.Count, delta.Removed.Count));
        Assert.True(delta.FromVersion > 1, "a version that the watcher does not have");
        Assert.Equal(400u, (await watcher.List()).Total);
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_delays_nobody_and_receives_a_request_to_list_again()
    {
        var slow = await Connect(receiveBuffer: 8 * 1024);
        await slow.Register(PeerClient.Hello(100, broadcasts: true));
        var watcher = await Watch();
        var host = await Join(1);
        var version = 0ul;
        for (var round = 0; round < 50; round++)
        {
            await host.Share(Samples.Change(Enumerable.Range(1, 200).Select(n => Samples.Song(n, $"{round} {new string('t', 1000)}"))));
            version = (await watcher.Expect<CatalogDelta>(Operation.BroadcastList)).ToVersion;
        }

        // The slow peer starts to read: first the frames that the kernel has buffered, then one request to list again.
        var last = await slow.ExpectBroadcast(delta => delta.ToVersion == version);
        Assert.Equal((version, 0), (last.FromVersion, last.Changed.Count));
        Assert.Equal(version, (await slow.List()).CatalogVersion);
        await host.Share(Samples.Change([Samples.Song(1, "Next")]));
        Assert.Equal([1], (await slow.Expect<CatalogDelta>(Operation.BroadcastList)).Changed.Select(song => song.Id));
    }

    private static IEnumerable<SharedSong> LongSongs(int count) =>
        Enumerable.Range(1, count).Select(n => Samples.Song(n, new string('t', 1000)));
}
