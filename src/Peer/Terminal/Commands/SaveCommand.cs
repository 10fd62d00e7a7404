using System.Globalization;
using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Saving;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Saves a song as a file. The command ends when the save has begun or is queued. An event reports the result later.</summary>
internal sealed class SaveCommand() : ConsoleCommand("save", "save <id|text> [folder]", "save a song as a file, with its tags; of a live feed: save <id|text> <time> [folder]")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
            throw new CommandException("save which song? Type save <id> [folder] or save <text> [folder]");
        var (feed, duration, rest) = SplitTime(argument);
        var (what, named) = duration is null ? Split(argument) : (feed, rest);
        var folder = Path.GetFullPath(named.Length > 0 ? Expand(named) : DefaultFolder(console.SaveFolder));
        if (!Directory.Exists(folder))
            throw new CommandException(
                $"the folder {SafeText.Clean(folder)} does not exist; create it, or choose another one: save {what} <folder>");
        var (found, matches) = await console.Catalog.FindAsync(what, cancellation).ConfigureAwait(false);
        // A listing may omit fields that the file's tags need.
        var song = await console.Catalog.DescribeAsync(found.Id, cancellation).ConfigureAwait(false);
        if (song.Live)
        {
            await RecordAsync(console, song, folder, duration, cancellation).ConfigureAwait(false);
            return;
        }

        if (duration is not null)
            throw new CommandException($"song {song.Id} is not a live feed, so it has a duration of its own");
        if (song.Format is null)
            throw new CommandException($"song {song.Id} is empty");
        if (matches > 1)
            console.Screen.Note($"{matches} songs match; saving the best match");
        var reply = await console.Peer.Saving.Ask(
            new SaveSong(song, folder), ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        if (reply is not SaveAccepted accepted)
            throw new CommandException((reply as SaveRefused)?.Reason ?? "the song could not be saved");
        console.Screen.Note($"{(accepted.Waits ? "will be saved after the others" : "saving")}: {SongText.Name(song)} to {folder}");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

    // A time stands between the feed and the folder, such as in "Ana's radio 1h ~/Music".
    private static (string What, TimeSpan? Duration, string Folder) SplitTime(string argument)
    {
        var words = argument.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var at = words.Length - 1; at > 0; at--)
        {
            if (RecordingTime.TryParse(words[at], out var time) && (at == words.Length - 1 || IsPath(words[at + 1])))
                return (string.Join(' ', words[..at]), time, string.Join(' ', words[(at + 1)..]));
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

    /// <summary>
    /// Splits the argument into a song and a folder. The folder is the text after an id, if that text is a path or an existing folder, or
    /// else a last word that is clearly a path.
    /// </summary>
    public static (string What, string Folder) Split(string argument)
    {
        var first = argument.Split(' ', 2, StringSplitOptions.TrimEntries);
        if (int.TryParse(first[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && (first.Length == 1 || IsPath(first[1]) || Directory.Exists(first[1])))
            return (first[0], first.Length > 1 ? first[1] : "");
        var last = argument.LastIndexOf(' ');
        return last > 0 && IsPath(argument[(last + 1)..]) ? (argument[..last].Trim(), argument[(last + 1)..]) : (argument, "");
    }

    private static string DefaultFolder(string setting)
    {
        if (setting.Length > 0)
            return Expand(setting);
        return HomeFolder.Path is { } home && Path.Combine(home, "Music") is var music && Directory.Exists(music)
            ? music
            : Environment.CurrentDirectory;
    }

    private static bool IsPath(string word) =>
        word is "." or ".." or "~" || word.Contains('/', StringComparison.Ordinal)
            || (OperatingSystem.IsWindows() && word.AsSpan().ContainsAny('\\', ':'));

    private static string Expand(string folder) => HomeFolder.Expand(folder) ?? folder;
}
