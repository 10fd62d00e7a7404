namespace TspActors.Media.Library;

/// <summary>
/// Creates files and folders that only their owner may read or change. On Windows, they inherit the permissions of their folder.
/// </summary>
public static class PrivateFile
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    /// <summary>Opens a file. A new file is private from the start.</summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;
        return new FileStream(path, options);
    }

    /// <summary>
    /// Writes text to a new file next to <paramref name="path"/>, and then renames it to that path, so that a crash never leaves an
    /// incomplete file at <paramref name="path"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="text">The text.</param>
    /// <param name="created">Receives the new file before the text is written.</param>
    public static void Replace(string path, string text, Action<FileStream>? created = null)
    {
        var fresh = path + ".new";
        // An existing file with this name may have the wrong permissions, or may be a link.
        File.Delete(fresh);
        using (var file = Open(fresh, FileMode.CreateNew, FileAccess.Write))
        {
            created?.Invoke(file);
            using var writer = new StreamWriter(file);
            writer.Write(text);
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Creates a private folder if it does not exist.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FolderMode700);
    }

    /// <summary>Removes other users' permissions on a file or folder. A link is not changed.</summary>
    /// <exception cref="UnauthorizedAccessException">The file or folder belongs to another user.</exception>
    public static void Restrict(string path)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(path) is not { LinkTarget: null } info)
            return;
        var allowed = Directory.Exists(path) ? FolderMode700 : FileMode600;
        var mode = info.UnixFileMode;
        if (mode >= 0 && (mode & ~allowed) != 0)
            info.UnixFileMode = mode & allowed;
    }
}
