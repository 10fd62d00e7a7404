using System.Text.Json;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using Xunit.Abstractions;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>Checks that peers find a tracker on their local network, without any configuration, by multicast DNS.</summary>
[Collection(nameof(NatTests))]
public sealed class NatDiscoverySpecs(NatNetwork network, ITestOutputHelper output)
{
    [NatFact]
    public async Task Two_peers_find_the_tracker_on_their_network_and_play_each_others_songs()
    {
        await using var stage = new NatStage();
        var router = await network.AddRouterAsync(NatKind.Home);
        var tracker = await stage.StartTrackerAsync(await router.AddMachineAsync("tracker"), "TSP__TRACKER__MDNS__ENABLED=on");
        var (sharing, listening) = (await router.AddMachineAsync("sharing"), await router.AddMachineAsync("listening"));
        var path = stage.Share("sharing", await Songs.ToneAsync(440, 10));

        // The tracker first makes sure that nobody else has its name.
        var found = await Catalog.EventuallyAsync(
            () => DiscoverAsync(stage, listening), json => json is not null, "the tracker is found", TimeSpan.FromSeconds(30));
        await Stage.ReadyAsync(stage.StartOurs(
            sharing, "Peer", ["serve", "--discover", "--music", Path.GetDirectoryName(path)!, "--name", "sharing"]));
        var address = found!.Value.GetProperty("trackerAddress").GetString()!;
        var heard = await stage.PlayAsync(listening, address);

        output.WriteLine($"found {address}: first checked byte after {heard.Wait.TotalSeconds:F2} s\n{heard.Notes}");
        Assert.Contains($"{tracker.On.Address}", found.Value.GetRawText(), StringComparison.Ordinal);
        Assert.StartsWith("tsps://", address, StringComparison.Ordinal);
        Assert.Equal(await Oracle.CutAsync(path), heard.Bytes);
    }

    [NatFact]
    public async Task A_tracker_on_another_network_is_not_found()
    {
        await using var stage = new NatStage();
        await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"), "TSP__TRACKER__MDNS__ENABLED=on");
        var home = await network.AddRouterAsync(NatKind.Home);

        var discover = stage.StartOurs(await home.AddMachineAsync("listening"), "Peer", ["discover"]);

        await discover.ExitsWithAsync(1);
        Assert.Contains("nothing found on the local network; use --tracker", discover.Errors.Text, StringComparison.Ordinal);
    }

    private static async Task<JsonElement?> DiscoverAsync(NatStage stage, Machine on)
    {
        var discover = stage.StartOurs(on, "Peer", ["discover", "--json"]);
        return await discover.ExitAsync() == 0 ? JsonDocument.Parse(discover.Output.Text).RootElement[0] : null;
    }
}
