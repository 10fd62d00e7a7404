using System.Globalization;
using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Saving;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Saves a song as a file. The command ends when the save has begun or is queued. An event reports the result later.</summary>
internal sealed class SaveCommand() : ConsoleCommand("save", "save <id|text> [folder]", "save a song as a file, with its tags")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
            throw new CommandException("save which song? Type save <id> [folder] or save <text> [folder]");
        var (what, named) = Split(argument);
        var folder = Path.GetFullPath(named.Length > 0 ? Expand(named) : DefaultFolder(console.SaveFolder));
        if (!Directory.Exists(folder))
            throw new CommandException(
                $"the folder {SafeText.Clean(folder)} does not exist; create it, or choose another one: save {what} <folder>");
        var (found, matches) = await console.Catalog.FindAsync(what, cancellation).ConfigureAwait(false);
        // A listing may omit fields that the file's tags need.
        var song = await console.Catalog.DescribeAsync(found.Id, cancellation).ConfigureAwait(false);
        if (song.Live || song.Format is null)
            throw new CommandException($"song {song.Id} is a live feed; only songs can be saved");
        if (matches > 1)
            console.Screen.Note($"{matches} songs match; saving the best match");
        var reply = await console.Peer.Saving.Ask(
            new SaveSong(song, folder), ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        if (reply is not SaveAccepted accepted)
            throw new CommandException((reply as SaveRefused)?.Reason ?? "the song could not be saved");
        console.Screen.Note($"{(accepted.Waits ? "will be saved after the others" : "saving")}: {SongText.Name(song)} to {folder}");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

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
