namespace TspActors.Configuration.DataFolders;

/// <summary>A data folder, and the rule that decides which of its files go into a backup.</summary>
/// <param name="Format">The folder's format.</param>
/// <param name="Path">The folder.</param>
/// <param name="IsKept">Returns true for the name of a file to include in a backup.</param>
/// <param name="CopyDatabase">Copies a database that may be in use; null = the folder has none.</param>
public sealed record FolderContents(
    FolderFormat Format, string Path, Func<string, bool> IsKept, Action<string, string>? CopyDatabase = null)
{
    /// <summary>The file that a running program locks.</summary>
    public const string LockName = "lock";

    /// <summary>Returns true for names that a backup can contain: only letters, digits, dots, dashes and underscores, and no
    /// path.</summary>
    public bool Accepts(string name) => name.Length is > 0 and <= 100 && name[0] != '.' && name.All(IsPlain) && IsKept(name);

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_';
}
