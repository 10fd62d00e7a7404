using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Compatibility;

/// <summary>Checks that the programs of the last release and the current ones work together, and use each other's data folders.</summary>
public sealed class CompatibilitySpecs
{
    private const string Plain = "TSP__PEER__ENCRYPTION=off";

    [LastReleaseTheory]
    [InlineData(false, true, false, "")]
    [InlineData(true, false, true, "")]
    [InlineData(false, true, false, Plain)]
    [InlineData(false, false, true, Plain)]
    [InlineData(true, false, false, "")]
    public async Task A_guest_receives_every_byte_of_the_song(bool oldTracker, bool oldPeer, bool oldGuest, string setting)
    {
        await using var stage = new Stage();
        await LastRelease.BuildAsync();
        string[] environment = setting.Length == 0 ? [] : [setting];
        var path = stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await StartTrackerAsync(stage, oldTracker, []);
        await Stage.ReadyAsync(Start(stage, oldPeer, "Peer", [.. stage.PeerArguments(tracker, "alice"), "serve"], environment));
        var saved = stage.Folder.In("saved.mp3");

        var list = await Start(stage, oldGuest, "Peer", ["list", "--tracker", tracker.Address], environment).ExitsWithAsync(0);
        await Start(stage, oldGuest, "Peer", ["play", "1", "--output", saved, "--full-speed", "--tracker", tracker.Address], environment)
            .ExitsWithAsync(0);

        Assert.Single(list.Output.Lines);
        Assert.Equal(await Oracle.CutAsync(path), await File.ReadAllBytesAsync(saved));
    }

    [LastReleaseTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_data_folder_of_the_other_release_keeps_the_key_and_the_ids(bool oldFirst)
    {
        await using var stage = new Stage();
        await LastRelease.BuildAsync();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        stage.Share("alice", "b.mp3", await Songs.ToneAsync(550));
        var first = await RunAsync(stage, oldFirst);

        Assert.Equal(2, first.Ids.Count);
        // The ids would be given in another order if they were not kept: the first song is gone.
        File.Delete(Path.Combine(stage.Music("alice"), "a.mp3"));
        var second = await RunAsync(stage, !oldFirst);

        Assert.Equal(first.Peer, second.Peer);
        Assert.Equal(first.Tracker, second.Tracker);
        var kept = Assert.Single(second.Ids);
        Assert.Equal(first.Ids[kept.Key], kept.Value);
    }

    [LastReleaseTheory]
    [InlineData("TERM")]
    public async Task A_cluster_is_upgraded_one_tracker_after_the_other_and_every_song_keeps_its_id(string signal)
    {
        await using var stage = new Stage();
        await LastRelease.BuildAsync();
        for (var peer = 0; peer < 3; peer++)
            stage.Share($"peer{peer}", "a.mp3", await Songs.ToneAsync(440 + (110 * peer), 0.5));
        var cluster = await TrackerCluster.StartAsync(stage, 3, started: 0);
        // A failure shows what every program did.
        ProgramProcess Today(string program, IEnumerable<string> arguments, string[] variables) =>
            stage.Start(program, [.. arguments, "--verbose"], variables);
        cluster.Launch = (program, arguments, variables) => LastRelease.Start(stage, program, [.. arguments, "--verbose"], variables);
        for (var tracker = 0; tracker < 3; tracker++)
            await cluster.StartAsync(tracker);
        await cluster.StartPeerAsync("peer0", 0);
        await cluster.StartPeerAsync("peer1", 1);
        cluster.Launch = Today;
        await cluster.StartPeerAsync("peer2", 2);
        var before = await IdsAsync(cluster.Trackers[0], "before");

        for (var tracker = 0; tracker < 3; tracker++)
        {
            cluster.Trackers[tracker].Process.Signal(signal);
            await cluster.Trackers[tracker].Process.ExitAsync();
            await cluster.StartAsync(tracker);
            foreach (var each in cluster.Trackers)
                Assert.Equal(before, await IdsAsync(each, $"after the upgrade of {tracker}"));
        }

        foreach (var tracker in cluster.Trackers)
            Assert.False(tracker.Process.HasExited);

        async Task<Dictionary<string, int>> IdsAsync(TrackerProgram tracker, string when) =>
            (await cluster.ListsAsync(tracker, songs => songs.Count == 3, when))
            .ToDictionary(song => Convert.ToHexString(song.ContentHash.Span), song => song.Id);
    }

    private static async Task<(string Peer, string Tracker, Dictionary<string, int> Ids)> RunAsync(Stage stage, bool old)
    {
        var count = Directory.GetFiles(stage.Music("alice")).Length;
        var tracker = await StartTrackerAsync(stage, old, ["--data", stage.Data("tracker")]);
        var peer = await Stage.ReadyAsync(Start(stage, old, "Peer", [.. stage.PeerArguments(tracker, "alice"), "serve"], []));
        await Catalog.BecomesAsync(tracker, songs => songs.Count == count, "all songs are listed");
        var ids = await Catalog.IdsAsync(tracker);
        peer.Process.Signal("TERM");
        await peer.Process.ExitsWithAsync(0);
        tracker.Process.Signal("TERM");
        await tracker.Process.ExitsWithAsync(0);
        var peerId = await Start(stage, old, "Peer", ["id", "--data", stage.Data("alice")], []).ExitsWithAsync(0);
        var trackerId = await Start(stage, old, "Tracker", ["--print-identity", "--data", stage.Data("tracker")], []).ExitsWithAsync(0);
        return (peerId.Output.Lines[0], trackerId.Output.Lines[0], ids);
    }

    private static async Task<TrackerProgram> StartTrackerAsync(Stage stage, bool old, string[] more)
    {
        var port = FreePorts.Next();
        var process = Start(stage, old, "Tracker", ["--host", "127.0.0.1", "--port", $"{port}", .. more], []);
        await process.ReportsAsync(@"^tracker ready on 127\.0\.0\.1:\d+$");
        return new TrackerProgram(process, port);
    }

    private static ProgramProcess Start(Stage stage, bool old, string program, string[] arguments, string[] environment) =>
        old ? LastRelease.Start(stage, program, arguments, environment) : stage.Start(program, arguments, environment);
}
