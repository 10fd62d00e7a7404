using System.Security.Cryptography;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using Xunit.Abstractions;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>
/// Checks that listeners get songs from hosts behind routers, with real programs on the machines of a network with NAT. Each test prints
/// the time from the command to the first checked byte.
/// </summary>
[Collection(nameof(NatTests))]
public sealed class NatSpecs(NatNetwork network, ITestOutputHelper output)
{
    private const string CalledBack = ", by callback";
    private const string Local = ", on the local network";

    private static readonly Lazy<Task<byte[]>> Song = new(() => Songs.ToneAsync(440, 10));

    [NatFact]
    public async Task A_listener_at_home_connects_to_a_public_host()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var path = await ShareAsync(stage, await network.AddMachineAsync("host"), tracker.Address);
        var home = await network.AddRouterAsync(NatKind.Home);

        var heard = await HearAsync(stage, await home.AddMachineAsync("listener"), tracker.Address, path, "R home, H public");

        // The way to a host is reported only if it is not direct.
        Assert.DoesNotContain("is coming from", heard.Notes, StringComparison.Ordinal);
    }

    [NatFact]
    public async Task A_public_listener_is_called_back_by_hosts_behind_each_kind_of_NAT()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var listener = await network.AddMachineAsync("listener");
        var provider = await network.AddRouterAsync(NatKind.CarrierGrade);
        var routers = new (string Kind, Router Router)[]
        {
            ("home", await network.AddRouterAsync(NatKind.Home)),
            ("symmetric", await network.AddRouterAsync(NatKind.Symmetric)),
            ("full cone", await network.AddRouterAsync(NatKind.FullCone)),
            ("carrier grade", await network.AddRouterAsync(NatKind.Home, provider)),
        };
        // The tracker numbers the songs in the order in which they are shared.
        var hosts = new List<(string Path, ProgramProcess Host)>();
        foreach (var (_, router) in routers)
        {
            var machine = await router.AddMachineAsync($"host{hosts.Count}");
            var path = stage.Share(machine.Label, await Songs.ToneAsync(500 + hosts.Count, 10));
            hosts.Add((path, await stage.StartPeerAsync(machine, machine.Label, tracker.Address)));
        }

        for (var each = 0; each < hosts.Count; each++)
        {
            await IsUnreachableAsync(hosts[each].Host);
            var heard = await HearAsync(
                stage, listener, tracker.Address, hosts[each].Path, $"R public, H {routers[each].Kind}", each + 1);
            Assert.Contains(CalledBack, heard.Notes, StringComparison.Ordinal);
        }
    }

    [NatFact]
    public async Task A_listener_reaches_a_host_behind_the_same_router_on_the_local_network()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var home = await network.AddRouterAsync(NatKind.Home);
        var path = await ShareAsync(stage, await home.AddMachineAsync("host"), tracker.Address);

        var heard = await HearAsync(stage, await home.AddMachineAsync("listener"), tracker.Address, path, "R and H behind one router");

        Assert.Contains(Local, heard.Notes, StringComparison.Ordinal);
    }

    [NatFact]
    public async Task Strangers_behind_one_providers_NAT_are_not_mistaken_for_one_home()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var provider = await network.AddRouterAsync(NatKind.CarrierGrade);
        var hosts = await network.AddRouterAsync(NatKind.Home, provider);
        var listeners = await network.AddRouterAsync(NatKind.Home, provider);
        stage.Share("host", await Song.Value);
        await StartUnreachableAsync(stage, await hosts.AddMachineAsync("host"), tracker.Address);

        // The tracker gives the listener a private address that is in the host's home, not in the listener's.
        var play = stage.StartPlay(await listeners.AddMachineAsync("listener"), tracker.Address);

        var error = await play.FailsWithAsync(1);
        output.WriteLine($"R and H in two homes of one provider: {error}");
        Assert.Contains("no host could send song 1", error, StringComparison.Ordinal);
    }

    [NatFact]
    public async Task A_listener_is_told_why_nothing_plays_if_neither_it_nor_the_host_can_be_reached()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var (one, two) = (await network.AddRouterAsync(NatKind.Home), await network.AddRouterAsync(NatKind.Home));
        stage.Share("host", await Song.Value);
        await StartUnreachableAsync(stage, await one.AddMachineAsync("host"), tracker.Address);

        var play = stage.StartPlay(await two.AddMachineAsync("listener"), tracker.Address);

        var error = await play.FailsWithAsync(1);
        output.WriteLine($"R home, H home: {error}");
        Assert.Matches("no host could send song 1; last error: .+ did not answer.*; neither .+ nor this peer can be reached from outside", error);
    }

    [NatFact]
    public async Task A_listener_with_a_public_IPv6_address_is_called_back_by_a_host_behind_a_firewall()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var home = await network.AddRouterAsync(NatKind.Home);
        var path = await ShareAsync(stage, await home.AddMachineAsync("host"), tracker.Address6, isReachable: false);

        var heard = await HearAsync(stage, await network.AddMachineAsync("listener"), tracker.Address6, path, "R public, H home, IPv6");

        Assert.Contains(CalledBack, heard.Notes, StringComparison.Ordinal);
    }

    [NatFact]
    public async Task A_listener_in_the_same_IPv6_network_reaches_a_host_on_the_local_network()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var home = await network.AddRouterAsync(NatKind.Home);
        var path = await ShareAsync(stage, await home.AddMachineAsync("host"), tracker.Address6);

        var heard = await HearAsync(stage, await home.AddMachineAsync("listener"), tracker.Address6, path, "R and H in one /64");

        Assert.Contains(Local, heard.Notes, StringComparison.Ordinal);
    }

    [NatFact]
    public async Task A_listener_that_was_called_back_receives_a_song_over_a_slow_uplink()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var home = await network.AddRouterAsync(NatKind.Home);
        await home.LimitUplinkAsync("1mbit");
        var path = await ShareAsync(stage, await home.AddMachineAsync("host"), tracker.Address, isReachable: false);

        var heard = await HearAsync(stage, await network.AddMachineAsync("listener"), tracker.Address, path, "R public, H home, 1 Mbit/s");

        Assert.Contains(CalledBack, heard.Notes, StringComparison.Ordinal);
    }

    // Shares one song on a machine. If it is not reachable, waits until the tracker has found that out.
    private static async Task<string> ShareAsync(NatStage stage, Machine on, string tracker, bool isReachable = true)
    {
        var path = stage.Share(on.Label, await Song.Value);
        if (isReachable)
            await stage.StartPeerAsync(on, on.Label, tracker);
        else
            await StartUnreachableAsync(stage, on, tracker);
        return path;
    }

    private static async Task StartUnreachableAsync(NatStage stage, Machine on, string tracker)
    {
        var host = await stage.StartPeerAsync(on, on.Label, tracker);
        await IsUnreachableAsync(host);
    }

    private static async Task IsUnreachableAsync(ProgramProcess host) =>
        await host.ReportsAsync("could not connect to|others cannot connect");

    private async Task<Heard> HearAsync(NatStage stage, Machine on, string tracker, string path, string what, int id = 1)
    {
        Heard heard;
        try
        {
            heard = await stage.PlayAsync(on, tracker, id);
        }
        catch
        {
            output.WriteLine($"{what}:\n{stage.Reports}");
            throw;
        }

        output.WriteLine($"{what}: first checked byte after {heard.Wait.TotalSeconds:F2} s\n{heard.Notes}");
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(await Oracle.CutAsync(path))), Convert.ToHexStringLower(SHA256.HashData(heard.Bytes)));
        return heard;
    }
}
