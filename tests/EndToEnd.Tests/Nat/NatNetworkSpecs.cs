using System.Globalization;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>
/// Checks that each kind of router in the test network behaves as described, with plain TCP from small Python programs.
/// </summary>
[Collection(nameof(NatTests))]
public sealed class NatNetworkSpecs(NatNetwork network)
{
    [NatFact]
    public async Task A_home_router_keeps_ports_drops_unsolicited_connections_and_has_no_hairpin()
    {
        await using var stage = new NatStage();
        var outside = await network.AddMachineAsync("outside");
        var router = await network.AddRouterAsync(NatKind.Home);
        var (first, second) = (await router.AddMachineAsync("first"), await router.AddMachineAsync("second"));
        await stage.ServeProbesAsync(outside, 9000);
        await stage.ServeProbesAsync(first, 9000);

        Assert.Equal($"{router.WanAddress} 40001", await stage.ProbeAsync(first, "ask", $"{outside.Address}", "9000", "40001"));
        Assert.StartsWith($"{second.Address} ", await stage.ProbeAsync(second, "ask", $"{first.Address}", "9000"), StringComparison.Ordinal);
        Assert.Equal("timed out", await stage.ProbeAsync(outside, "ask", $"{router.WanAddress}", "9000"));
        Assert.Equal("refused", await stage.ProbeAsync(second, "ask", $"{router.WanAddress}", "9000"));
    }

    [NatFact]
    public async Task A_symmetric_router_shows_each_destination_another_port()
    {
        await using var stage = new NatStage();
        var (one, two) = (await network.AddMachineAsync("one"), await network.AddMachineAsync("two"));
        var router = await network.AddRouterAsync(NatKind.Symmetric);
        var inside = await router.AddMachineAsync("inside");
        await stage.ServeProbesAsync(one, 9000);
        await stage.ServeProbesAsync(two, 9000);

        var seen = new[]
        {
            await stage.ProbeAsync(inside, "ask", $"{one.Address}", "9000", "40001"),
            await stage.ProbeAsync(inside, "ask", $"{two.Address}", "9000", "40001"),
        };

        Assert.All(seen, each => Assert.StartsWith($"{router.WanAddress} ", each, StringComparison.Ordinal));
        Assert.NotEqual(seen[0], seen[1]);
    }

    [NatFact]
    public async Task A_full_cone_router_lets_everyone_in_through_a_port_that_was_used()
    {
        await using var stage = new NatStage();
        var (one, two) = (await network.AddMachineAsync("one"), await network.AddMachineAsync("two"));
        var router = await network.AddRouterAsync(NatKind.FullCone);
        var inside = await router.AddMachineAsync("inside");
        await stage.ServeProbesAsync(one, 9000);
        Assert.Equal("timed out", await stage.ProbeAsync(two, "ask", $"{router.WanAddress}", "40001"));

        var holding = stage.StartProbe(inside, "hold", $"{one.Address}", "9000", "40001");
        await holding.PrintsAsync("^listening$");

        Assert.Equal($"{router.WanAddress} 40001", holding.Output.Lines[0]);
        Assert.StartsWith($"{two.Address} ", await stage.ProbeAsync(two, "ask", $"{router.WanAddress}", "40001"), StringComparison.Ordinal);
        Assert.Equal("timed out", await stage.ProbeAsync(two, "ask", $"{router.WanAddress}", "40002"));
    }

    [NatFact]
    public async Task Two_homes_behind_one_providers_NAT_have_the_same_public_address()
    {
        await using var stage = new NatStage();
        var outside = await network.AddMachineAsync("outside");
        var provider = await network.AddRouterAsync(NatKind.CarrierGrade);
        var homes = new[] { await network.AddRouterAsync(NatKind.Home, provider), await network.AddRouterAsync(NatKind.Home, provider) };
        await stage.ServeProbesAsync(outside, 9000);

        foreach (var home in homes)
        {
            Assert.StartsWith("100.64.", $"{home.WanAddress}", StringComparison.Ordinal);
            var machine = await home.AddMachineAsync("home");
            Assert.StartsWith(
                $"{provider.WanAddress} ", await stage.ProbeAsync(machine, "ask", $"{outside.Address}", "9000"), StringComparison.Ordinal);
        }

        Assert.Equal("timed out", await stage.ProbeAsync(outside, "ask", $"{provider.WanAddress}", "9000"));
    }

    [NatFact]
    public async Task A_router_with_miniupnpd_opens_a_port_that_a_machine_asks_for_until_it_crashes()
    {
        await using var stage = new NatStage();
        var outside = await network.AddMachineAsync("outside");
        var router = await network.AddRouterAsync(NatKind.Igd);
        var inside = await router.AddMachineAsync("inside");
        await stage.ServeProbesAsync(inside, 7071);
        Assert.Equal("timed out", await stage.ProbeAsync(outside, "ask", $"{router.WanAddress}", "7071"));

        Assert.Equal("0 7071 7071 7200", await stage.ProbeAsync(inside, "map", $"{router.LanAddress}", "7071"));

        Assert.StartsWith(
            $"{outside.Address} ", await stage.ProbeAsync(outside, "ask", $"{router.WanAddress}", "7071"), StringComparison.Ordinal);
        Assert.StartsWith($"TCP:7071:{inside.Address}:7071:", Assert.Single(router.PortMapping!.Leases), StringComparison.Ordinal);
        await router.PortMapping.CrashAsync();
        Assert.Equal("timed out", await stage.ProbeAsync(outside, "ask", $"{router.WanAddress}", "7071"));
        await router.PortMapping.StartAgainAsync();
        Assert.Equal("0 7071 7071 7200", await stage.ProbeAsync(inside, "map", $"{router.LanAddress}", "7071"));
    }

    [NatFact]
    public async Task A_home_router_routes_IPv6_and_drops_unsolicited_connections()
    {
        await using var stage = new NatStage();
        var outside = await network.AddMachineAsync("outside");
        var router = await network.AddRouterAsync(NatKind.Home);
        var inside = await router.AddMachineAsync("inside");

        await stage.ServeProbesAsync(outside, 9000);
        await stage.ServeProbesAsync(inside, 9000);

        Assert.StartsWith($"{inside.Address6} ", await stage.ProbeAsync(inside, "ask", $"{outside.Address6}", "9000"), StringComparison.Ordinal);
        Assert.Equal("timed out", await stage.ProbeAsync(outside, "ask", $"{inside.Address6}", "9000"));
    }

    [NatFact]
    public async Task A_limited_uplink_is_as_slow_as_its_limit()
    {
        await using var stage = new NatStage();
        var outside = await network.AddMachineAsync("outside");
        var router = await network.AddRouterAsync(NatKind.Home);
        var inside = await router.AddMachineAsync("inside");
        await router.LimitUplinkAsync("2mbit");
        await stage.StartProbe(outside, "take", "9000").PrintsAsync("^listening$");

        var seconds = double.Parse(
            await stage.ProbeAsync(inside, "send", $"{outside.Address}", "9000", "200000"), CultureInfo.InvariantCulture);

        // At 2 Mbit/s, 200 kB less a burst of 16 KiB take 0.73 s.
        Assert.True(seconds > 0.7, $"sent in {seconds} s");
    }

    [NatFact]
    public async Task No_machine_has_a_way_out_of_the_network()
    {
        var outside = await network.AddMachineAsync("outside");
        var router = await network.AddRouterAsync(NatKind.Home);

        foreach (var (space, address) in new[]
        {
            (outside.Namespace, "1.1.1.1"), (router.Namespace, "1.1.1.1"), (router.Namespace, "10.0.0.1"),
        })
            Assert.Equal("no way\n", await space.RunAsync($"ip route get {address} >&2 || echo no way"));
    }

    [NatFact]
    public async Task Namespaces_of_a_killed_run_are_deleted_with_their_programs_and_no_others_are()
    {
        await using var stage = new NatStage();
        // No process has an id above 2^22.
        var left = $"tsp-nat-{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}-99999999-1-left";
        await NetworkNamespace.ShellAsync($"ip netns add {left}");
        var sleeping = stage.StartOutside("ip", "netns", "exec", left, "sh", "-c", "echo started; exec sleep 1000");
        await sleeping.PrintsAsync("^started$");
        var ours = await network.AddMachineAsync("ours");

        await NetworkNamespace.DeleteLeftOversAsync();

        await sleeping.ExitsWithAsync(137);
        var list = await NetworkNamespace.ShellAsync("ip netns list");
        Assert.DoesNotContain(left, list, StringComparison.Ordinal);
        Assert.Contains(ours.Namespace.Name, list, StringComparison.Ordinal);
    }
}
