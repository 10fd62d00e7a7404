using System.Text.Json;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks the doctor command with real programs.</summary>
public sealed class DoctorSpecs
{
    private const string Tries = "TSP__TRACKER__REACHABILITY__ENABLED=on";

    private static readonly string[] Checks = ["tracker", "port", "nat", "mapping", "tls", "clock", "music", "data", "sound", "files"];

    [Fact]
    public async Task A_healthy_peer_gets_a_finding_for_each_check_and_exits_with_0()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync(0, Tries);
        ManySongs.Write(stage.Music("ann"), 1);

        var doctor = await stage.Start("Peer", ["doctor", "--json", .. stage.PeerArguments(tracker, "ann")]).ExitsWithAsync(0);

        using var json = JsonDocument.Parse(doctor.Output.Text);
        var findings = json.RootElement.EnumerateArray().ToDictionary(each => each.GetProperty("check").GetString()!);
        Assert.Equal(Checks, findings.Keys);
        Assert.All(findings.Values, each => Assert.True(each.GetProperty("ok").GetBoolean(), $"{each}"));
        Assert.StartsWith("others can reach this peer at 127.0.0.1:", Detail(findings["port"]), StringComparison.Ordinal);
        Assert.Contains("over TLS, key ", Detail(findings["tracker"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tracker_that_does_not_answer_is_a_problem_with_advice_and_exits_with_1()
    {
        await using var stage = new Stage();
        var nobody = $"127.0.0.1:{FreePorts.Next()}";

        var doctor = await stage.Start(
            "Peer", ["doctor", "--tracker", nobody, "--music", stage.Music("ann"), "--data", stage.Data("ann"), "--port", "0"])
            .ExitsWithAsync(1);

        Assert.Matches($"(?m)^problem  tracker +{nobody}: ", doctor.Output.Text);
        Assert.Contains("--tracker", doctor.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_device_that_is_gone_is_a_finding_and_neither_the_report_nor_the_console_ends()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync(0, Tries);
        const string device = "TSP__PEER__LISTENING__AUDIO_DEVICE=nowhere";

        var doctor = await stage.Start("Peer", ["doctor", "--json", .. stage.PeerArguments(tracker, "ann")], [device]).ExitsWithAsync(1);

        using var json = JsonDocument.Parse(doctor.Output.Text);
        var findings = json.RootElement.EnumerateArray().ToDictionary(each => each.GetProperty("check").GetString()!);
        Assert.Equal(Checks, findings.Keys);
        Assert.False(findings["sound"].GetProperty("ok").GetBoolean());
        Assert.Contains("There is no sound device \"nowhere\"", Detail(findings["sound"]), StringComparison.Ordinal);

        // The console needs no device for a file, so it starts, as if the device had been there at that time.
        var console = await Stage.ReadyAsync(stage.Start(
            "Peer", [.. stage.PeerArguments(tracker, "ben"), "--audio", $"wav:{stage.Folder.In("heard.wav")}"], [device]));
        await console.Process.AskAsync("doctor", "^problem  sound +There is no sound device");
        await console.Process.AskAsync("volume", "^volume 100");
        await console.Process.TypeAsync("quit");
        await console.Process.ExitsWithAsync(0);
    }

    [Fact]
    public async Task The_console_of_a_running_peer_has_the_command_too_and_another_doctor_leaves_that_peer_alone()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync(0, Tries);
        ManySongs.Write(stage.Music("ann"), 1);
        var ann = await stage.StartConsoleAsync(tracker, "ann", "TSP__PEER__LINK__PORT_CHECK_INTERVAL=100ms");

        await ann.Process.AskAsync("doctor", "^ok       tracker ");
        var other = await stage.Start("Peer", ["doctor", .. stage.PeerArguments(tracker, "ann")]).ExitsWithAsync(0);

        Assert.Contains("type doctor in its console", other.Output.Text, StringComparison.Ordinal);
    }

    private static string Detail(JsonElement finding) => finding.GetProperty("detail").GetString()!;
}
