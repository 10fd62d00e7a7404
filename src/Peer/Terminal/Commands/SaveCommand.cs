using Akka.Actor;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Saving;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Saves songs as files. The command ends when the saves have begun or are queued. An event reports the result later.</summary>
internal sealed class SaveCommand() : ConsoleCommand(
    "save", "save <ids|text> [folder]",
    "save songs as files, with their tags; save all [text]: every song that matches; save 3 ~/Music/{artist}/{album}/{track} {title}: "
        + "choose the names; of a live feed: save <id|text> <time> [folder]")
{
    public override bool FindsSongs => true;

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
            throw new CommandException("save which song? Type save <id> [folder] or save <text> [folder]");
        var (feed, duration, named) = SplitTime(argument);
        var (what, target) = duration is null ? SaveArguments.Parse(argument) : new SaveArguments(feed, named);
        var (folder, pattern) = SaveArguments.SplitPattern(target);
        var destination = SaveDestination.Find(folder, pattern, console);
        var (songs, matches) = await FindAsync(console, what, cancellation).ConfigureAwait(false);
        if (songs.Count > 1 && duration is null)
        {
            await SaveAllAsync(console, songs, destination, cancellation).ConfigureAwait(false);
            return;
        }

        var song = await console.Catalog.DescribeAsync(songs[0].Id, cancellation).ConfigureAwait(false);
        if (song.Live)
        {
            if (pattern.Length > 0)
                throw new CommandException("a recording is named after its feed and the time; give only the folder");
            await RecordAsync(console, song, destination.Folder, duration, cancellation).ConfigureAwait(false);
            return;
        }

        if (duration is not null)
            throw new CommandException($"song {song.Id} is not a live feed, so it has a duration of its own");
        if (song.Format is null)
            throw new CommandException($"song {song.Id} is empty");
        if (matches > 1)
            console.Screen.Note($"{matches} songs match; saving the best match (\"save all {what}\" saves them all)");
        var reply = await console.Peer.Saving.Ask(
            new SaveSong(song, destination.Folder) { Pattern = destination.Pattern }, ConsoleContext.ReplyDeadline, cancellation)
            .ConfigureAwait(false);
        if (reply is not SaveAccepted accepted)
            throw new CommandException((reply as SaveRefused)?.Reason ?? "the song could not be saved");
        var begin = accepted.Waits ? "will be saved after the others" : "saving";
        console.Screen.Note($"{begin}: {SongText.Name(song)} to {SafeText.Clean(destination.Folder)}");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

    private static async Task<(IReadOnlyList<Protocol.Song> Songs, long Matches)> FindAsync(
        ConsoleContext console, string what, CancellationToken cancellation)
    {
        try
        {
            return await console.FindSeveralAsync(what, cancellation).ConfigureAwait(false);
        }
        catch (CommandException error) when (what.LastIndexOf(' ') is var last and > 0 && SaveArguments.LooksLikePath(what[(last + 1)..]))
        {
            throw new CommandException($"{error.Message}; and {SafeText.Clean(what[(last + 1)..])} is not a folder");
        }
    }

    private static async Task SaveAllAsync(
        ConsoleContext console, IReadOnlyList<Protocol.Song> songs, SaveDestination destination, CancellationToken cancellation)
    {
        var (accepted, refusal) = await SaveOrders.PlaceAsync(console, songs, destination, cancellation).ConfigureAwait(false);
        if (accepted.Count == 0)
            throw new CommandException(refusal ?? "live feeds are recorded one at a time: save <id> 1h");
        console.Screen.Note($"saving {Counted.Text(accepted.Count, "song")} to {SafeText.Clean(destination.Folder)}");
        if (refusal is not null)
            console.Screen.Note($"not all {songs.Count} songs will be saved: {refusal}");
    }

    // The time comes between the feed and the folder, as in "Ana's radio 1h ~/Music".
    private static (string What, TimeSpan? Duration, string Folder) SplitTime(string argument)
    {
        var words = argument.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var at = words.Length - 1; at > 0; at--)
        {
            if (RecordingTime.TryParse(words[at], out var time)
                && (at == words.Length - 1 || SaveArguments.IsFolder(words[at + 1]) || words[at + 1][0] == '"'))
                return (string.Join(' ', words[..at]), time, SaveArguments.Unquote(string.Join(' ', words[(at + 1)..])));
        }

        return (argument, null, "");
    }

    private static async Task RecordAsync(
        ConsoleContext console, Protocol.Song song, string folder, TimeSpan? duration, CancellationToken cancellation)
    {
        if (duration is null)
            throw new CommandException($"song {song.Id} is a live feed, which has no end; say how much to record: save {song.Id} 1h");
        var target = RecordingFile.CreateIn(folder, song, DateTime.Now);
        var reply = await console.Peer.Recordings.Ask(
            new RecordFeed(song, target, duration), ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        if (reply is SaveRefused refused)
        {
            await target.Stream.DisposeAsync().ConfigureAwait(false);
            File.Delete(target.Path!);
            throw new CommandException(refused.Reason);
        }

        console.Screen.Note($"recording {SongText.Time(duration.Value)} of {SongText.Name(song)} to {target.Path}");
    }
}
