using System.Globalization;
using Akka.Actor;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Shows the queue, or adds songs to its end.</summary>
internal sealed class QueueCommand() : ConsoleCommand(
    "queue", "queue [ids|text]", "the songs that play next; with ids or text, add songs; also queue all [text], queue favourites")
{
    public override bool TakesSearchWords => true;

    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        argument.Length > 0 ? AddAsync(console, argument, cancellation) : ShowAsync(console, cancellation);

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

    private static async Task AddAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var screen = console.Screen;
        var (songs, matches) = await console.FindSeveralAsync(argument, cancellation).ConfigureAwait(false);
        if (songs.Count == 1 && matches > 1)
            screen.Note($"{matches} songs match; queueing the best match (\"queue all {argument}\" queues them all)");
        var order = new Enqueue([.. songs.Select(SongText.ToQueued)]);
        var reply = await console.Peer.Playback.Ask(order, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        if (reply is PlaybackRefused refused)
            throw new CommandException(refused.Reason);
        screen.Note(songs.Count == 1 ? $"queued {SongText.Name(songs[0])}" : $"queued {songs.Count} songs");
    }

    private static async Task ShowAsync(ConsoleContext console, CancellationToken cancellation)
    {
        var screen = console.Screen;
        var status = await console.GetPlaybackAsync().ConfigureAwait(false);
        var lines = status.Queue.Select((song, index) => (Place: $"{index + 1,4}. ", Line: $"{song.Id,6}  {song.Title}"))
            .Select(song => screen.IsTerminal ? Cells.Cut(song.Place + song.Line, Screen.Width - 1) : song.Line).ToList();
        if (lines.Count > 0)
            await console.Pager.ShowAsync(null, lines, cancellation).ConfigureAwait(false);
        else
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

/// <summary>Goes back to the start of the song or, at its start, to the previous song.</summary>
internal sealed class PreviousCommand() : ConsoleCommand("prev", "prev", "start the song again or, at its start, play the previous one")
{
    public override IReadOnlyList<string> Aliases => ["previous"];

    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        console.ControlPlaybackAsync(PreviousSong.Instance, "back");
}

/// <summary>Removes a song from the queue.</summary>
internal sealed class RemoveCommand() : ConsoleCommand("remove", "remove <place>", "remove a song from the queue; 1 is the next one")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
            throw new CommandException("remove which song? Type remove <place>, for example remove 1 for the next one");
        var done = await console.ControlPlaybackAsync(new RemoveQueued(ParsePlace(argument))).ConfigureAwait(false);
        console.Screen.Note($"removed {done.Text}");
    }

    /// <summary>Parses a place in the queue.</summary>
    /// <exception cref="CommandException">The text is not a place.</exception>
    public static int ParsePlace(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place > 0
            ? place
            : throw new CommandException($"\"{text}\" is not a place in the queue; 1 is the next song");
}

/// <summary>Moves a song within the queue.</summary>
internal sealed class MoveCommand() : ConsoleCommand("move", "move <place> <place>", "move a song in the queue to another place")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [var from, var to])
            throw new CommandException("move which song where? Type move <place> <place>, for example move 5 1");
        var (old, place) = (RemoveCommand.ParsePlace(from), RemoveCommand.ParsePlace(to));
        var done = await console.ControlPlaybackAsync(new MoveQueued(old, place)).ConfigureAwait(false);
        console.Screen.Note($"{done.Text} is now at place {place}");
    }
}

/// <summary>Empties the queue; the current song keeps playing.</summary>
internal sealed class ClearCommand() : ConsoleCommand("clear", "clear", "empty the queue; the current song keeps playing")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var done = await console.ControlPlaybackAsync(new ChangeQueue(QueueChange.Clear)).ConfigureAwait(false);
        console.Screen.Note(done.Removed > 0
            ? $"removed {Counted.Text(done.Removed, "song")} from the queue; \"undo\" brings {(done.Removed == 1 ? "it" : "them")} back"
            : "the queue is empty");
    }
}

/// <summary>Undoes the last change to the queue.</summary>
internal sealed class UndoCommand() : ConsoleCommand(
    "undo", "undo", "undo the last clear, stop, remove, move or shuffle of the queue")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        await console.ControlPlaybackAsync(UndoQueueChange.Instance).ConfigureAwait(false);
        var status = await console.GetPlaybackAsync().ConfigureAwait(false);
        var play = status.IsIdle && status.Queue.Count > 0 ? "; \"play\" starts it" : "";
        console.Screen.Note($"the queue has {Counted.Text(status.Queue.Count, "song")} again{play}");
    }
}

/// <summary>Shuffles the queue.</summary>
internal sealed class ShuffleCommand() : ConsoleCommand("shuffle", "shuffle", "shuffle the queue")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        console.ControlPlaybackAsync(new ChangeQueue(QueueChange.Shuffle), "the queue has been shuffled");
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
