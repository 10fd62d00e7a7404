using System.Runtime.InteropServices;
using System.Threading.Channels;
using Akka.Actor;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Gateway;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Library;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Mpris;
using TspActors.Peer.Playlists;
using TspActors.Peer.Saving;
using TspActors.Peer.Serving;
using TspActors.Peer.Terminal;
using TspActors.Peer.Terminal.Commands;
using TspActors.Peer.Tracking;
using TspActors.Playback;
using TspActors.Transport;

namespace TspActors.Peer.Commands;

/// <summary>The commands that share music: serve and the console.</summary>
internal static class SharingCommands
{
    private static readonly TimeSpan ShareDeadline = TimeSpan.FromSeconds(15);

    /// <summary>Shares music until a signal stops the program, or the tracker link fails permanently.</summary>
    /// <param name="run">The command's context.</param>
    /// <param name="discovers">Whether to join the tracker on the local network if the settings list none.</param>
    public static async Task<int> ServeAsync(CommandContext run, bool discovers)
    {
        using var hangUp = new EarlyHangUp();
        if (discovers)
            run = await DiscoveredDefault.ChooseAsync(run).ConfigureAwait(false);
        RequireDataFolder(run.Settings);
        using var relief = HeapRelief.Start();
        await using var host = await run.StartHostAsync("tsp-peer").ConfigureAwait(false);
        var ended = host.WaitForSignalAsync();
        var events = PeerEvents.Subscribe(host.System);
        var peer = await PeerNode.StartAsync(
            host.System, run.Settings, CommandContext.NoPlayer, remembersSongs: false).ConfigureAwait(false);
        await peer.StartGatewayAsync(host.System, hasSpeaker: false).ConfigureAwait(false);
        await peer.StartMonitoringAsync().ConfigureAwait(false);
        var screen = new Screen();
        using var reload = new ConfigurationReload(run.Configuration, run.Reload, IsLive, Apply, screen.Note);
        using var renewal = OperatingSystem.IsWindows() || peer.Gateway is not { } gateway ? null : CheckCertificateOnSignal(gateway);
        if (hangUp.WasSent)
        {
            reload.Reload();
            peer.Gateway?.CheckCertificate();
        }

        var reporting = ReportAsync(events, screen);
        if (await Task.WhenAny(ReadyAsync(peer, screen), ended).ConfigureAwait(false) is Task<string> ready)
        {
            screen.Note(await ready.ConfigureAwait(false));
            DescribeHttp(peer, screen);
        }

        var first = await Task.WhenAny(ended, reporting, peer.PortLost).ConfigureAwait(false);
        await peer.StopAsync().ConfigureAwait(false);
        return first == reporting ? ProgramRun.Fail(await reporting.ConfigureAwait(false))
            : first == peer.PortLost ? ProgramRun.Fail($"{DescribePortLost(peer)}. Start the peer again")
            : ProgramRun.Done;

        // The --verbose option overrides the setting.
        bool IsLive(string key) => HostingLimit.IsKey(key) || HostingAccessReader.IsKey(key) || key == "tsp.peer.log-level" && !run.Verbose;

        void Apply(ProgramConfiguration configuration)
        {
            var settings = PeerSettingsReader.Read(configuration);
            peer.Hosting.Tell(new ConfigureLimits(settings.Hosting));
            peer.SetHostingAccess(settings.Hosting.Access);
            host.SetLogLevel(new LogSettings(run.Verbose, settings.LogFormat, settings.LogLevel).EffectiveLevel);
        }
    }

    // A program that has renewed the gateway's certificate may send SIGHUP, so that the gateway uses it at once.
    private static PosixSignalRegistration CheckCertificateOnSignal(GatewayServer gateway) =>
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            gateway.CheckCertificate();
        });

    // If the data folder were in the working directory, the peer would have a different identity in every directory it is started from.
    private static void RequireDataFolder(PeerSettings settings)
    {
        if (settings.DataFolder.Length > 0)
            return;
        throw new SettingsException(
        [
            new SettingsProblem(
                "default", "tsp.peer.data: there is no home folder to keep this peer's identity and library in",
                "choose a folder with --data, such as /var/lib/tsp-peer"),
        ]);
    }

    private static void RequireFreeInput(CommandContext run)
    {
        if (run.Settings.Live.Feeds.FirstOrDefault(feed => feed.Source is FeedSource.StandardInput) is not { } feed)
            return;
        throw new SettingsException(
        [
            new SettingsProblem(
                run.Configuration.OriginOf("tsp.peer.live.feeds").ToString(),
                $"the feed \"{feed.Name}\" reads standard input, which the console needs for its commands", "start the peer with 'serve'"),
        ]);
    }

    /// <summary>Shares music and runs the console.</summary>
    public static async Task<int> ConsoleAsync(CommandContext run, string audio)
    {
        RequireDataFolder(run.Settings);
        RequireFreeInput(run);
        var backend = AudioBackends.Resolve(audio, run.Settings.Listening.Audio);
        await using var host = await run.StartHostAsync("tsp-peer").ConfigureAwait(false);
        var events = PeerEvents.Subscribe(host.System);
        var peer = await PeerNode.StartAsync(
            host.System, run.Settings, run.PlayerFactory(backend), remembersSongs: true).ConfigureAwait(false);
        await peer.StartGatewayAsync(host.System, hasSpeaker: true).ConfigureAwait(false);
        await peer.StartMonitoringAsync().ConfigureAwait(false);
        var screen = new Screen();
        if (backend.Reason.Length > 0)
            screen.Note(CommandContext.Describe(backend));
        return await ConsoleAsync(run, host.WaitForSignalAsync(), peer, screen, events).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs the console of a started peer until the console closes or <paramref name="signal"/> completes, then stops the peer.
    /// </summary>
    public static async Task<int> ConsoleAsync(CommandContext run, Task signal, PeerNode peer, Screen screen, ChannelReader<object> events)
    {
        using var stop = new CancellationTokenSource();
        _ = signal.ContinueWith(_ => stop.CancelAsync(), TaskScheduler.Default);
        // If the terminal is closed, sharing and saving shut down cleanly, as with any other signal.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        var listening = run.Settings.Listening;
        var console = new ConsoleContext(
            peer, new CatalogClient(peer.TrackerLink, run.Settings.Link.RequestTimeout), screen, listening.MaxQueue, listening.SaveFolder)
        {
            SavePattern = SavePattern.Parse(listening.SavePattern),
            Pager = new Pager(screen, run.Settings.Pager, readsKeys: false),
        };
        if (console.Lists.Played is { } played)
            peer.StartInterfaceActor(PlayedSongsActor.Props(played, peer.Playback), "played-songs");
        MprisActor.StartFor(peer, stop.Cancel);
        DescribeHttp(peer, screen);
        _ = peer.PortLost.ContinueWith(_ => screen.Error($"{DescribePortLost(peer)}; restart the peer to share again"), TaskScheduler.Default);
        var ready = ReadyAsync(peer, screen);
        var allDone = await new ConsoleLoop(console, events).RunAsync(ready, stop.Token).ConfigureAwait(false);
        foreach (var left in await peer.StopSavesAsync().ConfigureAwait(false))
            screen.Note(Save.DescribePartial(left));
        await peer.StopAsync().ConfigureAwait(false);
        return allDone ? ProgramRun.Done : ProgramRun.Failed;
    }

    private static string DescribePortLost(PeerNode peer) =>
        $"the peer is no longer listening on {peer.Address}, so nobody can connect to hear its songs; the log may say why";

    private static void DescribeHttp(PeerNode peer, Screen screen)
    {
        if (peer.MonitoringAddress is { } monitoring)
            screen.Note($"health and metrics on http://{monitoring}");
        if (peer.Gateway is not { } gateway)
            return;
        foreach (var line in PeerGateway.Describe(gateway))
            screen.Note(line);
    }

    /// <summary>
    /// Waits until the music has been scanned, and then up to 15 s for the connected tracker, if any, to learn about the songs. Returns the
    /// ready message.
    /// </summary>
    public static async Task<string> ReadyAsync(PeerNode peer, Screen screen)
    {
        if (peer.IndexNotice is { } notice)
            screen.Note($"warning: {notice}");
        var report = await peer.Library.Ask<ScanReport>(GetScanReport.Instance, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        if (report.Failure is { } failure)
            screen.Note($"warning: could not scan the music folders: {failure}");
        foreach (var problem in report.Problems.Take(10))
            screen.Note($"warning: not shared: {problem}");
        if (report.Problems.Count > 10)
            screen.Note($"warning: not shared: {report.Problems.Count - 10} more");
        try
        {
            await peer.TrackerLink.Ask<LinkStatus>(AwaitShare.Instance, ShareDeadline).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            screen.Note("warning: the tracker has not accepted all songs yet");
        }

        // The tracker link has already sent the song ids to the library. Once the library replies, the songs can be requested by id.
        await peer.Library.Ask<ScanReport>(GetScanReport.Instance, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        peer.HasShared = true;
        return $"peer ready on {ListenAddress.Shown(peer.Address!, peer.Settings.ListensEverywhere)}, sharing {(report.Songs == 1 ? "1 song" : $"{report.Songs} songs")}";
    }

    // Returns the reason once the tracker link has failed permanently. After that, no requester can find this peer.
    private static async Task<string> ReportAsync(ChannelReader<object> events, Screen screen)
    {
        var scan = new ScanDisplay(screen);
        await foreach (var happened in events.ReadAllAsync().ConfigureAwait(false))
        {
            scan.Update(happened);
            if (happened is LinkStatus { Final: true } status)
                return $"{status.Tracker}: {status.Detail}";
            if (EventText.Describe(happened) is { } text)
                screen.Note(text);
        }

        return "the peer has stopped";
    }
}
