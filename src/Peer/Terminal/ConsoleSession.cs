using System.Threading.Channels;
using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Terminal;

/// <summary>The console: reads commands from a person or a pipe, runs them one after the other, and tells what happens meanwhile.</summary>
internal sealed class ConsoleSession(PeerNode peer, ConsoleActions actions, Screen screen, ChannelReader<object> events)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);
    // A large library takes long to be scanned for the first time; nobody has to wait for that before listening to others.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    private bool _failed;

    /// <summary>Runs until quit, the end of the input, or <paramref name="stop"/>. Commands are taken when the peer is ready, by a person after a while anyway.</summary>
    /// <param name="ready">Gives the ready line.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>True when every command could be done.</returns>
    public async Task<bool> RunAsync(Task<string> ready, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var telling = TellEventsAsync(ended.Token);
        var showing = ShowProgressAsync(ended.Token);
        try
        {
            await AwaitReadyAsync(ready, stop).ConfigureAwait(false);
            await foreach (var line in ReadLinesAsync().ReadAllAsync(stop).ConfigureAwait(false))
            {
                if (await RunAsync(line, stop).ConfigureAwait(false))
                    continue;
                await ReadAllEventsAsync(stop).ConfigureAwait(false);
                return !_failed;
            }

            // A pipe that has ended without quit: what plays is heard to its end, what is being saved is saved.
            await LetItEndAsync(stop).ConfigureAwait(false);
            await WaitUntilIdleAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Asked to end: nothing more is read.
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(telling, showing).ConfigureAwait(false);
            screen.ShowStatus(null);
            screen.ShowPrompt(null, 0);
        }

        return !_failed;
    }

    private async Task AwaitReadyAsync(Task<string> ready, CancellationToken stop)
    {
        var telling = NoteAsync();
        if (!screen.IsInteractive)
        {
            await telling.WaitAsync(stop).ConfigureAwait(false);
            return;
        }

        await Task.WhenAny(telling, Task.Delay(LongestSilence, stop)).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        screen.Note("help lists the commands");

        async Task NoteAsync() => screen.Note(await ready.ConfigureAwait(false));
    }

    private async Task<bool> RunAsync(string line, CancellationToken stop)
    {
        try
        {
            return ConsoleCommand.Parse(line) is not { } command || await actions.RunAsync(command, stop).ConfigureAwait(false);
        }
        catch (CommandException error)
        {
            screen.Error(error.Message);
        }
        catch (AskTimeoutException)
        {
            screen.Error("the peer did not answer in time; try again");
        }

        _failed = true;
        return true;
    }

    // Reading blocks, so it has a thread of its own; it dies with the process.
    private ChannelReader<string> ReadLinesAsync()
    {
        var lines = Channel.CreateBounded<string>(1);
        new Thread(() => Read(lines.Writer)) { IsBackground = true, Name = "console input" }.Start();
        return lines.Reader;
    }

    private void Read(ChannelWriter<string> lines)
    {
        try
        {
            var keys = screen.IsInteractive ? new KeyReader(peer, screen) : null;
            while ((keys is not null ? keys.ReadLine() : Console.In.ReadLine()) is { } line)
                lines.WriteAsync(line).AsTask().Wait();
            lines.TryComplete();
        }
        catch (IOException error)
        {
            lines.TryComplete(error);
        }
    }

    // In a pipe there is no now-playing line, but what is being saved is told now and then.
    private async Task ShowProgressAsync(CancellationToken stop)
    {
        var saves = new SaveDisplay(screen, TimeProvider.System);
        using var timer = new PeriodicTimer(StatusInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                var status = await peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline, stop).ConfigureAwait(false);
                screen.ShowStatus(NowPlaying.Line(status, Screen.Width - 1));
                saves.Take(await peer.Saving.Ask<SavesStatus>(GetSaves.Instance, ReplyDeadline, stop).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException)
        {
            // The console has ended.
        }
    }

    private async Task TellEventsAsync(CancellationToken stop)
    {
        var scan = new ScanDisplay(screen);
        try
        {
            await foreach (var happened in events.ReadAllAsync(stop).ConfigureAwait(false))
            {
                if (happened is EventMark mark)
                    mark.Reached.TrySetResult();
                scan.Take(happened);
                if (Describe(happened) is { } text)
                    screen.Note(text);
                if (happened is SongOver { Failure: not null } or SaveOver { Failure: not null })
                    _failed = true;
            }
        }
        catch (OperationCanceledException)
        {
            // The console has ended.
        }
    }

    /// <summary>What people are told of an event; null when it is no news.</summary>
    public static string? Describe(object happened) => happened switch
    {
        LinkStatus { Final: true } status => $"not connected to {status.Tracker}: {status.Detail}",
        LinkStatus { Connected: true } status => $"connected to {status.Detail} at {status.Tracker}",
        LinkStatus status => $"no tracker at {status.Tracker}: {status.Detail}; trying again",
        RefusalNotice notice => $"warning: the tracker at {notice.Tracker} refuses this peer: {notice.Reason}; others are tried",
        PortNotice { IsReachable: true } notice => $"others can connect to {notice.Port} now",
        PortNotice notice => $"warning: others cannot hear your songs, as the tracker could not connect to {notice.Port}: forward that port in your router and open it in the "
            + "firewall, or choose another one with --port; you can listen all the same",
        LibraryNotice notice => notice.Text,
        PlaybackNotice notice => notice.Text,
        SongHeard heard => QueueCommands.Playing(heard.Song, heard.Host),
        SongOver { Failure: not null, Answered: true } => null,
        SongOver { Failure: { } failure } => $"stopped: {failure}",
        SongOver { Song: { } song } => $"ended: {SongText.Name(song)}",
        SaveOver { Failure: { } failure } => $"not saved: {failure}",
        SaveOver { Path: { } path } => $"saved: {path}, verified",
        _ => null,
    };

    // Nobody is left who could resume what is paused, or take back what repeats.
    private async Task LetItEndAsync(CancellationToken stop)
    {
        var status = await peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline, stop).ConfigureAwait(false);
        if (status.Repeat != RepeatMode.Off)
        {
            screen.Note("the input has ended: nothing is repeated any more");
            await peer.Playback.Ask<PlaybackDone>(new ChangeQueue(QueueChange.RepeatOff), ReplyDeadline, stop).ConfigureAwait(false);
        }

        if (status.Paused)
        {
            screen.Note("the input has ended: what was paused goes on");
            await peer.Playback.Ask(new SetPaused(false), ReplyDeadline, stop).ConfigureAwait(false);
        }
    }

    private async Task WaitUntilIdleAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(StatusInterval);
        do
        {
            var status = await peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline, stop).ConfigureAwait(false);
            var saves = await peer.Saving.Ask<SavesStatus>(GetSaves.Instance, ReplyDeadline, stop).ConfigureAwait(false);
            if (status.IsIdle && saves.IsIdle)
            {
                await ReadAllEventsAsync(stop).ConfigureAwait(false);
                return;
            }
        }
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
    }

    // How the last song ended, say, is still on its way.
    private async Task ReadAllEventsAsync(CancellationToken stop)
    {
        var mark = new EventMark(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        peer.Playback.Tell(mark);
        await mark.Reached.Task.WaitAsync(ReplyDeadline, stop).ConfigureAwait(false);
    }
}
