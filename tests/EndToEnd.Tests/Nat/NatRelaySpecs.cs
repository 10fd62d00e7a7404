using TspActors.EndToEnd.Tests.Music;
using Xunit.Abstractions;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>Checks that two peers that nobody can reach get songs through a relay, where the tracker is one.</summary>
[Collection(nameof(NatTests))]
public sealed class NatRelaySpecs(NatNetwork network, ITestOutputHelper output)
{
    [NatFact]
    public async Task A_listener_and_a_host_that_nobody_can_reach_use_the_trackers_relay()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"), "TSP__TRACKER__RELAY__ENABLED=on");
        var (one, two) = (await network.AddRouterAsync(NatKind.Home), await network.AddRouterAsync(NatKind.Home));
        var path = stage.Share("host", await Songs.ToneAsync(440, 10));
        var host = await stage.StartPeerAsync(await one.AddMachineAsync("host"), "host", tracker.Address);
        await host.ReportsAsync("could not connect to|others cannot connect");

        var heard = await stage.PlayAsync(await two.AddMachineAsync("listener"), tracker.Address);

        output.WriteLine($"R home, H home, relay: first checked byte after {heard.Wait.TotalSeconds:F2} s\n{heard.Notes}");
        Assert.Equal(await Oracle.CutAsync(path), heard.Bytes);
        Assert.Contains("relay", heard.Notes, StringComparison.Ordinal);
    }
}
