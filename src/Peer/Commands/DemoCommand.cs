using System.Net;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Gateway;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Live;
using TspActors.Peer.Terminal;
using TspActors.Peer.Tracking;
using TspActors.Playback;
using TspActors.Tracker;
using TspActors.Tracker.Discovery;

namespace TspActors.Peer.Commands;

/// <summary>The demo: a tracker, two peers that share the bundled music, and a console, all in this process and on loopback.</summary>
internal static class DemoCommand
{
    /// <summary>Runs the demo until the console closes or a signal arrives.</summary>
    public static async Task<int> RunAsync(CommandContext run, string audio)
    {
        var backend = AudioBackends.Resolve(audio, run.Settings.Listening.Audio);
        var screen = new Screen();
        if (backend.Reason.Length > 0)
            screen.Note(CommandContext.Describe(backend));
        var data = Directory.CreateTempSubdirectory("tsp-demo-");
        try
        {
            return await RunAsync(run, backend, screen, data.FullName).ConfigureAwait(false);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(CommandContext run, AudioBackend backend, Screen screen, string data)
    {
        // None of the actor hosts below lives for the whole run, so the signals are handled here.
        using var signals = new ExitSignals();
        await using var trackerHost = await run.StartHostAsync("tsp-tracker").ConfigureAwait(false);
        var tracker = await TrackerNode.StartAsync(
            trackerHost.System,
            new TrackerSettings
            {
                Name = "demo tracker",
                Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
                Mdns = new MdnsSettings { Enabled = true },
            }).ConfigureAwait(false);

        await using var aliceHost = await run.StartHostAsync("tsp-alice").ConfigureAwait(false);
        var alice = await PeerNode.StartAsync(
            aliceHost.System, Settings("alice"), CommandContext.NoPlayer, remembersSongs: false).ConfigureAwait(false);
        // Bob starts after Alice is ready, so that the songs get the same ids in every run.
        await SharingCommands.ReadyAsync(alice, screen).ConfigureAwait(false);
        await using var bobHost = await run.StartHostAsync("tsp-bob").ConfigureAwait(false);
        var bob = await PeerNode.StartAsync(
            bobHost.System, Settings("bob"), CommandContext.NoPlayer, remembersSongs: false).ConfigureAwait(false);
        await SharingCommands.ReadyAsync(bob, screen).ConfigureAwait(false);

        await using var host = await run.StartHostAsync("tsp-peer").ConfigureAwait(false);
        var events = PeerEvents.Subscribe(host.System);
        var you = await PeerNode.StartAsync(
            host.System, Settings("you") with { Music = [], Http = run.Settings.Http }, run.PlayerFactory(backend), remembersSongs: true).ConfigureAwait(false);
        await you.StartGatewayAsync(host.System, hasSpeaker: true).ConfigureAwait(false);
        screen.Note("a tracker and two peers, alice and bob, are running in this process; try: list, then play 1");
        var code = await SharingCommands.ConsoleAsync(run, signals.Requested, you, screen, events).ConfigureAwait(false);
        await Task.WhenAll(alice.StopAsync(), bob.StopAsync()).ConfigureAwait(false);
        await tracker.StopAsync().ConfigureAwait(false);
        return code;

        // The demo ignores the user's music, limits and live feeds. Otherwise, each of the three peers would start every feed.
        PeerSettings Settings(string name) => run.Settings with
        {
            Name = name,
            Trackers = [new TrackerAddress(tracker.Address.Address.ToString(), tracker.Address.Port)],
            Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
            Music = [Path.Combine(AppContext.BaseDirectory, "Demo", "music", name)],
            DataFolder = Path.Combine(data, name),
            AccessKey = null,
            AdvertisedAddress = "",
            Library = new LibrarySettings(),
            Hosting = new HostingSettings(),
            Live = new LiveSettings(),
            Relay = run.Settings.Relay with { Enabled = false },
            Http = new GatewaySettings(),
        };
    }
}
