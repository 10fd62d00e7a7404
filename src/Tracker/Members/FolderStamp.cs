namespace TspActors.Tracker.Members;

/// <summary>A file's length and times. They change when the file is written or replaced.</summary>
/// <param name="IsThere">Whether the file exists.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Written">When it was last written.</param>
/// <param name="Created">When it was created, which reveals whether a different file was moved here.</param>
internal readonly record struct FileStamp(bool IsThere, long Length, DateTime Written, DateTime Created)
{
    /// <summary>
    /// Reads the stamp of a file. Anything else at the path, such as a folder, is treated as an existing file, so the attempt to read it
    /// reports an error.
    /// </summary>
    public static FileStamp Read(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(true, file.Length, file.LastWriteTimeUtc, file.CreationTimeUtc)
            : Path.Exists(path) ? new FileStamp(true, 0, default, default)
            : default;
    }
}

/// <summary>The stamps of the members' file and the invitations file.</summary>
internal readonly record struct FolderStamp(FileStamp Members, FileStamp Invitations)
{
    /// <summary>Returns true if both files were last written before the given time.</summary>
    public bool IsOlderThan(DateTime time) => Members.Written < time && Invitations.Written < time;
}
