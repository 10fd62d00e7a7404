using Akka.Actor;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Terminal;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Commands;

/// <summary>The join command, which redeems an invitation. From then on, the tracker admits this peer by its key.</summary>
internal static class JoinCommand
{
    /// <summary>Joins the tracker that the invitation names, and remembers the tracker.</summary>
    /// <exception cref="CommandException">The text is not an invitation, or the tracker does not accept it.</exception>
    public static async Task<int> RunAsync(CommandContext run, string text)
    {
        var line = Parse(text);
        var settings = run.Settings;
        if (settings.Encryption == PeerEncryption.Off)
            throw new CommandException("joining by invitation requires TLS: set tsp.peer.encryption to prefer or require");
        if (settings.DataFolder.Length == 0)
            throw new CommandException("there is no data folder for this peer's key; choose one with --data");
        PeerFolder.Check(settings);
        var tracker = new TrackerAddress(line.Host, line.Port) { Security = new TrackerSecurity(TrackerSecurityKind.Pinned, line.KeyId) };
        await using var host = await run.StartHostAsync("tsp-join").ConfigureAwait(false);
        var link = PeerNode.StartJoining(host.System, settings with { Trackers = [tracker], AccessKey = new AccessKey(line.Code) });
        var name = await CommandContext.UntilSignalAsync(host, stop => WelcomedAsync(link, settings.Link.RequestTimeout, stop))
            .ConfigureAwait(false);
        await link.Ask<Left>(Leave.Instance, TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        new JoinedTrackers(Path.Combine(settings.DataFolder, DataFolder.JoinedName)).Add(line.Tracker);
        Console.Out.WriteLine($"joined {SafeText.Clean(name)} at {tracker}");
        if (!JoinedDefault.Applies(settings))
            await Console.Error.WriteLineAsync(
                $"your settings list other trackers (tsp.peer.trackers); to use this one, add \"{line.Tracker}\" to that list")
                .ConfigureAwait(false);
        return ProgramRun.Done;
    }

    private static InvitationLine Parse(string text)
    {
        try
        {
            return InvitationLine.Parse(text);
        }
        catch (FormatException error)
        {
            throw new CommandException(error.Message);
        }
    }

    /// <summary>
    /// Waits until the tracker has accepted this peer, and returns the tracker's name. Any reply to a request shows that the
    /// tracker has accepted the peer.
    /// </summary>
    /// <param name="link">The TrackerLinkActor.</param>
    /// <param name="deadline">How long a reply may take.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="CommandException">The tracker has not accepted this peer.</exception>
    public static async Task<string> WelcomedAsync(IActorRef link, TimeSpan deadline, CancellationToken cancellation)
    {
        var reply = await link.Ask<object>(new ListSongs("", 0, 1), deadline + deadline, cancellation).ConfigureAwait(false);
        return reply switch
        {
            TrackerUnavailable unavailable => throw new CommandException(unavailable.Reason),
            TrackerRefused { Error: var error } => throw new CommandException(error.Message, error.Code),
            _ => (await link.Ask<LinkStatus>(GetLinkStatus.Instance, deadline, cancellation).ConfigureAwait(false)).Detail,
        };
    }
}
