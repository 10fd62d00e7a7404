using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using Xunit.Abstractions;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>Checks that a host behind a router that can map ports is reached directly, with miniupnpd as the router's service.</summary>
[Collection(nameof(NatTests))]
public sealed class NatMappingSpecs(NatNetwork network, ITestOutputHelper output)
{
    // In a container, the default asks for no mapping, because the gateway of a container is usually not a router.
    private static readonly string Mapping = $"TSP__PEER__PORT_MAPPING={(File.Exists("/.dockerenv") ? "on" : "auto")}";

    private static readonly Lazy<Task<byte[]>> Song = new(() => Songs.ToneAsync(440, 10));

    [NatFact]
    public Task A_port_is_mapped_by_NAT_PMP_until_the_host_stops() => IsMappedUntilTheHostStopsAsync(NatKind.Igd);

    [NatFact]
    public Task A_port_is_mapped_by_UPnP_until_the_host_stops() => IsMappedUntilTheHostStopsAsync(NatKind.UpnpOnly);

    [NatFact]
    public async Task A_port_is_mapped_again_after_the_router_has_lost_its_mappings()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var router = await network.AddRouterAsync(NatKind.Igd);
        stage.Share("host", await Song.Value);
        await stage.StartPeerAsync(
            await router.AddMachineAsync("host"), "host", tracker.Address, Mapping, "TSP__PEER__REACHING__MAPPING_CHECK_INTERVAL=10s");
        await IsMappedAsync(router);

        await router.PortMapping!.CrashAsync();
        // While the router is down, several attempts of one second each fail. If it were back at once, its clock, which had run for only a
        // few seconds, would not show the restart.
        var outside = await network.AddMachineAsync("outside");
        for (var attempt = 0; attempt < 4; attempt++)
            Assert.Equal("timed out", await stage.ProbeAsync(outside, "ask", $"{router.WanAddress}", "7071"));
        await router.PortMapping.StartAgainAsync();

        await IsMappedAsync(router);
    }

    private async Task IsMappedUntilTheHostStopsAsync(NatKind kind)
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var router = await network.AddRouterAsync(kind);
        var machine = await router.AddMachineAsync("host");
        var path = stage.Share("host", await Song.Value);
        var host = await stage.StartPeerAsync(machine, "host", tracker.Address, Mapping);
        var lease = await IsMappedAsync(router);
        Assert.StartsWith("TCP:7071:", lease, StringComparison.Ordinal);
        Assert.Contains($":{machine.Address}:7071:", lease, StringComparison.Ordinal);

        var home = await network.AddRouterAsync(NatKind.Home);
        var heard = await stage.PlayAsync(await home.AddMachineAsync("listener"), tracker.Address);

        output.WriteLine($"R home, H {kind}: first checked byte after {heard.Wait.TotalSeconds:F2} s\n{heard.Notes}");
        Assert.Equal(await Oracle.CutAsync(path), heard.Bytes);
        Assert.DoesNotContain("is coming from", heard.Notes, StringComparison.Ordinal);
        host.Signal("TERM");
        await host.ExitsWithAsync(0);
        Assert.Empty(router.PortMapping!.Leases);
    }

    private static async Task<string> IsMappedAsync(Router router) => (await Catalog.EventuallyAsync(
        () => Task.FromResult(router.PortMapping!.Leases), leases => leases.Count == 1, "one port is mapped"))[0];
}
