using System.Threading.Channels;
using Akka.Actor;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Terminal;
using TspActors.Peer.Tracking;
using TspActors.Playback;

namespace TspActors.Peer.Commands;

/// <summary>The commands that share music: serve, and the console.</summary>
internal static class SharingCommands
{
    private static readonly TimeSpan ShareDeadline = TimeSpan.FromSeconds(15);

    /// <summary>Shares until a signal ends it.</summary>
    public static async Task<int> ServeAsync(CommandRun run)
    {
        await using var host = await run.StartHostAsync("tsp-peer").ConfigureAwait(false);
        var ended = host.WaitForSignalAsync();
        var events = PeerEvents.Subscribe(host.System);
        var peer = await PeerNode.StartAsync(host.System, run.Settings, CommandRun.NoSpeakers, keepsCatalog: false).ConfigureAwait(false);
        var screen = new Screen();
        var telling = TellAsync(events, screen);
        if (await Task.WhenAny(ReadyAsync(peer, screen), ended).ConfigureAwait(false) is Task<string> ready)
            screen.Note(await ready.ConfigureAwait(false));
        var given = await Task.WhenAny(ended, telling).ConfigureAwait(false) == telling;
        await peer.StopAsync().ConfigureAwait(false);
        return given ? ProgramRun.Fail(await telling.ConfigureAwait(false)) : ProgramRun.Done;
    }

    /// <summary>Shares, and runs the console.</summary>
    public static async Task<int> ConsoleAsync(CommandRun run, string audio)
    {
        var backend = AudioBackends.Resolve(audio, run.Settings.Listening.Audio);
        await using var host = await run.StartHostAsync("tsp-peer").ConfigureAwait(false);
        var events = PeerEvents.Subscribe(host.System);
        var peer = await PeerNode.StartAsync(host.System, run.Settings, run.Speakers(backend), keepsCatalog: true).ConfigureAwait(false);
        var screen = new Screen();
        if (backend.Reason.Length > 0)
            screen.Note(backend.Reason);
        return await ConsoleAsync(run, host.WaitForSignalAsync(), peer, screen, events).ConfigureAwait(false);
    }

    /// <summary>Runs the console of a peer that is started until it is left or <paramref name="signal"/> ends, and stops the peer.</summary>
    public static async Task<int> ConsoleAsync(CommandRun run, Task signal, PeerNode peer, Screen screen, ChannelReader<object> events)
    {
        using var stop = new CancellationTokenSource();
        _ = signal.ContinueWith(_ => stop.CancelAsync(), TaskScheduler.Default);
        var listening = run.Settings.Listening;
        var actions = new ConsoleActions(
            peer, new CatalogClient(peer.TrackerLink, run.Settings.Link.RequestTimeout), screen, listening.MaxQueue, listening.SaveFolder);
        var ready = ReadyAsync(peer, screen);
        var allDone = await new ConsoleSession(peer, actions, screen, events).RunAsync(ready, stop.Token).ConfigureAwait(false);
        foreach (var left in await peer.StopSavesAsync().ConfigureAwait(false))
            screen.Note($"not complete: {left}; the same save goes on from there");
        await peer.StopAsync().ConfigureAwait(false);
        return allDone ? ProgramRun.Done : ProgramRun.Failed;
    }

    /// <summary>Returns the ready line when the music is scanned and the tracker, where there is one, knows of it.</summary>
    public static async Task<string> ReadyAsync(PeerNode peer, Screen screen)
    {
        if (peer.IndexNotice is { } notice)
            screen.Note($"warning: {notice}");
        var report = await peer.Library.Ask<ScanReport>(GetScanReport.Instance, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        if (report.Failure is { } failure)
            screen.Note($"warning: the music folders could not be scanned: {failure}");
        foreach (var problem in report.Problems.Take(10))
            screen.Note($"warning: not shared: {problem}");
        if (report.Problems.Count > 10)
            screen.Note($"warning: {report.Problems.Count - 10} more files are not shared");
        try
        {
            await peer.TrackerLink.Ask<LinkStatus>(AwaitShare.Instance, ShareDeadline).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            screen.Note("warning: the tracker has not taken all songs yet");
        }

        // The library was told the songs' ids before that; when it answers, it knows them, and whoever asks for a song by its id gets it.
        await peer.Library.Ask<ScanReport>(GetScanReport.Instance, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        return $"peer ready on {peer.Address}, sharing {report.Songs} songs";
    }

    // Returns when the tracker link has ended for good: a peer that nobody finds need not run on.
    private static async Task<string> TellAsync(ChannelReader<object> events, Screen screen)
    {
        var scan = new ScanDisplay(screen);
        await foreach (var happened in events.ReadAllAsync().ConfigureAwait(false))
        {
            scan.Take(happened);
            if (happened is LinkStatus { Final: true } status)
                return $"{status.Tracker}: {status.Detail}";
            if (ConsoleSession.Describe(happened) is { } text)
                screen.Note(text);
        }

        return "the peer has ended";
    }
}
