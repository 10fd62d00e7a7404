using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that the owner of a peer learns when nobody can reach the peer's port.</summary>
public sealed class ReachabilitySpecs
{
    private const string Tries = "TSP__TRACKER__REACHABILITY__ENABLED=on";
    private const string Asks = "TSP__PEER__LINK__PORT_CHECK_INTERVAL=100ms";

    [Fact]
    public async Task The_owner_of_an_unreachable_port_is_told_what_to_do()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync(0, Tries);
        ManySongs.Write(stage.Music("ann"), 1);

        // The peer connects from 127.0.0.1 but listens elsewhere, like a peer behind a router without port forwarding.
        var ann = await stage.StartConsoleAsync(tracker, "ann", "TSP__PEER__HOST=127.0.0.2", Asks);

        await ann.Process.ReportsAsync($@"not connect to 127\.0\.0\.1:{ann.Port}\b.* forward this port");
        await ann.Process.AskAsync("status", $"^reach     others cannot connect to port {ann.Port} of this peer");
    }

    [Fact]
    public async Task No_warning_is_shown_for_a_reachable_port()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync(0, Tries);
        ManySongs.Write(stage.Music("ann"), 1);
        var ann = await stage.StartConsoleAsync(tracker, "ann", Asks);

        await ann.Process.AskAsync("info 1", @"\S");

        Assert.DoesNotContain("could not connect", ann.Process.Errors.Text, StringComparison.Ordinal);
    }
}
