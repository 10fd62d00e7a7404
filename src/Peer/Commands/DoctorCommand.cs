using Akka.Actor;
using TspActors.Configuration.Hosting;
using TspActors.Media.Library;
using TspActors.Peer.Diagnosis;
using TspActors.Peer.Terminal;
using TspActors.Transport;

namespace TspActors.Peer.Commands;

/// <summary>
/// The doctor command, which starts the peer as if to share music, checks everything that it needs, prints the findings with advice, and
/// exits.
/// </summary>
internal static class DoctorCommand
{
    // The usual interval is longer than a user would want to wait here.
    private static readonly TimeSpan PortCheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>Prints the findings.</summary>
    /// <returns>The exit code: <see cref="ProgramRun.Failed"/> if there is a problem.</returns>
    public static async Task<int> RunAsync(CommandContext run, bool json)
    {
        var settings = run.Settings with { Link = run.Settings.Link with { PortCheckInterval = PortCheckInterval } };
        Finding portFinding;
        await using (var host = await run.StartHostAsync("tsp-peer").ConfigureAwait(false))
        {
            var (peer, fault) = await TryStartAsync(host.System, settings).ConfigureAwait(false);
            if (peer is not null)
                return await ExamineAsync(host, peer, null, json).ConfigureAwait(false);
            portFinding = fault!;
        }

        // The peer cannot start. A guest is enough for the other checks.
        await using var guestHost = await run.StartHostAsync("tsp-guest").ConfigureAwait(false);
        var guest = PeerNode.StartGuest(guestHost.System, settings, CommandContext.NoPlayer);
        return await ExamineAsync(guestHost, guest, portFinding, json).ConfigureAwait(false);
    }

    private static async Task<(PeerNode? Peer, Finding? Fault)> TryStartAsync(ActorSystem system, PeerSettings settings)
    {
        if (settings.DataFolder.Length == 0)
            return (null, Finding.Warning(PortCheck.Check, "not tested, because there is no data folder"));
        try
        {
            var peer = await PeerNode.StartAsync(
                system, settings, CommandContext.NoPlayer, remembersSongs: false).ConfigureAwait(false);
            return (peer, null);
        }
        catch (ListenException error)
        {
            return (null, Finding.Problem(PortCheck.Check, error.Message, "choose another port with --port, or stop the other program"));
        }
        catch (Exception error) when (error is IOException or LibraryIndexException)
        {
            return (null, Finding.Warning(
                PortCheck.Check, $"not tested: {error.Message}", "if this peer is running, type doctor in its console"));
        }
    }

    private static async Task<int> ExamineAsync(ActorHost host, PeerNode peer, Finding? portFinding, bool json)
    {
        try
        {
            var findings = await CommandContext.UntilSignalAsync(host, stop => ShowAsync(peer, portFinding, json, stop))
                .ConfigureAwait(false);
            return findings.Any(finding => finding.State == FindingState.Problem) ? ProgramRun.Failed : ProgramRun.Done;
        }
        finally
        {
            // The router must not keep forwarding the port.
            await peer.StopAsync().ConfigureAwait(false);
        }
    }

    private static async Task<IReadOnlyList<Finding>> ShowAsync(PeerNode peer, Finding? portFinding, bool json, CancellationToken stop)
    {
        var findings = new List<Finding>();
        await foreach (var finding in PeerChecks.Examine(peer, portFinding, isFresh: true).RunAsync(stop).ConfigureAwait(false))
        {
            findings.Add(finding);
            if (json)
                continue;
            foreach (var line in FindingText.Lines(finding, new Screen().WrapWidth))
                await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        if (json)
            await FindingJson.WriteAsync(ProgramOutput.OpenResults(), findings).ConfigureAwait(false);
        else
            await Console.Error.WriteLineAsync(FindingText.Summary(findings)).ConfigureAwait(false);
        return findings;
    }
}
