using System.Text.Json;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>Checks that peers find a tracker on their local network, without any configuration, by multicast DNS.</summary>
[Collection(nameof(NatTests))]
public sealed class NatDiscoverySpecs(NatNetwork network)
{
    [NatFact]
    public async Task A_console_that_knows_no_tracker_asks_once_and_then_plays_what_others_on_the_network_share()
    {
        await using var stage = new NatStage();
        var router = await network.AddRouterAsync(NatKind.Home);
        var tracker = await stage.StartAnnouncedTrackerAsync(await router.AddMachineAsync("tracker"), "Attic");
        var (sharing, listening) = (await router.AddMachineAsync("sharing"), await router.AddMachineAsync("listening"));
        var path = stage.Share("sharing", [.. TagBytes.Id3v23(("TIT2", "Harbour Lights")), .. await Songs.ToneAsync(440, 3)]);
        var host = stage.StartOurs(
            sharing, "Peer", ["serve", "--discover", "--music", Path.GetDirectoryName(path)!, "--name", "sharing"]);
        var discover = stage.StartOurs(listening, "Peer", ["discover", "--json"]);
        var folder = stage.NewFolder("heard");
        var heard = Path.Combine(folder, "heard.wav");

        var first = stage.StartConsole(listening, "--name", "listening", "--audio", $"wav:{heard}");
        await first.PrintsAsync($@"found: Attic at {tracker.On.Address} \(encrypted\)\. Join\? \[y/N\] ");
        await first.TypeAsync("y", "\r");
        await first.PrintsAsync($"joined Attic at {tracker.On.Address}:7070; this peer will use it from now on");
        await first.PrintsAsync("connected to Attic");
        await Stage.ReadyAsync(host);
        await first.TypeAsync("play harbour", "\r");
        await first.PrintsAsync("ended: Harbour Lights");
        await first.TypeAsync($"save 1 {folder}", "\r");
        await first.PrintsAsync("saved: .*, verified");
        await first.TypeAsync("quit", "\r");
        await first.ExitsWithAsync(0);
        var second = stage.StartConsole(listening, "--name", "listening", "--audio", "null");
        await second.PrintsAsync("connected to Attic");
        await second.TypeAsync("quit", "\r");
        await second.ExitsWithAsync(0);

        var payload = await Oracle.CutAsync(path);
        var saved = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder, "*.mp3")));
        Assert.True(saved.AsSpan().IndexOf(payload) >= 0, "the song was changed");
        await discover.ExitsWithAsync(0);
        var found = JsonDocument.Parse(discover.Output.Text).RootElement[0].GetProperty("trackerAddress").GetString();
        Assert.StartsWith($"tsps://{tracker.On.Address}:7070#", found, StringComparison.Ordinal);
        Assert.Equal($"{found}\n", await File.ReadAllTextAsync(stage.DataFile(listening, "discovered")));
        Assert.InRange(new FileInfo(heard).Length, 29 * 44_100 * 4 / 10, 31 * 44_100 * 4 / 10);
        Assert.DoesNotContain("Join", second.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("looking", second.Output.Text, StringComparison.Ordinal);
    }

    [NatFact]
    public async Task Several_trackers_are_offered_as_a_list_and_none_is_joined_unless_the_user_chooses_it()
    {
        await using var stage = new NatStage();
        var router = await network.AddRouterAsync(NatKind.Home);
        var (attic, cellar) = (await router.AddMachineAsync("attic"), await router.AddMachineAsync("cellar"));
        var (one, two, three, four) = (
            await router.AddMachineAsync("one"), await router.AddMachineAsync("two"), await router.AddMachineAsync("three"),
            await router.AddMachineAsync("four"));
        await Task.WhenAll(stage.StartAnnouncedTrackerAsync(attic, "Attic"), stage.StartAnnouncedTrackerAsync(cellar, "Cellar"));

        var declining = stage.StartConsole(one, "--audio", "null");
        var choosing = stage.StartConsole(two, "--audio", "null");
        var piped = stage.StartOurs(three, "Peer", ["--audio", "null"]);
        var serving = stage.StartOurs(four, "Peer", ["serve", "--discover"]);
        await declining.PrintsAsync(@"Join which one\? \[1-2, Enter = none\] ");
        await declining.TypeAsync("", "\r");
        await declining.PrintsAsync("no tracker at localhost:7070");
        await declining.TypeAsync("quit", "\r");
        await choosing.PrintsAsync(@"Join which one\? \[1-2, Enter = none\] ");
        await choosing.TypeAsync("y", "\r");
        await choosing.PrintsAsync(@"(Join which one\? \[1-2, Enter = none\] [\s\S]*){2}");
        await choosing.TypeAsync("2", "\r");
        await choosing.PrintsAsync("connected to Cellar");
        await choosing.TypeAsync("quit", "\r");
        await piped.ReportsAsync("no tracker at localhost:7070");
        await piped.TypeAsync("quit");

        await declining.ExitsWithAsync(0);
        await choosing.ExitsWithAsync(0);
        await piped.ExitsWithAsync(0);
        Assert.Matches(@"  1  Attic at \S+ \(encrypted\)\s+2  Cellar at \S+ \(encrypted\)", declining.Output.Text);
        Assert.DoesNotContain("found", piped.Output.Text + piped.Errors.Text, StringComparison.Ordinal);
        Assert.Contains("2 trackers found; choose one with --tracker", await serving.FailsWithAsync(1), StringComparison.Ordinal);
        var joined = await File.ReadAllTextAsync(stage.DataFile(two, "discovered"));
        Assert.StartsWith($"tsps://{cellar.Address}:7070#", joined, StringComparison.Ordinal);
        Assert.All([one, three, four], machine => Assert.False(File.Exists(stage.DataFile(machine, "discovered")), machine.Label));
    }

    [NatFact]
    public async Task A_tracker_on_another_network_is_not_found()
    {
        await using var stage = new NatStage();
        await stage.StartAnnouncedTrackerAsync(await network.AddMachineAsync("tracker"), "Attic");
        var home = await network.AddRouterAsync(NatKind.Home);

        var discover = stage.StartOurs(await home.AddMachineAsync("listening"), "Peer", ["discover"]);

        await discover.ExitsWithAsync(1);
        Assert.Contains("no tracker was found on the local network", discover.Errors.Text, StringComparison.Ordinal);
    }
}
