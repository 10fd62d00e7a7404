using System.Globalization;
using Akka.Actor;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Saving;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Saves songs as files. The command returns once the saves have begun or are queued. An event reports the result later.</summary>
internal sealed class SaveCommand() : ConsoleCommand(
    "save", "save <ids|text> [folder]",
    "save songs as files, with their tags; save all [text]: every song that matches; save 3 ~/Music/{artist}/{album}/{track} {title}: "
        + "choose the names; to record a live feed: save <id|text> <time> [folder]")
{
    private const string OneAtATime = "live feeds are recorded one at a time: save <id> 1h";

    public override bool TakesSearchWords => true;

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
            throw new CommandException("save which song? Type save <id> [folder] or save <text> [folder]");
        if (RecordingArguments.Parse(argument) is { } timed
            && await FindFeedAsync(console, timed, cancellation).ConfigureAwait(false) is { } feed)
        {
            await RecordAsync(console, feed, timed, cancellation).ConfigureAwait(false);
            return;
        }

        var (what, target) = SaveArguments.Parse(argument);
        var (folder, pattern) = SaveArguments.SplitPattern(target);
        var destination = SaveDestination.Find(folder, pattern, console);
        var (songs, matches) = await FindAsync(console, what, cancellation).ConfigureAwait(false);
        if (songs.Count > 1)
        {
            await SaveAllAsync(console, songs, destination, isFavourites: ConsoleContext.NamesFavourites(what), cancellation)
                .ConfigureAwait(false);
            return;
        }

        var song = await console.Catalog.DescribeAsync(songs[0].Id, cancellation).ConfigureAwait(false);
        if (song.Live)
            throw new CommandException($"song {song.Id} is a live feed, which has no end; say how much to record: save {song.Id} 1h");
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

    // A search such as "Best of the 80s" may also end in a time, so the time counts only if it follows a live feed or an id.
    private static async Task<Song?> FindFeedAsync(ConsoleContext console, RecordingArguments timed, CancellationToken cancellation)
    {
        if (timed.NamesSeveralIds || ConsoleContext.NamesFavourites(timed.What))
            throw new CommandException(OneAtATime);
        if (timed.NamesAll)
            return null;
        var isNumber = int.TryParse(timed.What, NumberStyles.None, CultureInfo.InvariantCulture, out var id);
        try
        {
            var (song, _) = await console.Catalog.FindAsync(timed.What, cancellation).ConfigureAwait(false);
            if (!song.Live && isNumber && song.Id == id)
                throw new CommandException($"song {id} is not a live feed, so it has a duration of its own");
            return song.Live ? song : null;
        }
        catch (CommandException) when (!isNumber)
        {
            // Perhaps the complete text matches a song. If not, the search for it reports the error.
            return null;
        }
    }

    private static async Task<(IReadOnlyList<Song> Songs, long Matches)> FindAsync(
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
        ConsoleContext console, IReadOnlyList<Song> songs, SaveDestination destination, bool isFavourites, CancellationToken cancellation)
    {
        var (accepted, refusal) = await SaveOrders.PlaceAsync(console, songs, destination, cancellation).ConfigureAwait(false);
        if (accepted.Count == 0)
            throw new CommandException(refusal ?? OneAtATime);
        console.Screen.Note($"saving {Counted.Text(accepted.Count, "song")} to {SafeText.Clean(destination.Folder)}");
        if (refusal is not null)
            throw new CommandException($"not all {songs.Count} songs will be saved: {refusal}");
        if (songs.Count(song => song.Live) is var feeds and > 0)
        {
            var text = $"{Counted.Text(feeds, "live feed")} left out; {OneAtATime}";
            // The user has named these songs one by one, so leaving one out is a failure.
            if (!isFavourites)
                throw new CommandException(text);
            console.Screen.Note(text);
        }
    }

    private static async Task RecordAsync(
        ConsoleContext console, Song found, RecordingArguments timed, CancellationToken cancellation)
    {
        var (folder, pattern) = SaveArguments.SplitPattern(timed.Folder);
        if (pattern.Length > 0)
            throw new CommandException("a recording is named after its feed and the time; give only the folder");
        var destination = SaveDestination.Find(folder, pattern, console);
        var song = await console.Catalog.DescribeAsync(found.Id, cancellation).ConfigureAwait(false);
        var target = RecordingFile.CreateIn(destination.Folder, song, DateTime.Now);
        var reply = await console.Peer.Recordings.Ask(
            new RecordFeed(song, target, timed.Duration), ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        if (reply is SaveRefused refused)
        {
            await target.Stream.DisposeAsync().ConfigureAwait(false);
            File.Delete(target.Path!);
            throw new CommandException(refused.Reason);
        }

        console.Screen.Note($"recording {SongText.Time(timed.Duration)} of {SongText.Name(song)} to {target.Path}");
    }
}
