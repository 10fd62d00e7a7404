using System.Net.Sockets;
using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Reaching.Discovery;
using TspActors.Peer.Terminal;
using TspActors.Peer.Tracking;
using TspActors.Transport.Multicast;

namespace TspActors.Peer.Commands;

/// <summary>
/// Looks for a tracker on the local network if the settings contain only the default tracker, this peer has not joined any, and none is
/// running on this machine.
/// </summary>
/// <remarks>
/// Anyone on the network can announce anything, so the user must agree once, at the prompt or with --discover. The tracker is then
/// remembered with its key, and this class does not search again.
/// </remarks>
internal static class DiscoveredDefault
{
    // The maximum number of trackers to name, which keeps the error message short.
    private const int MaxNamed = 5;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Offers the user the trackers that were found, and returns the context with the tracker that the user chooses, if any.
    /// </summary>
    public static async Task<CommandContext> OfferAsync(CommandContext run)
    {
        var screen = new Screen();
        if (!screen.IsInteractive || !await IsNeededAsync(run.Settings).ConfigureAwait(false))
            return run;
        try
        {
            screen.Note("looking for a tracker on the local network");
            var found = await FindAsync(run.Settings, screen).ConfigureAwait(false);
            if (found.Count == 0)
                screen.Note("no tracker to join on the local network; use --tracker");
            else if (await AskAsync(new TrackerOffer(found), screen).ConfigureAwait(false) is { } tracker)
                return await JoinAsync(run, tracker, screen).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            screen.Note(error.Message);
        }

        return run;
    }

    // The question goes to standard output, like the prompt, because standard error may be redirected to a file.
    private static async Task<FoundTracker?> AskAsync(TrackerOffer offer, Screen screen)
    {
        foreach (var line in offer.Lines)
            screen.Result(SafeText.Clean(line));
        FoundTracker? chosen;
        string? reply;
        do
        {
            await Console.Out.WriteAsync(SafeText.Clean(offer.Question)).ConfigureAwait(false);
            await Console.Out.FlushAsync().ConfigureAwait(false);
            reply = await Task.Run(Console.In.ReadLine).ConfigureAwait(false);
        }
        while (!offer.TryRead(reply, out chosen));
        // If the input has ended, the cursor is still on the same line as the question.
        if (reply is null)
            screen.Result("");
        return chosen;
    }

    /// <summary>Returns the context with the only tracker on the local network.</summary>
    /// <exception cref="CommandException">There is no tracker, or there are several.</exception>
    public static async Task<CommandContext> ChooseAsync(CommandContext run)
    {
        if (!await IsNeededAsync(run.Settings).ConfigureAwait(false))
            return run;
        var screen = new Screen();
        var found = await FindAsync(run.Settings, screen).ConfigureAwait(false);
        return found switch
        {
            [] => throw new CommandException($"{DiscoverCommand.NothingFound}; give the address of a tracker with --tracker"),
            [var only] => await JoinAsync(run, only, screen).ConfigureAwait(false),
            _ => throw new CommandException(
                $"{found.Count} trackers found; choose one with --tracker: {string.Join(", ", found.Take(MaxNamed).Select(tracker => $"{tracker.Name} ({tracker.AddressText})"))}"),
        };
    }

    private static async Task<bool> IsNeededAsync(PeerSettings settings)
    {
        if (!JoinedDefault.Applies(settings))
            return false;
        using var client = new TcpClient();
        using var deadline = new CancellationTokenSource(ConnectTimeout);
        try
        {
            await client.ConnectAsync(settings.Trackers[0].Host, settings.Trackers[0].Port, deadline.Token).ConfigureAwait(false);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<List<FoundTracker>> FindAsync(PeerSettings settings, Screen screen)
    {
        var rules = Rules(settings, screen);
        var usable = new List<FoundTracker>();
        foreach (var tracker in await TrackerQuery.RunAsync(MulticastGroup.Mdns).ConfigureAwait(false))
        {
            if (rules.FindFault(tracker) is { } fault)
                screen.Note($"found: {tracker.Description}, not offered: {fault}");
            else
                usable.Add(tracker);
        }

        return usable;
    }

    private static async Task<CommandContext> JoinAsync(CommandContext run, FoundTracker tracker, Screen screen)
    {
        var settings = run.Settings with { Trackers = [Rules(run.Settings, screen).AddressOf(tracker)] };
        if (tracker.NeedsKey && settings.AccessKey is null)
            screen.Note("this tracker needs a key: set tsp.peer.access-key, or ask its owner for an invitation to use with 'peer join'");
        try
        {
            await RememberAsync(run with { Settings = settings }, tracker, screen).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CommandException or AskTimeoutException or IOException)
        {
            screen.Note($"could not remember this tracker: {error.Message}");
        }

        return run with { Settings = settings };
    }

    // A tracker is remembered only once it has proved that it has the announced key, and has accepted this peer. An announcement alone
    // proves nothing.
    private static async Task RememberAsync(CommandContext run, FoundTracker tracker, Screen screen)
    {
        var settings = run.Settings;
        if (tracker.Pinned is not { } pinned || settings.DataFolder.Length == 0 || settings.Encryption == PeerEncryption.Off)
            return;
        await using var host = await run.StartHostAsync("tsp-join").ConfigureAwait(false);
        var guest = PeerNode.StartGuest(host.System, settings, CommandContext.NoPlayer);
        var name = await CommandContext.UntilSignalAsync(
            host, stop => JoinCommand.WelcomedAsync(guest.TrackerLink, settings.Link.RequestTimeout, stop)).ConfigureAwait(false);
        await guest.StopAsync().ConfigureAwait(false);
        new JoinedTrackers(Path.Combine(settings.DataFolder, DataFolder.DiscoveredName)).Add(pinned);
        screen.Note($"joined {SafeText.Clean(name)} at {tracker.TrackerAddress}; this peer will use it from now on");
    }

    private static DiscoveryRules Rules(PeerSettings settings, Screen screen) => new(
        settings.Encryption,
        new TrackerKeys(settings.DataFolder.Length == 0 ? null : Path.Combine(settings.DataFolder, TrackerKeys.FileName), screen.Note));
}
