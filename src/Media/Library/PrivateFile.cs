namespace TspActors.Media.Library;

/// <summary>Files and folders that nobody but their owner may read or change. On Windows the folder's own permissions apply.</summary>
public static class PrivateFile
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    /// <summary>Opens a file; a new one is private from its first moment.</summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;
        return new FileStream(path, options);
    }

    /// <summary>
    /// Writes a text to a new file beside <paramref name="path"/> and then gives it that name, so that a crash leaves no half file.
    /// </summary>
    public static void Replace(string path, string text)
    {
        var fresh = path + ".new";
        // What a crash has left may have the permissions of an older version, or be a link.
        File.Delete(fresh);
        using (var writer = new StreamWriter(Open(fresh, FileMode.CreateNew, FileAccess.Write)))
            writer.Write(text);
        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Creates a folder that is private if it does not exist.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FolderMode700);
    }

    /// <summary>Takes the permissions of others on a file or folder away. A link is left alone.</summary>
    /// <exception cref="UnauthorizedAccessException">It belongs to somebody else.</exception>
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
