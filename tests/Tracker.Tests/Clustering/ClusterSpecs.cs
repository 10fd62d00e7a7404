using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Tests.Reachability;
using TspActors.Transport;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks that several trackers act as one, with one catalog and one set of song ids.</summary>
public sealed class ClusterSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_song_shared_with_one_tracker_is_listed_by_all_with_the_same_id()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3);
        var (_, first) = await cluster.ShareAsync(0, 1, Samples.Songs(5));
        var (_, second) = await cluster.ShareAsync(1, 2, Samples.Songs(5, from: 4));
        var (_, third) = await cluster.ShareAsync(2, 3, Samples.Songs(3, from: 20));

        // Songs 4 and 5 are shared by peers of two trackers, so each is one song with two hosts.
        Assert.Equal(first.Skip(3), second.Take(2));
        Assert.Equal(11, first.Concat(second).Concat(third).Distinct().Count());
        for (var tracker = 0; tracker < 3; tracker++)
        {
            var songs = await cluster.ListsAsync(tracker, songs => songs.Count == 11 && songs.Sum(song => song.Hosts.Count) == 13);
            Assert.Equal(first.Concat(second).Concat(third).Distinct().Order(), songs.Select(song => song.Id));
        }
    }

    [Fact]
    public async Task All_trackers_report_the_cluster_in_the_same_order_without_addresses()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3);
        for (var tracker = 0; tracker < 3; tracker++)
        {
            var self = tracker;
            await ClusterOfTrackers.UntilAsync(
                () => Trackers(self).SequenceEqual(
                    Enumerable.Range(0, 3).Select(n => new ClusterMember(n == self, "up", true, n == 0, true))), "all are up and complete");
        }

        await cluster.StopAsync(0);
        await ClusterOfTrackers.UntilAsync(
            () => Trackers(1).SequenceEqual(
                [new ClusterMember(true, "up", true, true, true), new ClusterMember(false, "up", true, false, true)]), "the next one allocates");

        ClusterMember[] Trackers(int tracker) => [.. cluster.Telemetry(tracker).Standing.Trackers];
    }

    [Fact]
    public async Task A_peers_changes_and_departure_reach_every_tracker()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        var (peer, ids) = await cluster.ShareAsync(0, 1, Samples.Songs(3));
        await cluster.ListsAsync(1, songs => songs.Count == 3);

        await peer.Send(Operation.Share, 0, Samples.Change([Samples.Song(1, title: "Another")], 2));
        await peer.Expect<Assign>(Operation.Assign);
        var songs = await cluster.ListsAsync(1, songs => songs.Count == 2 && songs[0].Tags.Title == "Another");
        Assert.Equal([ids[0], ids[2]], songs.Select(song => song.Id));

        await peer.Send(Operation.Quit);
        await cluster.ListsAsync(1, songs => songs.Count == 0);
    }

    [Fact]
    public async Task A_tracker_that_joins_later_has_the_whole_catalog_before_it_opens_its_port()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        await cluster.ShareAsync(0, 1, Samples.Songs(3000));
        await cluster.ShareAsync(1, 2, Samples.Songs(500, from: 2900));
        await cluster.ListsAsync(0, songs => songs.Count == 3399);

        var third = await cluster.AddAsync();

        Assert.Equal(3399, (await cluster.ListAsync(third)).Count);
    }

    [Fact]
    public async Task A_peer_that_registers_elsewhere_is_dropped_by_its_old_tracker_and_keeps_its_ids()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3);
        var (old, ids) = await cluster.ShareAsync(0, 1, Samples.Songs(4));
        await cluster.ListsAsync(1, songs => songs.Count == 4);

        // Asks again if it is refused: a connection from which the tracker is not reading at this moment counts as alive.
        var again = await cluster.MoveAsync(1, 1, Samples.Songs(4));

        Assert.Equal(ids, again);
        // The peer did not show its secret, so the old connection had two seconds to answer.
        await old.Expect(Operation.Ping);
        await old.ExpectError(ErrorCode.Replaced);
        await old.ExpectEnd();
        for (var tracker = 0; tracker < 3; tracker++)
            await cluster.ListsAsync(tracker, songs => songs.Count == 4 && songs.All(song => song.Hosts.Count == 1));
    }

    [Fact]
    public async Task A_stranger_with_the_id_of_a_peer_at_another_tracker_is_refused_while_the_peer_answers()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        var (owner, _) = await cluster.ShareAsync(0, 1, Samples.Songs(4));
        await cluster.ListsAsync(1, songs => songs.Count == 4);
        using var stranger = await RawTspClient.Connect(cluster[1].Address);
        var hello = PeerClient.Hello(1, port: 6666);
        hello.Hello.Resume = ResumeSecret.NewRandom();

        await stranger.Send(Operation.Init, 0, hello);
        var (pinged, refused) = (owner.Expect(Operation.Ping), stranger.ExpectError(ErrorCode.Forbidden));
        // A connection from which the tracker is not reading at this moment counts as alive without a PING.
        if (await Task.WhenAny(pinged, refused) == pinged)
            await owner.Send(Operation.Pong, (await pinged).SongId);

        Assert.True((await refused).Retryable);
        if (pinged.IsCompleted)
            await owner.Settle();
        var songs = await cluster.ListAsync(1);
        Assert.Equal(4, songs.Count);
        Assert.All(songs, song => Assert.Equal(7071u, Assert.Single(song.Hosts).Port));
    }

    [Fact]
    public async Task A_peer_that_shows_its_secret_moves_to_another_tracker_without_a_check_of_its_old_connection()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        using var old = await RawTspClient.Connect(cluster[0].Address);
        await old.Send(Operation.Init, 0, PeerClient.Hello(1));
        var secret = (await old.ExpectWelcome()).Resume;
        await old.Share(Samples.Complete(Samples.Songs(4)));
        await cluster.ListsAsync(1, songs => songs.Count == 4);
        using var moved = await RawTspClient.Connect(cluster[1].Address);
        var hello = PeerClient.Hello(1);
        hello.Hello.Resume = secret;

        await moved.Send(Operation.Init, 0, hello);

        await moved.ExpectWelcome();
        // No PING precedes the error, because no tracker checked whether the old connection was alive.
        Assert.Equal(Operation.Error, (await old.Receive())!.Value.Operation);
    }

    [Fact]
    public async Task A_moving_peers_songs_stay_listed_until_its_new_share_replaces_them()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3);
        using var old = await RawTspClient.Connect(cluster[0].Address);
        var secret = (await old.Register(PeerClient.Hello(1))).Resume;
        var ids = (await old.Share(Samples.Complete(Samples.Songs(4)))).Select(song => song.Id).ToList();
        await cluster.ListsAsync(1, songs => songs.Count == 4);
        await cluster.ListsAsync(2, songs => songs.Count == 4);

        var moved = await cluster.ConnectAsync(1);
        var hello = PeerClient.Hello(1, port: 9999);
        hello.Hello.Resume = secret;
        await moved.Register(hello);
        for (var tracker = 0; tracker < 3; tracker++)
            await cluster.ListsAsync(tracker, songs => songs.Count == 4 && songs.All(song => song.Hosts is [{ Port: 9999 }]));
        await moved.Send(Operation.Share, 0, Samples.Complete([Samples.Song(1), Samples.Song(9)]));

        for (var tracker = 0; tracker < 3; tracker++)
        {
            var songs = await cluster.ListsAsync(tracker, songs => songs.Count == 2);
            Assert.Equal(ids[0], songs[0].Id);
            Assert.Equal(Samples.HashBytes(9), songs[1].ContentHash);
        }
    }

    [Fact]
    public async Task A_lost_trackers_songs_disappear_until_its_peers_share_them_elsewhere_with_the_same_ids()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3);
        var (_, ids) = await cluster.ShareAsync(0, 1, Samples.Songs(6));
        await cluster.ShareAsync(1, 2, Samples.Songs(2, from: 50));
        await cluster.ListsAsync(2, songs => songs.Count == 8);

        // The first tracker is the oldest and therefore also runs the id allocator.
        await cluster.GiveUpAsync(0, by: 1);
        await cluster.ListsAsync(1, songs => songs.Count == 2);
        await cluster.ListsAsync(2, songs => songs.Count == 2);

        var (_, again) = await cluster.ShareAsync(2, 1, [.. Samples.Songs(6), Samples.Song(7)]);
        Assert.Equal(ids, again.Take(6));
        var songs = await cluster.ListsAsync(1, songs => songs.Count == 9);
        Assert.Equal(9, songs.Select(song => song.ContentHash).Distinct().Count());
        Assert.True(again[6] > songs.Where(song => song.Id != again[6]).Max(song => song.Id), "a new allocator starts above all known ids");
    }

    [Fact]
    public async Task A_tracker_that_shuts_down_disconnects_its_peers_and_is_no_longer_offered_as_an_alternative()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        var peer = await cluster.ConnectAsync(1);
        await ClusterOfTrackers.UntilAsync(
            async () => (await WelcomeAsync(cluster, 0)).AlternativeTrackers is [var other] && other == cluster[1].Address.ToString(),
            () => "the other tracker is offered as an alternative");

        await peer.Register(PeerClient.Hello(1));
        await cluster.StopAsync(1);

        Assert.Equal(ErrorCode.ShuttingDown, (await peer.ExpectError(ErrorCode.ShuttingDown)).Code);
        Assert.Empty((await WelcomeAsync(cluster, 0)).AlternativeTrackers);
    }

    [Fact]
    public async Task Songs_stay_listed_while_their_peer_moves_away_from_a_tracker_that_shuts_down()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2, drainSeconds: 120);
        var (peer, ids) = await cluster.ShareAsync(1, 1, Samples.Songs(3));
        await cluster.ListsAsync(0, songs => songs.Count == 3);

        var stopping = cluster.StopAsync(1);
        await peer.ExpectError(ErrorCode.ShuttingDown);
        Assert.Equal(3, (await cluster.ListAsync(0)).Count);
        var again = await cluster.MoveAsync(0, 1, Samples.Songs(3));
        await stopping;

        Assert.Equal(ids, again);
        Assert.Equal(3, (await cluster.ListAsync(0)).Count);
    }

    [Fact]
    public async Task The_other_tracker_learns_when_a_host_becomes_reachable_or_unreachable()
    {
        var often = TimeSpan.FromMilliseconds(20);
        await using var cluster = await ClusterOfTrackers.StartAsync(
            2, reachability: new() { Timeout = TimeSpan.FromSeconds(20), RetryMin = often, RetryMax = often, AtOnce = 2 });
        using var port = PeerPort.Open();
        var answering = PeerPort.AnswerAll(port);
        var host = await cluster.ConnectAsync(0);
        await host.Register(PeerClient.Hello(1, port: (uint)((IPEndPoint)port.LocalEndPoint!).Port));
        var id = (await host.Share(Samples.Complete(Samples.Song(1))))[0].Id;
        var elsewhere = await cluster.ConnectAsync(1);
        async Task GrantedAsync(bool reachable) => await ClusterOfTrackers.UntilAsync(
            async () =>
            {
                await elsewhere.Send(Operation.Play, id);
                return (await elsewhere.Expect<PlayGrant>(Operation.Play)).Song.Hosts is [{ } only] && only.Reachable == reachable;
            },
            () => $"a grant shows the host as {(reachable ? "reachable" : "unreachable")}");
        await cluster.ListsAsync(1, songs => songs.Count == 1);

        await GrantedAsync(reachable: true);
        port.Dispose();
        await answering;
        await GrantedAsync(reachable: false);
    }

    [Fact]
    public async Task An_id_that_a_stranger_made_up_comes_without_a_receipt_at_every_tracker()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        for (var tracker = 0; tracker < 2; tracker++)
        {
            var stranger = await cluster.ConnectAsync(tracker);
            await stranger.Register(PeerClient.Hello(tracker));
            await stranger.Send(
                Operation.Share, 0, Samples.Complete(Samples.Song(1, lastId: int.MaxValue - 1), Samples.Song(2, lastId: 9_000)));
            var given = (await stranger.Expect<Assign>(Operation.Assign)).Songs;
            Assert.Equal([int.MaxValue - 1, 9_000], given.Select(song => song.Id));
            Assert.Equal([0, IdReceipt.Size], given.Select(song => song.Receipt.Length));
        }
    }

    [Fact]
    public async Task New_songs_receive_no_ids_that_a_joining_tracker_has_brought()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        var brought = new IdTable();
        for (var song = 1; song <= 500; song++)
            brought.Learn(Samples.Hash(1_000 + song), song);

        await cluster.AddAsync(ids: brought);
        await ClusterOfTrackers.UntilAsync(() => cluster.Members(0) == 3, "the allocator's tracker knows the new one");

        var (_, ids) = await cluster.ShareAsync(0, 1, Samples.Song(1), Samples.Song(1_007));
        Assert.Equal(7, Assert.Single(ids, id => id <= 500));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_id_that_a_joining_tracker_has_for_another_song_keeps_the_clusters_meaning_at_every_tracker(int trackers)
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(trackers);
        Assert.Equal([5], (await cluster.ShareAsync(0, 1, Samples.Song(2, lastId: 5))).Ids);
        var (leaves, gone) = await cluster.ShareAsync(0, 2, Samples.Song(4, lastId: 6));
        await leaves.Send(Operation.Quit);
        Assert.Equal([6], gone);
        var brought = new IdTable();
        brought.Learn(Samples.Hash(1), 5);
        brought.Learn(Samples.Hash(3), 6);
        brought.Learn(Samples.Hash(9), 7);

        var joined = await cluster.AddAsync(ids: brought);
        await ClusterOfTrackers.UntilAsync(() => cluster.Members(0) == joined + 1, "the allocator's tracker knows the new one");
        var (_, here) = await cluster.ShareAsync(
            joined, 3, Samples.Song(1, lastId: 5), Samples.Song(2), Samples.Song(3, lastId: 6), Samples.Song(4), Samples.Song(9));
        var (_, there) = await cluster.ShareAsync(
            0, 4, Samples.Song(1, lastId: 5), Samples.Song(2), Samples.Song(3, lastId: 6), Samples.Song(4), Samples.Song(9));

        Assert.Equal(here.Order(), there.Order());
        Assert.Equal(5, here.Distinct().Count());
        var lists = new List<IEnumerable<(int, string)>>();
        for (var tracker = 0; tracker <= joined; tracker++)
            lists.Add((await cluster.ListsAsync(tracker, songs => songs.Count == 5 && songs.All(song => song.Hosts.Count >= 2)))
                .Select(song => (song.Id, song.Tags.Title)).Order().ToList());
        Assert.All(lists, list => Assert.Equal(lists[0], list));
        Assert.Equal([(5, "Song 2"), (6, "Song 4"), (7, "Song 9")], lists[0].Take(3));
    }

    [Fact]
    public async Task A_refused_song_does_not_use_up_an_id()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        var nobody = await cluster.ConnectAsync(1);
        await nobody.Register(PeerClient.Hello(1, port: 0));

        var refused = await nobody.Share(Samples.Complete(Samples.Songs(50)));
        var (_, ids) = await cluster.ShareAsync(0, 2, Samples.Songs(3, from: 100));

        Assert.All(refused, song => Assert.Contains("listens on no port", song.Refusal, StringComparison.Ordinal));
        Assert.Equal([1, 2, 3], ids);
    }

    private static async Task<Welcome> WelcomeAsync(ClusterOfTrackers cluster, int tracker)
    {
        using var client = await RawTspClient.Connect(cluster[tracker].Address);
        await client.Send(Operation.Init, 0, PeerClient.Hello(99));
        var welcome = (await client.Expect<Init>(Operation.Init)).Welcome;
        await client.Send(Operation.Quit);
        return welcome;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Joining_fails_with_a_RemovedException_when_the_system_or_the_replicator_stops(bool wholeSystem)
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var settings = ClusterOfTrackers.Settings(nobody.LocalEndpoint.ToString()!);
        var system = ActorSystem.Create(ClusterHocon.SystemName, ClusterHocon.For(settings.Cluster).WithFallback(TspTransport.Hocon));
        try
        {
            var joining = TrackerNode.StartAsync(system, settings);

            using var asked = await nobody.AcceptTcpClientAsync().WaitAsync(Patience);

            if (wholeSystem)
                await system.Terminate();
            else
                system.Stop(await system.ActorSelection("/user/cluster/part").ResolveOne(Patience));

            await Assert.ThrowsAsync<RemovedException>(() => joining).WaitAsync(Patience);
        }
        finally
        {
            await system.Terminate();
        }
    }
}
