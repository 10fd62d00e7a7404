using System.Globalization;
using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Saving;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Saves a song as a file. The command ends when the save has begun or is queued. An event reports the result later.</summary>
internal sealed class SaveCommand() : ConsoleCommand("save", "save <ids|text> [folder]", "save a song as a file, with its tags; save all [text]: every song that matches; of a live feed: save <id|text> <time> [folder]")
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
        var (several, matches) = await console.Catalog.FindSeveralAsync(what, console.MaxQueue, cancellation).ConfigureAwait(false);
        if (several.Count > 1 && duration is null)
        {
            await SaveAllAsync(console, several, folder, cancellation).ConfigureAwait(false);
            return;
        }

        var found = several[0];
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

    private static async Task SaveAllAsync(
        ConsoleContext console, IReadOnlyList<Protocol.Song> songs, string folder, CancellationToken cancellation)
    {
        var accepted = 0;
        string? refusal = null;
        foreach (var song in songs.Where(song => !song.Live))
        {
            var known = song.Format is { PayloadBytes: > 0 }
                ? song
                : await console.Catalog.DescribeAsync(song.Id, cancellation).ConfigureAwait(false);
            var reply = await console.Peer.Saving.Ask(
                new SaveSong(known, folder), ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
            if (reply is SaveAccepted)
                accepted++;
            else
                refusal ??= (reply as SaveRefused)?.Reason ?? "a song could not be saved";
        }

        if (accepted == 0)
            throw new CommandException(refusal ?? "live feeds are recorded one at a time: save <id> 1h");
        console.Screen.Note($"saving {Counted.Text(accepted, "song")} to {folder}");
        if (refusal is not null)
            console.Screen.Note($"not all of the {songs.Count} songs: {refusal}");
    }

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
    /// Splits the argument into songs and a folder. The folder is the text after the ids, if that text is a path or an existing folder, or
    /// else a last word that is clearly a path.
    /// </summary>
    public static (string What, string Folder) Split(string argument)
    {
        var words = argument.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var ids = words.TakeWhile(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _)).Count();
        // The name of a folder may be a number, too.
        for (var count = 1; count <= ids; count++)
        {
            var rest = argument[EndOf(argument, count)..].Trim();
            if (count == ids ? rest.Length == 0 || IsPath(rest) || Directory.Exists(rest) : Directory.Exists(rest))
                return (string.Join(' ', words[..count]), rest);
        }

        var last = argument.LastIndexOf(' ');
        return last > 0 && IsPath(argument[(last + 1)..]) ? (argument[..last].Trim(), argument[(last + 1)..]) : (argument, "");
    }

    // Where the word with this number ends.
    private static int EndOf(string text, int count)
    {
        var at = 0;
        for (var word = 0; word < count; word++)
        {
            while (text[at] == ' ')
                at++;
            at = text.IndexOf(' ', at) is var end and >= 0 ? end : text.Length;
        }

        return at;
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
