using TspActors.Configuration;

namespace TspActors.Peer.Terminal;

/// <summary>Expands paths that users have typed.</summary>
internal static class UserPath
{
    /// <summary>Removes the quotation marks around a string, if there are any.</summary>
    public static string Unquote(string text) => text.Length > 1 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;

    /// <summary>Replaces a leading ~ with the home folder, as a shell does.</summary>
    /// <exception cref="CommandException">There is no home folder.</exception>
    public static string Expand(string path) => HomeFolder.Expand(path)
        ?? throw new CommandException("~ cannot be used, because there is no home folder; write the full path");
}
