using TspActors.Configuration;
using TspActors.Peer.Saving;
using TspActors.Peer.Terminal.Commands;

namespace TspActors.Peer.Terminal;

/// <summary>Where songs are saved, and how their files are named.</summary>
/// <param name="Folder">The full path of the folder.</param>
/// <param name="Pattern">The pattern for the file names.</param>
internal sealed record SaveDestination(string Folder, SavePattern Pattern)
{
    /// <summary>Returns the folder and the pattern that the user has specified, or the configured ones.</summary>
    /// <param name="folder">The folder; empty = the one in the settings.</param>
    /// <param name="pattern">The pattern; empty = the one in the settings.</param>
    /// <param name="console">Provides the configured folder and pattern.</param>
    /// <exception cref="CommandException">The folder does not exist, or the pattern is invalid.</exception>
    public static SaveDestination Find(string folder, string pattern, ConsoleContext console)
    {
        var path = Path.GetFullPath(folder.Length > 0 ? UserPath.Expand(folder) : DefaultFolder(console.SaveFolder));
        if (!Directory.Exists(path))
            throw new CommandException($"the folder {SafeText.Clean(path)} does not exist; create it, or choose another one");
        try
        {
            return new SaveDestination(path, pattern.Length > 0 ? SavePattern.Parse(pattern) : console.SavePattern);
        }
        catch (FormatException error)
        {
            throw new CommandException($"\"{SafeText.Clean(pattern)}\" is not a pattern for file names: {SafeText.Clean(error.Message)}");
        }
    }

    private static string DefaultFolder(string setting)
    {
        if (setting.Length > 0)
            return UserPath.Expand(setting);
        return HomeFolder.Path is { } home && Path.Combine(home, "Music") is var music && Directory.Exists(music)
            ? music
            : Environment.CurrentDirectory;
    }
}
