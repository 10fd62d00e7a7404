using System.Globalization;
using Akka.Actor;
using TspActors.Peer.Saving;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>The console's save: which song is meant, and which folder.</summary>
internal sealed class SaveCommand(PeerNode peer, CatalogClient catalog, Screen screen, string defaultFolder)
{
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Begins to save a song; the rest is told when it is done.</summary>
    /// <exception cref="CommandException">There is no such song or folder.</exception>
    public async Task RunAsync(string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
            throw new CommandException("save what? save <id> [folder] or save <text> [folder]");
        var (what, named) = Split(argument);
        var folder = Path.GetFullPath(named.Length > 0 ? Expand(named) : DefaultFolder(defaultFolder));
        if (!Directory.Exists(folder))
            throw new CommandException($"the folder {SafeText.Of(folder)} does not exist; make it, or name another one: save {what} <folder>");
        var (found, matches) = await catalog.FindAsync(what, cancellation).ConfigureAwait(false);
        // A list may leave out what the tags of a file are made of.
        var song = await catalog.DescribeAsync(found.Id, cancellation).ConfigureAwait(false);
        if (song.Live || song.Format is null)
            throw new CommandException($"song {song.Id} is a live feed; only songs can be saved");
        if (matches > 1)
            screen.Note($"{matches} songs fit; the best one is saved");
        var reply = await peer.Saving.Ask(new SaveSong(song, folder), ReplyDeadline, cancellation).ConfigureAwait(false);
        if (reply is not SaveAccepted accepted)
            throw new CommandException((reply as SaveRefused)?.Reason ?? "it could not be saved");
        screen.Note($"{(accepted.Waits ? "will be saved after the others" : "saving")}: {SongText.Name(song)} to {folder}");
    }

    /// <summary>What is to be saved, and the folder: all that follows an id, or a last word that is plainly a path.</summary>
    public static (string What, string Folder) Split(string argument)
    {
        var first = argument.Split(' ', 2, StringSplitOptions.TrimEntries);
        if (int.TryParse(first[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) && (first.Length == 1 || IsPath(first[1]) || Directory.Exists(first[1])))
            return (first[0], first.Length > 1 ? first[1] : "");
        var last = argument.LastIndexOf(' ');
        return last > 0 && IsPath(argument[(last + 1)..]) ? (argument[..last].Trim(), argument[(last + 1)..]) : (argument, "");
    }

    /// <summary>Where songs go when no folder is named.</summary>
    public static string DefaultFolder(string setting)
    {
        if (setting.Length > 0)
            return Expand(setting);
        var music = Path.Combine(Home, "Music");
        return Directory.Exists(music) ? music : Environment.CurrentDirectory;
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static bool IsPath(string word) =>
        word is "." or ".." or "~" || word.Contains('/', StringComparison.Ordinal) || (OperatingSystem.IsWindows() && word.AsSpan().ContainsAny('\\', ':'));

    private static string Expand(string folder) => folder == "~" || folder.StartsWith("~/", StringComparison.Ordinal) ? Home + folder[1..] : folder;
}
