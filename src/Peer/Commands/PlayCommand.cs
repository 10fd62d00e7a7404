using Akka.Actor;
using Microsoft.Win32.SafeHandles;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Listening;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Mpris;
using TspActors.Peer.Saving;
using TspActors.Peer.Terminal;
using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Commands;

/// <summary>The play command, which plays one song or saves it.</summary>
internal static class PlayCommand
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Plays a song and returns when it has ended.</summary>
    public static async Task<int> PlayAsync(CommandContext run, string idOrText, string audio, bool fullSpeed)
    {
        var backend = AudioBackends.Resolve(audio, run.Settings.Listening.Audio);
        var screen = new Screen();
        if (backend.Reason.Length > 0)
            screen.Note(CommandContext.Describe(backend));
        // A file accepts audio faster than a host sends it in real time, so the buffer would run dry. The song is therefore fetched at full
        // speed, except with a crossfade: the file itself is then written in real time.
        var isAhead = backend.IsFile && run.Settings.Listening.Crossfade == TimeSpan.Zero;
        return await RunAsync(run, idOrText, screen, run.PlayerFactory(backend), (peer, song, quit) =>
        {
            MprisActor.StartFor(peer, quit);
            peer.Playback.Tell(new PlayNow(song.Id, fullSpeed || (isAhead && !song.Live) ? Pace.Full : Pace.Realtime));
            return Task.FromResult<Func<Task>>(async () =>
            {
                var status = await peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline).ConfigureAwait(false);
                screen.ShowStatus(NowPlaying.Line(status, Screen.Width - 1));
            });
        }).ConfigureAwait(false);
    }

    /// <summary>Writes a song's payload to a file, or to standard output. A live feed is recorded as a listener would hear it.</summary>
    /// <param name="run">The command's context.</param>
    /// <param name="idOrText">The song.</param>
    /// <param name="file">The path; - = standard output.</param>
    /// <param name="fullSpeed">Whether to fetch a song as fast as possible even for a device or a pipe.</param>
    /// <param name="duration">How much of a live feed to write; null = everything until the command is stopped.</param>
    public static async Task<int> SaveAsync(CommandContext run, string idOrText, string file, bool fullSpeed, TimeSpan? duration)
    {
        var screen = new Screen();
        await using var stream = OpenStream(file);
        return await RunAsync(run, idOrText, screen, CommandContext.NoPlayer, async (peer, song, _) =>
        {
            if (song.Live)
            {
                var target = stream is null ? RecordingFile.Create(file) : new RecordingTarget(stream, null, null);
                await peer.Recordings.Ask<SaveAccepted>(new RecordFeed(song, target, duration), ReplyDeadline).ConfigureAwait(false);
                return () => Task.CompletedTask;
            }

            if (duration is not null)
                throw new CommandException($"song {song.Id} is not a live feed, so it has a duration of its own; leave out --duration");
            ISongSink sink = stream is null ? FileSink.Create(file) : new PipeSink(stream);
            var saves = new SaveDisplay(screen, TimeProvider.System);
            // The program at the other end of a pipe may be playing the song, so real time is the default.
            await peer.Saving.Ask<SaveAccepted>(
                new FetchInto(song.Id, sink, fullSpeed || stream is null ? Pace.Full : Pace.Realtime), ReplyDeadline).ConfigureAwait(false);
            return async () => saves.Update(await peer.Saving.Ask<SavesStatus>(GetSaves.Instance, ReplyDeadline).ConfigureAwait(false));
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Opens a target that accepts bytes only in order: standard output, a device or a pipe. Returns null for any other path.
    /// </summary>
    private static Stream? OpenStream(string file)
    {
        if (file == "-" && ProgramOutput.IsOutputClosed)
            throw new IOException("could not write to standard output: it is closed");
        // Console.OpenStandardOutput does not report a closed pipe, so the song would seem to have been written.
        if (file == "-")
            return OperatingSystem.IsWindows()
                ? Console.OpenStandardOutput()
                : new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, 0);
        if (!SpecialFile.IsAt(file))
            return null;
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"no permission to write to {file}", error);
        }
    }

    private static async Task<int> RunAsync(
        CommandContext run, string idOrText, Screen screen, Func<AudioPipeline> speakers,
        Func<PeerNode, Song, Action, Task<Func<Task>>> begin)
    {
        await using var host = await run.StartHostAsync("tsp-guest").ConfigureAwait(false);
        using var stop = CommandContext.StopOnSignal(host);
        var events = PeerEvents.Subscribe(host.System);
        var peer = await PeerNode.StartListenerAsync(host.System, run.Settings, speakers).ConfigureAwait(false);
        var catalog = new CatalogClient(peer.TrackerLink, run.Settings.Link.RequestTimeout);
        var isDone = false;
        try
        {
            var (song, matches) = await catalog.FindAsync(idOrText, stop.Token).ConfigureAwait(false);
            if (matches > 1)
                screen.Note($"{matches} songs match; song {song.Id} matches best");
            var show = await begin(peer, song, stop.Cancel).ConfigureAwait(false);
            screen.Note($"{song.Id}: {SongText.Name(song)} ({SongText.Duration(song)})");
            using var shown = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            var showing = ShowAsync(show, shown.Token);
            try
            {
                isDone = await WaitAsync(events, screen, stop.Token).ConfigureAwait(false);
            }
            finally
            {
                await shown.CancelAsync().ConfigureAwait(false);
                await showing.ConfigureAwait(false);
                screen.ShowStatus(null);
                screen.ShowProgress(null);
            }
        }
        catch (OperationCanceledException)
        {
            screen.Note("stopped");
            await peer.StopRecordingsAsync().ConfigureAwait(false);
            isDone = await WasRecordedAsync(peer, events, screen).ConfigureAwait(false);
        }

        foreach (var left in await peer.StopSavesAsync().ConfigureAwait(false))
            screen.Note(Save.DescribePartial(left));
        await peer.StopAsync().ConfigureAwait(false);
        return isDone ? ProgramRun.Done : ProgramRun.Failed;
    }

    // Stopping the command is the normal way to end a recording, so whatever has been recorded by then counts as complete.
    private static async Task<bool> WasRecordedAsync(PeerNode peer, System.Threading.Channels.ChannelReader<object> events, Screen screen)
    {
        // The SaveOver may still be on its way. It arrives before the mark.
        var mark = new EventMark(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        peer.Playback.Tell(mark);
        using var patience = new CancellationTokenSource(ReplyDeadline);
        var isDone = false;
        try
        {
            await foreach (var happened in events.ReadAllAsync(patience.Token).ConfigureAwait(false))
            {
                if (ReferenceEquals(happened, mark))
                    break;
                if (happened is not SaveOver { Song.Live: true } over)
                    continue;
                isDone = over.Failure is null;
                if (over.Failure is { } failure)
                    screen.Error(failure);
            }
        }
        catch (OperationCanceledException)
        {
            screen.Error("it is not known whether the recording is complete, because the peer did not reply");
        }

        return isDone;
    }

    private static async Task<bool> WaitAsync(System.Threading.Channels.ChannelReader<object> events, Screen screen, CancellationToken stop)
    {
        await foreach (var happened in events.ReadAllAsync(stop).ConfigureAwait(false))
        {
            if (happened is SongOver { Failure: { } notHeard })
                throw new CommandException(notHeard);
            if (happened is SaveOver { Failure: { } notSaved })
                throw new CommandException(notSaved);
            if (happened is SongOver or SaveOver)
            {
                // Unverified bytes are never played or saved, but users like to see the confirmation.
                screen.Note(happened is SongOver { Song.Live: true } ? "the feed has ended"
                    : happened is SaveOver { Song.Live: true } ? "verified: every chunk is signed by the feed's source"
                    : "verified: every byte matches the song");
                return true;
            }

            if (happened is PlaybackNotice or TitleHeard && EventText.Describe(happened) is { } text)
                screen.Note(text);
        }

        return false;
    }

    private static async Task ShowAsync(Func<Task> show, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(StatusInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
                await show().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The song has ended, or a signal has stopped the command.
        }
    }
}
