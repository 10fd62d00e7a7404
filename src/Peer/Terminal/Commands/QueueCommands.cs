using Akka.Actor;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Shows the queue, or adds songs to its end.</summary>
internal sealed class QueueCommand() : ConsoleCommand(
    "queue", "queue [ids|text]", "songs that play next; with ids or a text, add songs; queue all [text]: every song that matches")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        argument.Length > 0 ? AddAsync(console, argument, cancellation) : ShowAsync(console);

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

    private static async Task AddAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var screen = console.Screen;
        var (songs, matches) = await console.Catalog.FindSeveralAsync(argument, console.MaxQueue, cancellation).ConfigureAwait(false);
        if (songs.Count == 1 && matches > 1)
            screen.Note($"{matches} songs match; queueing the best match (queue all {argument} queues them all)");
        var order = new Enqueue([.. songs.Select(SongText.ToQueued)]);
        var reply = await console.Peer.Playback.Ask(order, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        if (reply is PlaybackRefused refused)
            throw new CommandException(refused.Reason);
        screen.Note(songs.Count == 1 ? $"queued {SongText.Name(songs[0])}" : $"queued {songs.Count} songs");
    }

    private static async Task ShowAsync(ConsoleContext console)
    {
        var screen = console.Screen;
        var status = await console.GetPlaybackAsync().ConfigureAwait(false);
        foreach (var song in status.Queue)
        {
            var line = $"{song.Id,6}  {song.Title}";
            screen.Result(screen.IsTerminal ? Cells.Cut(line, Screen.Width - 1) : line);
        }

        if (status.Queue.Count == 0)
            screen.Note("the queue is empty");
        if (status.Repeat != RepeatMode.Off)
            screen.Note($"repeat {RepeatCommand.Describe(status.Repeat)}");
    }
}

/// <summary>Skips to the next song in the queue.</summary>
internal sealed class NextCommand() : ConsoleCommand("next", "next", "skip to the next song in the queue")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        console.ControlPlaybackAsync(NextSong.Instance, "next");
}

/// <summary>Empties the queue; the current song keeps playing.</summary>
internal sealed class ClearCommand() : ConsoleCommand("clear", "clear", "empty the queue; the current song keeps playing")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        console.ControlPlaybackAsync(new ChangeQueue(QueueChange.Clear), "the queue is empty");
}

/// <summary>Shuffles the queue.</summary>
internal sealed class ShuffleCommand() : ConsoleCommand("shuffle", "shuffle", "shuffle the queue")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        console.ControlPlaybackAsync(new ChangeQueue(QueueChange.Shuffle), "the queue is shuffled");
}

/// <summary>Shows the repeat mode, or changes it.</summary>
internal sealed class RepeatCommand() : ConsoleCommand("repeat", "repeat [off|one|all]", "repeat the song, or the whole queue")
{
    private static readonly string[] Names = ["off", "one", "all"];

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length > 0)
            await console.Peer.Playback.Ask<PlaybackDone>(
                new ChangeQueue(Parse(argument)), ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        console.Screen.Note($"repeat {Describe((await console.GetPlaybackAsync().ConfigureAwait(false)).Repeat)}");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromWords(typed, Names);

    /// <summary>Returns the word that the user types for the mode.</summary>
    public static string Describe(RepeatMode repeat) => repeat switch
    {
        RepeatMode.One => "one",
        RepeatMode.All => "all",
        _ => "off",
    };

    private static QueueChange Parse(string argument) => argument.ToLowerInvariant() switch
    {
        "off" => QueueChange.RepeatOff,
        "one" => QueueChange.RepeatOne,
        "all" => QueueChange.RepeatAll,
        _ => throw new CommandException("repeat what? Type repeat off, repeat one (this song) or repeat all (the queue)"),
    };
}
