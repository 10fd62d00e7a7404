using System.Runtime.InteropServices;
using System.Threading.Channels;
using Akka.Actor;
using TspActors.Media.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Playlists;
using TspActors.Peer.Saving;
using TspActors.Peer.Terminal.Commands;
using TspActors.Playback;

namespace TspActors.Peer.Terminal;

/// <summary>The console: reads commands from a keyboard or a pipe, runs them one at a time, and prints the peer's events.</summary>
internal sealed class ConsoleLoop(ConsoleContext console, ChannelReader<object> events)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);

    // The first scan of a large library takes a long time. The prompt does not wait for it, because the user can already listen to
    // other peers' songs.
    private static readonly TimeSpan PromptDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReplyDeadline = ConsoleContext.ReplyDeadline;

    private readonly PeerNode _peer = console.Peer;
    private readonly Screen _screen = console.Screen;
    private readonly LastQueue _lastQueue = new(console);
    private volatile CancellationTokenSource? _running;
    private bool _failed;

    /// <summary>
    /// Runs until the quit command, the end of the input, or <paramref name="stop"/>. The console reads commands once the peer is ready.
    /// On a terminal, the prompt appears after a few seconds even if the peer is not ready yet.
    /// </summary>
    /// <param name="ready">Completes when the peer is ready, with the line to print.</param>
    /// <param name="stop">Closes the console.</param>
    /// <returns>False if a command, a song or a save failed, and no user at a terminal has seen the error.</returns>
    public async Task<bool> RunAsync(Task<string> ready, CancellationToken stop)
    {
        using var resizing = _screen.IsInteractive ? OnResize() : null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reporting = ReportEventsAsync(ended.Token);
        var showing = ShowProgressAsync(ended.Token);
        var restoring = RestoreQueueAsync(ready, ended.Token);
        try
        {
            await AwaitReadyAsync(ready, stop).ConfigureAwait(false);
            await foreach (var line in ReadLinesAsync().ReadAllAsync(stop).ConfigureAwait(false))
            {
                if (await RunAsync(line, stop).ConfigureAwait(false))
                    continue;
                await ReadAllEventsAsync(stop).ConfigureAwait(false);
                return _screen.IsInteractive || !_failed;
            }

            // Piped input may end without a quit command. In that case, the queue plays to its end, and the saves complete.
            await EndPlaybackAsync(stop).ConfigureAwait(false);
            await WaitUntilIdleAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The program is shutting down.
        }
        finally
        {
            // From here on, Ctrl+C aborts a shutdown that takes too long.
            if (_screen.IsInteractive)
                Console.TreatControlCAsInput = false;
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reporting, showing, restoring).ConfigureAwait(false);
            await _lastQueue.KeepAsync().ConfigureAwait(false);
            _screen.ShowStatus(null);
            _screen.ShowPrompt(null, 0);
        }

        return _screen.IsInteractive || !_failed;
    }

    private PosixSignalRegistration? OnResize() => OperatingSystem.IsWindows()
        ? null
        : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _screen.Resize());

    private async Task AwaitReadyAsync(Task<string> ready, CancellationToken stop)
    {
        var readyNote = NoteAsync();
        if (!_screen.IsInteractive)
        {
            await readyNote.WaitAsync(stop).ConfigureAwait(false);
            await _lastQueue.Tried.WaitAsync(stop).ConfigureAwait(false);
            return;
        }

        await Task.WhenAny(readyNote, Task.Delay(PromptDelay, stop)).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        _screen.Note("type \"help\" to list the commands");

        async Task NoteAsync() => _screen.Note(await ready.ConfigureAwait(false));
    }

    private async Task RestoreQueueAsync(Task ready, CancellationToken stop)
    {
        try
        {
            await ready.WaitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The console has closed.
            return;
        }

        await _lastQueue.RestoreAsync(stop).ConfigureAwait(false);
    }

    // Returns false after a command that closes the console.
    private async Task<bool> RunAsync(string line, CancellationToken stop)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _running = running;
        try
        {
            if (ConsoleCommands.Parse(line) is not { } typed)
                return true;
            await typed.Command.RunAsync(console, typed.Argument, running.Token).ConfigureAwait(false);
            return !typed.Command.EndsConsole;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _screen.Note("cancelled");
            return true;
        }
        catch (CommandException error)
        {
            _screen.Error(error.Message);
        }
        catch (AskTimeoutException)
        {
            _screen.Error("the peer did not reply in time; try again");
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or LibraryIndexException or AudioBackendException)
        {
            // A full disk or a missing sound device, for example, must not stop the music or the sharing.
            _screen.Error(SafeText.Clean(error.Message));
        }
        finally
        {
            _running = null;
        }

        _failed = true;
        return true;
    }

    // For Ctrl+C. Returns false if no command is running.
    private bool Interrupt()
    {
        try
        {
            _running?.Cancel();
            return _running is not null;
        }
        catch (ObjectDisposedException)
        {
            // The command has just ended.
            return false;
        }
    }

    // Reading from the input can block, so a separate background thread does it. That thread ends with the process.
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
            var keys = _screen.IsInteractive ? new KeyReader(_peer, _screen, console.Pager, Interrupt) : null;
            while ((keys is not null ? keys.ReadLine() : Console.In.ReadLine()) is { } line)
                lines.WriteAsync(line).AsTask().Wait();
            lines.TryComplete();
        }
        catch (IOException error)
        {
            lines.TryComplete(error);
        }
    }

    // Without a terminal, there is no now-playing line, but the progress of saves is printed every few seconds.
    private async Task ShowProgressAsync(CancellationToken stop)
    {
        var saves = new SaveDisplay(_screen, TimeProvider.System);
        using var timer = new PeriodicTimer(StatusInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                var status = await _peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline, stop).ConfigureAwait(false);
                _screen.ShowStatus(NowPlaying.Line(status, Screen.Width - 1));
                saves.Update(await _peer.Saving.Ask<SavesStatus>(GetSaves.Instance, ReplyDeadline, stop).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException)
        {
            // The console has closed.
        }
    }

    private async Task ReportEventsAsync(CancellationToken stop)
    {
        var scan = new ScanDisplay(_screen);
        try
        {
            await foreach (var happened in events.ReadAllAsync(stop).ConfigureAwait(false))
            {
                if (happened is EventMark mark)
                    mark.Reached.TrySetResult();
                scan.Update(happened);
                if (EventText.Describe(happened) is { } text)
                    _screen.Note(text);
                if (happened is SongOver { Failure: not null } or SaveOver { Failure: not null, IsCancelled: false })
                    _failed = true;
            }
        }
        catch (OperationCanceledException)
        {
            // The console has closed.
        }
    }

    // After the end of the input, no command can resume the song or turn repeat off.
    private async Task EndPlaybackAsync(CancellationToken stop)
    {
        var status = await _peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline, stop).ConfigureAwait(false);
        if (status.Repeat != RepeatMode.Off)
        {
            _screen.Note("end of input: turning repeat off");
            await _peer.Playback.Ask<PlaybackDone>(new ChangeQueue(QueueChange.RepeatOff), ReplyDeadline, stop).ConfigureAwait(false);
        }

        if (status.Paused)
        {
            _screen.Note("end of input: resuming the paused song");
            await _peer.Playback.Ask(new SetPaused(false), ReplyDeadline, stop).ConfigureAwait(false);
        }
    }

    private async Task WaitUntilIdleAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(StatusInterval);
        do
        {
            var status = await _peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline, stop).ConfigureAwait(false);
            var saves = await _peer.Saving.Ask<SavesStatus>(GetSaves.Instance, ReplyDeadline, stop).ConfigureAwait(false);
            var recordings = await _peer.Recordings.Ask<RecordingsStatus>(GetRecordings.Instance, ReplyDeadline, stop)
                .ConfigureAwait(false);
            if (status.IsIdle && saves.IsIdle && recordings.Running.Count == 0)
            {
                await ReadAllEventsAsync(stop).ConfigureAwait(false);
                return;
            }
        }
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
    }

    // Events, such as the end of the last song, may still be on their way.
    private async Task ReadAllEventsAsync(CancellationToken stop)
    {
        var mark = new EventMark(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _peer.Playback.Tell(mark);
        await mark.Reached.Task.WaitAsync(ReplyDeadline, stop).ConfigureAwait(false);
    }
}
