using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>The console's commands about what is played and what comes next: play, queue, repeat.</summary>
internal sealed class QueueCommands(PeerNode peer, CatalogClient catalog, Screen screen, int maxQueue)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    /// <summary>What people are told of a song that begins.</summary>
    public static string Playing(Song song, Host host) => $"playing {SongText.Name(song)} ({SongText.Duration(song)}) from {host.Name}";

    /// <summary>Plays one song or several, at once.</summary>
    /// <exception cref="CommandException">There is none, or the first cannot be played.</exception>
    public async Task PlayAsync(string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
            throw new CommandException("play what? play <id>, play <text>, or play all <text>");
        var (songs, matches) = await catalog.FindSeveralAsync(argument, maxQueue, cancellation).ConfigureAwait(false);
        if (songs.Count == 1 && matches > 1)
            screen.Note($"{matches} songs fit; the best one is played (all of them: play all {argument})");
        // It is answered in any case: tracker, hosts and waiting for busy ones have deadlines of their own, all in all many minutes.
        var asked = peer.Playback.Ask(new PlayNow([.. songs.Select(Queued)]), Timeout.InfiniteTimeSpan, cancellation);
        if (screen.IsInteractive && await Task.WhenAny(asked, Task.Delay(Patience, cancellation)).ConfigureAwait(false) != asked)
        {
            // A person may want something else meanwhile; the events tell how it goes on.
            screen.Note("looking for a host; stop gives up");
            _ = TellLateAsync(asked);
            return;
        }

        var reply = await asked.ConfigureAwait(false);
        if (reply is not PlaybackStarted)
            throw new CommandException((reply as PlaybackRefused)?.Reason ?? "it could not be played");
        if (songs.Count > 1)
            screen.Note($"{songs.Count} songs are to be played");
    }

    /// <summary>Shows the queue, or puts songs behind it.</summary>
    /// <exception cref="CommandException">There is no such song, or no room.</exception>
    public async Task QueueAsync(string argument, CancellationToken cancellation)
    {
        if (argument.Length > 0)
        {
            var (songs, matches) = await catalog.FindSeveralAsync(argument, maxQueue, cancellation).ConfigureAwait(false);
            if (songs.Count == 1 && matches > 1)
                screen.Note($"{matches} songs fit; the best one is queued (all of them: queue all {argument})");
            var reply = await peer.Playback.Ask(new Enqueue([.. songs.Select(Queued)]), ReplyDeadline, cancellation).ConfigureAwait(false);
            if (reply is PlaybackRefused refused)
                throw new CommandException(refused.Reason);
            screen.Note(songs.Count == 1 ? $"queued {SongText.Name(songs[0])}" : $"queued {songs.Count} songs");
            return;
        }

        var status = await AskStatusAsync().ConfigureAwait(false);
        foreach (var song in status.Queue)
        {
            var line = $"{song.Id,6}  {song.Title}";
            screen.Result(screen.IsTerminal ? Cells.Cut(line, Screen.Width - 1) : line);
        }

        if (status.Queue.Count == 0)
            screen.Note("the queue is empty");
        if (status.Repeat != RepeatMode.Off)
            screen.Note($"repeat {Text(status.Repeat)}");
    }

    /// <summary>Shows what is repeated, or changes it.</summary>
    /// <exception cref="CommandException">There is no such way to repeat.</exception>
    public async Task RepeatAsync(string argument)
    {
        if (argument.Length > 0)
        {
            await peer.Playback.Ask<PlaybackDone>(new ChangeQueue(argument.ToLowerInvariant() switch
            {
                "off" => QueueChange.RepeatOff,
                "one" => QueueChange.RepeatOne,
                "all" => QueueChange.RepeatAll,
                _ => throw new CommandException("repeat what? repeat off, repeat one (this song) or repeat all (the queue)"),
            }), ReplyDeadline).ConfigureAwait(false);
        }

        screen.Note($"repeat {Text((await AskStatusAsync().ConfigureAwait(false)).Repeat)}");
    }

    /// <summary>off, one or all.</summary>
    public static string Text(RepeatMode repeat) => repeat switch
    {
        RepeatMode.One => "one",
        RepeatMode.All => "all",
        _ => "off",
    };

    private async Task TellLateAsync(Task<object> asked)
    {
        try
        {
            if (await asked.ConfigureAwait(false) is PlaybackRefused { Withdrawn: false } refused)
                screen.Error(refused.Reason);
        }
        catch (OperationCanceledException)
        {
            // The console has ended.
        }
    }

    private static QueuedSong Queued(Song song) => new(song.Id, SongText.Name(song));

    private Task<PlaybackStatus> AskStatusAsync() => peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline);
}
