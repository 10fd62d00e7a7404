using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using Xunit.Abstractions;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>Checks that two peers that nobody can reach get songs through a relay: the tracker, or a peer that has volunteered.</summary>
[Collection(nameof(NatTests))]
public sealed class NatRelaySpecs(NatNetwork network, ITestOutputHelper output)
{
    // A relay passes on 600 KiB at once and 42 KB/s after that, so it has not sent all of this 960 KB song when the first byte arrives.
    private static readonly Lazy<Task<byte[]>> LongSong = new(() => Songs.ToneAsync(440, 60));

    [NatFact]
    public async Task A_listener_and_a_host_that_nobody_can_reach_use_the_trackers_relay()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"), "TSP__TRACKER__RELAY__ENABLED=on");
        var (one, two) = (await network.AddRouterAsync(NatKind.Home), await network.AddRouterAsync(NatKind.Home));
        var path = stage.Share("host", await Songs.ToneAsync(440, 10));
        await StartUnreachableAsync(stage, await one.AddMachineAsync("host"), tracker);

        var heard = await stage.PlayAsync(await two.AddMachineAsync("listener"), tracker.Address);

        output.WriteLine($"R home, H home, relay: first checked byte after {heard.Wait.TotalSeconds:F2} s\n{heard.Notes}");
        Assert.Equal(await Oracle.CutAsync(path), heard.Bytes);
        Assert.Contains("relay", heard.Notes, StringComparison.Ordinal);
    }

    [NatFact]
    public async Task A_song_continues_through_another_relay_when_its_relay_is_killed()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var (one, two) = (await network.AddRouterAsync(NatKind.Home), await network.AddRouterAsync(NatKind.Home));
        var (host, listener) = (await one.AddMachineAsync("host"), await two.AddMachineAsync("listener"));
        var (left, right) = (await network.AddMachineAsync("left"), await network.AddMachineAsync("right"));
        var path = stage.Share("host", await LongSong.Value);
        var isSharing = StartUnreachableAsync(stage, host, tracker);
        var relays = await Task.WhenAll(StartRelayAsync(stage, left, tracker), StartRelayAsync(stage, right, tracker));
        await isSharing;

        var play = stage.StartPlay(listener, tracker.Address);
        await play.PrintsAsync(@"[\s\S]");
        var used = await CountConnectionsAsync(left, two) > 0 ? relays[0] : relays[1];
        used.Signal("KILL");
        var before = play.Output.Bytes.Length;
        await play.ExitsWithAsync(0);

        output.WriteLine($"{before} bytes came through the first relay\n{play.Errors.Text}");
        var payload = await Oracle.CutAsync(path);
        Assert.InRange(before, 1, payload.Length - 1);
        Assert.Equal(payload, play.Output.Bytes);
        Assert.Matches("through a relay[^$]+continuing with host", play.Errors.Text);
    }

    [NatFact]
    public async Task A_song_from_a_host_that_called_back_continues_through_a_relay_when_that_host_is_killed()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"), "TSP__TRACKER__RELAY__ENABLED=on");
        var (one, two) = (await network.AddRouterAsync(NatKind.Home), await network.AddRouterAsync(NatKind.Home));
        var (calling, relayed) = (await one.AddMachineAsync("calling"), await two.AddMachineAsync("relayed"));
        var listener = await network.AddMachineAsync("listener");
        // The second host cannot call this listener back.
        await two.Namespace.RunAsync($"ip route add blackhole {listener.Address}");
        var song = await Songs.ToneAsync(440, 30);
        var path = stage.Share("calling", song);
        stage.Share("relayed", song);
        // With a limit, sending the song takes seconds, so there is time to kill the host.
        var hosts = await Task.WhenAll(
            StartUnreachableAsync(stage, calling, tracker, "TSP__PEER__HOSTING__MAX_UPLOAD_PER_STREAM=256 kbit/s"),
            StartUnreachableAsync(stage, relayed, tracker));

        // The second host must not win the race at the start.
        hosts[1].Signal("STOP");
        var play = stage.StartPlay(listener, tracker.Address);
        await play.PrintsAsync(@"[\s\S]");
        hosts[1].Signal("CONT");
        hosts[0].Signal("KILL");
        var before = play.Output.Bytes.Length;
        await play.ExitsWithAsync(0);

        output.WriteLine($"{before} bytes came from the first host\n{play.Errors.Text}");
        var payload = await Oracle.CutAsync(path);
        Assert.InRange(before, 1, payload.Length - 1);
        Assert.Equal(payload, play.Output.Bytes);
        Assert.Matches("is coming from calling, by callback[^$]+is coming from relayed, through a relay", play.Errors.Text);
    }

    private static async Task<ProgramProcess> StartUnreachableAsync(
        NatStage stage, Machine on, NatTracker tracker, params IEnumerable<string> environment)
    {
        var host = await stage.StartPeerAsync(on, on.Label, tracker.Address, environment);
        await host.ReportsAsync("could not connect to|others cannot connect");
        return host;
    }

    // Starts a public peer that shares only its upload.
    private static async Task<ProgramProcess> StartRelayAsync(NatStage stage, Machine on, NatTracker tracker)
    {
        var relay = await stage.StartPeerAsync(on, on.Label, tracker.Address, "TSP__PEER__RELAY__ENABLED=on");
        await relay.ReportsAsync("others can reach this peer");
        return relay;
    }

    // Counts the connections from machines behind a router to the peer's port on a machine. The port accepts IPv6 and IPv4.
    private static async Task<int> CountConnectionsAsync(Machine to, Router from) =>
        (await to.Namespace.RunAsync("ss -Htn state established 'sport = :7071'")).Split('\n').Count(
            line => line.Contains($"{from.WanAddress}]:", StringComparison.Ordinal));
}
