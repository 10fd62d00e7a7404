using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that no message between actors is lost in ordinary use: no program logs a dead letter.</summary>
public sealed class DeadLetterSpecs
{
    [NeedsFact("lame")]
    public async Task Ordinary_use_produces_no_dead_letters()
    {
        await using var stage = new Stage();
        foreach (var program in (string[])["tracker", "peer"])
        {
            File.WriteAllText(
                Path.Combine(stage.Folder.Folder("work", "config"), $"{program}.conf"),
                "akka { log-dead-letters = 1000, log-dead-letters-during-shutdown = on }");
        }

        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440, 60));
        stage.Share("alice", "b.mp3", await Songs.ToneAsync(550, 60));
        var tracker = await VerboseTrackerAsync(stage);
        var alice = await Stage.ReadyAsync(stage.Start("Peer", [.. stage.PeerArguments(tracker, "alice"), "serve", "--verbose"]));
        var bob = await Stage.ReadyAsync(
            stage.Start("Peer", [.. stage.PeerArguments(tracker, "bob"), "--audio", "null", "--verbose"]));

        await bob.Process.AskAsync("list", "^2\t");
        await bob.Process.AskAsync("info 1", "^title:");
        await bob.Process.TypeAsync("play 1");
        await Catalog.StreamsAsync(tracker, "alice", 1);
        await bob.Process.TypeAsync("seek 30");
        await bob.Process.TypeAsync("stop");
        await Catalog.StreamsAsync(tracker, "alice", 0);
        await bob.Process.TypeAsync($"save 2 {stage.Folder.Folder("saved")}");
        await bob.Process.ReportsAsync("^saved: ");
        await bob.Process.TypeAsync("quit");
        await bob.Process.ExitsWithAsync(0);
        alice.Process.Signal("TERM");
        await alice.Process.ExitsWithAsync(0);
        tracker.Process.Signal("TERM");
        await tracker.Process.ExitsWithAsync(0);

        Assert.All(
            [tracker.Process, alice.Process, bob.Process],
            program => Assert.DoesNotContain("dead letters encountered", program.Errors.Text, StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<TrackerProgram> VerboseTrackerAsync(Stage stage)
    {
        var process = stage.Start("Tracker", ["--host", "127.0.0.1", "--port", "0", "--verbose"]);
        var ready = await process.ReportsAsync(@"^tracker ready on 127\.0\.0\.1:(\d+)$");
        return new TrackerProgram(process, int.Parse(ready.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
    }
}
