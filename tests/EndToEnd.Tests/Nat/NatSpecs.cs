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
    private static readonly Lazy<Task<byte[]>> Song = new(() => Songs.ToneAsync(440, 10));

    [NatFact]
    public async Task A_listener_at_home_gets_a_song_from_a_public_host()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var path = await ShareAsync(stage, await network.AddMachineAsync("host"), tracker.Address);
        var home = await network.AddRouterAsync(NatKind.Home);

        await HearAsync(stage, await home.AddMachineAsync("listener"), tracker.Address, path, "R home, H public");
    }

    [NatFact]
    public async Task A_public_listener_is_called_back_by_a_host_at_home()
    {
        await using var stage = new NatStage();
        var tracker = await stage.StartTrackerAsync(await network.AddMachineAsync("tracker"));
        var home = await network.AddRouterAsync(NatKind.Home);
        var path = await ShareAsync(stage, await home.AddMachineAsync("host"), tracker.Address, isReachable: false);

        var heard = await HearAsync(stage, await network.AddMachineAsync("listener"), tracker.Address, path, "R public, H home");

        Assert.Contains("called back", heard.Notes, StringComparison.Ordinal);
    }

    // Shares one song on a machine, and waits until the tracker knows whether others can connect to it.
    private static async Task<string> ShareAsync(NatStage stage, Machine on, string tracker, bool isReachable = true)
    {
        var path = stage.Share(on.Label, await Song.Value);
        var host = await stage.StartPeerAsync(on, on.Label, tracker);
        if (!isReachable)
            await host.ReportsAsync("could not connect to|others cannot connect");
        return path;
    }

    private async Task<Heard> HearAsync(NatStage stage, Machine on, string tracker, string path, string what)
    {
        var heard = await stage.PlayAsync(on, tracker);
        output.WriteLine($"{what}: first checked byte after {heard.Wait.TotalSeconds:F2} s\n{heard.Notes}");
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(await Oracle.CutAsync(path))), Convert.ToHexStringLower(SHA256.HashData(heard.Bytes)));
        return heard;
    }
}
