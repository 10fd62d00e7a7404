using System.Collections.Concurrent;
using System.Diagnostics;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.EndToEnd.Tests;

/// <summary>
/// Checks a tracker cluster through rolling restarts, the loss of all trackers but one, a frozen tracker, and a simultaneous shutdown.
/// </summary>
public sealed class ClusterLifeSpecs(ITestOutputHelper output)
{
    private const int SongsEach = 4;

    [NeedsFact("lame")]
    public async Task All_trackers_can_be_restarted_one_after_another()
    {
        await using var stage = new Stage();
        var cluster = await StartAsync(stage, peers: 3);
        var before = IdsOf(await cluster.ListsAsync(cluster.Trackers[0], IsWhole, "before"));
        var missing = new ConcurrentBag<TimeSpan>();

        for (var tracker = 0; tracker < 3; tracker++)
        {
            using var watched = new CancellationTokenSource();
            var watching = cluster.Trackers.Where((_, other) => other != tracker).Select(
                other => WatchAsync(cluster, other, missing, watched.Token)).ToList();
            cluster.Trackers[tracker].Process.Signal("TERM");
            await cluster.Trackers[tracker].Process.ExitsWithAsync(0);
            await cluster.StartAsync(tracker);
            foreach (var each in cluster.Trackers)
                Assert.Equal(before, IdsOf(await cluster.ListsAsync(each, IsWhole, $"after the restart of {tracker}")));
            await watched.CancelAsync();
            await Task.WhenAll(watching);
        }

        output.WriteLine($"songs were missing {missing.Count} times, for {(missing.IsEmpty ? 0 : missing.Max().TotalMilliseconds):0} ms at most");

        // A new song receives an id that no song had before.
        stage.Share("peer0", "new.mp3", await Songs.ToneAsync(7777, 0.5));
        var songs = await cluster.ListsAsync(cluster.Trackers[1], songs => songs.Count == (3 * SongsEach) + 1, "with a new song");
        Assert.DoesNotContain(songs.Single(song => !before.ContainsKey(Convert.ToHexString(song.ContentHash.Span))).Id, before.Values);
    }

    [NeedsFact("lame")]
    public async Task A_tracker_that_has_lost_all_others_answers_until_they_return()
    {
        await using var stage = new Stage();
        var cluster = await StartAsync(stage, peers: 3);
        var before = IdsOf(await cluster.ListsAsync(cluster.Trackers[0], IsWhole, "before"));
        var missing = new ConcurrentBag<TimeSpan>();
        using var watched = new CancellationTokenSource();
        var left = cluster.Trackers[0];
        var watching = WatchAsync(cluster, left, missing, watched.Token);

        cluster.Trackers[1].Process.Signal("KILL");
        cluster.Trackers[2].Process.Signal("KILL");
        await left.Process.ReportsAsync("too few of the other trackers can be reached");
        // The first one that returns and the remaining one are a majority, although the third one does not return.
        await cluster.StartAsync(2);
        Assert.Equal(before, IdsOf(await cluster.ListsAsync(cluster.Trackers[2], IsWhole, "with two trackers")));
        stage.Share("peer0", "new.mp3", await Songs.ToneAsync(7777, 0.5));
        bool HasNew(IReadOnlyList<Song> songs) => songs.Count == (3 * SongsEach) + 1;
        var withNew = IdsOf(await cluster.ListsAsync(left, HasNew, "with a new song"));
        Assert.Equal(before, withNew.Where(song => before.ContainsKey(song.Key)));
        Assert.DoesNotContain(withNew.Single(song => !before.ContainsKey(song.Key)).Value, before.Values);
        await cluster.StartAsync(1);
        Assert.Equal(withNew, IdsOf(await cluster.ListsAsync(cluster.Trackers[1], HasNew, "when all are back")));

        await watched.CancelAsync();
        await watching;
        output.WriteLine($"songs were missing {missing.Count} times, for {(missing.IsEmpty ? 0 : missing.Max().TotalMilliseconds):0} ms at most");
        Assert.DoesNotContain("no longer in its cluster", left.Process.Errors.Text, StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task Trackers_and_peers_that_are_all_stopped_at_the_same_time_exit_with_0()
    {
        await using var stage = new Stage();
        var cluster = await StartAsync(stage, peers: 2, out var peers);
        var all = cluster.Trackers.Select(tracker => tracker.Process).Concat((await peers).Select(peer => peer.Process)).ToList();
        var clock = Stopwatch.StartNew();

        foreach (var program in all)
            program.Signal("TERM");
        await Task.WhenAll(all.Select(program => program.ExitsWithAsync(0)));

        output.WriteLine($"ended in {clock.Elapsed.TotalSeconds:0.0} s");
    }

    [NeedsFact("lame")]
    public async Task The_older_of_two_trackers_continues_alone()
    {
        await using var stage = new Stage();
        stage.Share("peer0", "0.mp3", await Songs.ToneAsync(440, 0.5));
        stage.Share("peer1", "1.mp3", await Songs.ToneAsync(550, 0.5));
        var cluster = await TrackerCluster.StartAsync(stage, 2);
        await cluster.StartPeerAsync("peer0", 0);
        await cluster.StartPeerAsync("peer1", 1);
        var before = IdsOf(await cluster.ListsAsync(cluster.Trackers[0], songs => songs.Count == 2, "before"));

        cluster.Trackers[1].Process.Signal("KILL");
        stage.Share("peer1", "2.mp3", await Songs.ToneAsync(660, 0.5));
        var alone = IdsOf(await cluster.ListsAsync(cluster.Trackers[0], songs => songs.Count == 3, "alone"));
        Assert.Equal(before, alone.Where(song => before.ContainsKey(song.Key)));

        await cluster.StartAsync(1);
        Assert.Equal(alone, IdsOf(await cluster.ListsAsync(cluster.Trackers[1], songs => songs.Count == 3, "back")));
    }

    [Fact]
    public async Task The_log_names_the_trackers_that_join_and_leave_and_the_one_that_assigns_song_ids()
    {
        await using var stage = new Stage();
        var cluster = await TrackerCluster.StartAsync(stage, 3, "TSP__TRACKER__LOG_LEVEL=info");
        string[] named = [.. cluster.ClusterPorts.Select(port => $"info: the tracker at 127.0.0.1:{port}")];
        var (first, second, third) = (cluster.Trackers[0].Process, cluster.Trackers[1].Process, cluster.Trackers[2].Process);

        await first.ReportsAsync("info: this tracker now assigns new song ids");
        await first.ReportsAsync($"{named[1]} has joined the cluster");
        await first.ReportsAsync($"{named[2]} has joined the cluster");
        await second.ReportsAsync($"{named[0]} now assigns new song ids");
        await third.ReportsAsync($"{named[0]} now assigns new song ids");
        Assert.DoesNotContain("this tracker now assigns", second.Errors.Text + third.Errors.Text, StringComparison.Ordinal);

        first.Signal("TERM");
        await first.ExitsWithAsync(0);
        await second.ReportsAsync($"{named[0]} has left the cluster");
        await third.ReportsAsync($"{named[0]} has left the cluster");
        await second.ReportsAsync("info: this tracker now assigns new song ids");
        await third.ReportsAsync($"{named[1]} now assigns new song ids");
    }

    [NeedsFact("lame")]
    public async Task Commands_whose_first_tracker_is_frozen_are_answered_by_the_second()
    {
        await using var stage = new Stage();
        stage.Share("alice", "song.mp3", await Songs.ToneAsync(440, 0.5));
        var cluster = await TrackerCluster.StartAsync(stage, 2);
        await cluster.StartPeerAsync("alice", 0);
        var (working, frozen) = (cluster.Trackers[0], cluster.Trackers[1]);
        var song = Assert.Single(await cluster.ListsAsync(working, songs => songs.Count == 1, "before"));
        string[] trackers = ["--tracker", frozen.Address, "--tracker", working.Address];
        // The attempt at the first tracker may end only by the deadline for a tracker that is followed by others.
        string[] patient = ["TSP__PEER__LINK__CONNECT_TIMEOUT=10m", "TSP__PEER__LINK__REQUEST_TIMEOUT=10m"];

        // Its operating system still accepts connections.
        frozen.Process.Signal("STOP");
        var list = stage.Start("Peer", ["list", .. trackers], patient);
        var play = stage.Start("Peer", ["play", $"{song.Id}", "--audio", "null", .. trackers], patient);
        await Task.WhenAll(list.ExitsWithAsync(0), play.ExitsWithAsync(0));

        Assert.Single(list.Output.Lines);
        Assert.Contains("verified: every byte matches the song", play.Errors.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TSP__TRACKER__CLUSTER__SIZE=5", "this tracker expects 5 trackers in its cluster, but 127.0.0.1:[0-9]+ expects 2 trackers; set the same")]
    [InlineData("TSP__TRACKER__ACCESS_KEY=a-key-of-this-test", "tsp.tracker.access-key is set on this tracker, but not set on 127.0.0.1:[0-9]+; set the same")]
    public async Task A_tracker_with_other_settings_than_the_cluster_ends_and_names_the_difference(string setting, string expected)
    {
        await using var stage = new Stage();
        var cluster = await TrackerCluster.StartAsync(stage, 2);

        var error = await cluster.BeginOther(setting).FailsWithAsync(1);

        Assert.Matches(expected, error);
    }

    [Fact]
    public async Task A_tracker_whose_seed_nodes_name_only_itself_ends_when_the_cluster_finds_it()
    {
        await using var stage = new Stage();
        var cluster = await TrackerCluster.StartAsync(stage, 3, started: 2);
        var port = $"{cluster.ClusterPorts[2]}";

        var error = await stage.Start(
            "Tracker", ["--host", "127.0.0.1", "--port", "0", "--cluster-port", port, "--seed-node", $"127.0.0.1:{port}"],
            ["TSP__TRACKER__HTTP__ENABLED=off"]).FailsWithAsync(1);

        Assert.Matches("this tracker expects no particular number of trackers in its cluster, but 127.0.0.1:[0-9]+ expects 3 trackers", error);
    }

    [Fact]
    public async Task A_cluster_port_in_use_is_reported()
    {
        await using var stage = new Stage();
        var cluster = await TrackerCluster.StartAsync(stage, 1);

        var second = cluster.Begin(0);

        var error = await second.FailsWithAsync(1);
        Assert.Matches("cannot open the port for other trackers: port [0-9]+ on 127.0.0.1 is in use", error);
        Assert.Empty(second.Output.Text);
    }

    [Fact]
    public async Task A_tracker_without_a_secret_or_certificate_refuses_a_cluster_host_that_others_can_reach()
    {
        await using var stage = new Stage();

        var error = await stage.Start("Tracker", ["--cluster-port", "7072"], ["TSP__TRACKER__CLUSTER__HOST=0.0.0.0"]).FailsWithAsync(2);

        Assert.Contains("others can reach 0.0.0.0", error, StringComparison.Ordinal);
    }

    private static Task<TrackerCluster> StartAsync(Stage stage, int peers) => StartAsync(stage, peers, out _);

    private static Task<TrackerCluster> StartAsync(Stage stage, int peers, out Task<PeerProgram[]> started)
    {
        var all = new TaskCompletionSource<PeerProgram[]>();
        started = all.Task;
        return StartAllAsync();

        async Task<TrackerCluster> StartAllAsync()
        {
            for (var peer = 0; peer < peers; peer++)
            {
                for (var song = 0; song < SongsEach; song++)
                    stage.Share($"peer{peer}", $"{song}.mp3", await Songs.ToneAsync(400 + (peer * 100) + (song * 10), 0.5));
            }

            var cluster = await TrackerCluster.StartAsync(stage, 3);
            all.SetResult(await Task.WhenAll(Enumerable.Range(0, peers).Select(peer => cluster.StartPeerAsync($"peer{peer}", peer % 3))));
            return cluster;
        }
    }

    private static async Task WatchAsync(
        TrackerCluster cluster, TrackerProgram tracker, ConcurrentBag<TimeSpan> missing, CancellationToken ending)
    {
        var whole = Stopwatch.StartNew();
        while (!ending.IsCancellationRequested)
        {
            if (IsWhole(await cluster.ListsAsync(tracker, _ => true, "while another restarts")))
                whole.Restart();
            else
                missing.Add(whole.Elapsed);
        }
    }

    private static bool IsWhole(IReadOnlyList<Song> songs) => songs.Count == 3 * SongsEach && songs.All(song => song.Hosts.Count == 1);

    private static Dictionary<string, int> IdsOf(IEnumerable<Song> songs) =>
        songs.ToDictionary(song => Convert.ToHexString(song.ContentHash.Span), song => song.Id);
}
