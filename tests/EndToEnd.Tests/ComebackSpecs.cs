using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that shared songs disappear when peers or trackers fail, and come back with the same ids.</summary>
public sealed class ComebackSpecs
{
    private const string QuickHeartbeat = "TSP__TRACKER__HEARTBEAT_INTERVAL=500ms";

    // Ten seconds is enough on an idle machine.
    private static TimeSpan Comeback => MachineSpeed.Deadline(TimeSpan.FromSeconds(30));

    [NeedsFact("lame")]
    public async Task The_songs_of_killed_and_silent_peers_disappear_from_the_list()
    {
        await using var stage = new Stage();
        var (tracker, alice, bob) = await StartAsync(stage, QuickHeartbeat);

        alice.Process.Signal("KILL");
        await Catalog.BecomesAsync(
            tracker, songs => songs.Count == 2 && songs.All(song => song.Hosts.Single().Name == "bob"), "only bob's songs are left");

        // A suspended process closes no connection, so only its silence shows that it is gone.
        bob.Process.Signal("STOP");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 0, "no song is left", Comeback);
        var list = await stage.StartGuest(tracker, "list").ExitsWithAsync(0);
        Assert.Empty(list.Output.Text);

        bob.Process.Signal("CONT");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 2, "bob's songs are back", Comeback);
    }

    [NeedsFact("lame")]
    public async Task A_tracker_that_is_killed_and_restarted_lists_all_songs_with_the_same_ids_again()
    {
        await using var stage = new Stage();
        var (tracker, _, _) = await StartAsync(stage);
        var before = await Catalog.IdsAsync(tracker);

        tracker.Process.Signal("KILL");
        await tracker.Process.ExitAsync();
        tracker = await stage.StartTrackerAsync(tracker.Port);

        await Catalog.BecomesAsync(tracker, songs => songs.Count == before.Count, "all songs are back", Comeback);
        Assert.Equal(before, await Catalog.IdsAsync(tracker));
    }

    [NeedsFact("lame")]
    public async Task Songs_keep_their_ids_when_peers_restart_and_when_all_programs_restart()
    {
        await using var stage = new Stage();
        var (tracker, alice, bob) = await StartAsync(stage);
        var before = await Catalog.IdsAsync(tracker);

        await KillAsync(bob.Process);
        bob = await stage.StartPeerAsync(tracker, "bob");
        Assert.Equal(before, await Catalog.IdsAsync(tracker));

        foreach (var process in new[] { tracker.Process, alice.Process, bob.Process })
            await KillAsync(process);
        tracker = await stage.StartTrackerAsync();
        // The peers register in the opposite order, so that newly assigned ids would differ.
        await stage.StartPeerAsync(tracker, "bob");
        File.Move(Path.Combine(stage.Music("alice"), "1.mp3"), Path.Combine(stage.Music("alice"), "moved.mp3"));
        await stage.StartPeerAsync(tracker, "alice");
        Assert.Equal(before, await Catalog.IdsAsync(tracker));
    }

    [NeedsFact("lame", "cp:coreutils")]
    public async Task The_second_of_two_peers_with_the_same_id_is_refused_and_does_not_affect_the_first()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        stage.Share("twin", "b.mp3", await Songs.ToneAsync(550));
        var tracker = await stage.StartTrackerAsync();
        var alice = await stage.StartConsoleAsync(tracker, "alice");
        await Native.RunAsync("cp", "-r", stage.Data("alice"), stage.Data("twin"));

        var twin = stage.Start("Peer", [.. stage.PeerArguments(tracker, "twin"), "serve"]);

        await twin.ReportsAsync("another peer with this id is connected");
        Assert.Equal("alice", Assert.Single(await Catalog.ListAsync(tracker)).Hosts.Single().Name);
        Assert.DoesNotContain("another peer with this peer's id", alice.Process.Errors.Text, StringComparison.Ordinal);
        Assert.False(twin.HasExited);
    }

    private static async Task<(TrackerProgram Tracker, PeerProgram Alice, PeerProgram Bob)> StartAsync(
        Stage stage, params string[] environment)
    {
        foreach (var (peer, pitch) in new[] { ("alice", 300), ("bob", 600) })
        {
            stage.Share(peer, "1.mp3", await Songs.ToneAsync(pitch));
            stage.Share(peer, "2.mp3", await Songs.ToneAsync(pitch + 100));
        }

        var tracker = await stage.StartTrackerAsync(0, environment);
        var alice = await stage.StartPeerAsync(tracker, "alice");
        var bob = await stage.StartPeerAsync(tracker, "bob");
        // With a quick heartbeat, a busy machine can delay a peer for so long that it has to register again.
        var songs = await Catalog.BecomesAsync(tracker, songs => songs.Count == 4, "all songs are listed", Comeback);
        Assert.Equal([1, 2, 3, 4], songs.Select(song => song.Id).Order());
        return (tracker, alice, bob);
    }

    private static async Task KillAsync(ProgramProcess process)
    {
        process.Signal("KILL");
        await process.ExitAsync();
    }
}
