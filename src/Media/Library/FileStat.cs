using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Library;

/// <summary>The length, times and identity of a file. As long as all of them stay the same, the file counts as unchanged.</summary>
/// <param name="Length">The length in bytes.</param>
/// <param name="ModifiedTicks">The last write time, UTC, in ticks of 100 ns. The owner of a file can set it to any value.</param>
/// <param name="Inode">The file's inode number in its file system; 0 if unknown.</param>
/// <param name="ChangedTicks">The time of the last change to the content or status, which nobody can set; 0 if unknown.</param>
public readonly record struct FileStat(long Length, long ModifiedTicks, long Inode = 0, long ChangedTicks = 0)
{
    /// <summary>True when the identity of the file (its inode) is known, which is the case only on Linux.</summary>
    public bool HasIdentity => Inode != 0;

    /// <summary>Returns only the length and the write time, for file systems without stable inode numbers.</summary>
    public FileStat WithoutIdentity() => new(Length, ModifiedTicks);

    /// <summary>Returns true when both describe the same, unchanged file. Identities count only if both are known.</summary>
    public bool IsSame(FileStat other) =>
        Length == other.Length && ModifiedTicks == other.ModifiedTicks
        && (!HasIdentity || !other.HasIdentity || Inode == other.Inode && ChangedTicks == other.ChangedTicks);

    /// <summary>Reads the length, times and identity of an open file.</summary>
    public static FileStat Read(SafeFileHandle file) =>
        FileStatus.Read(file) is { } status ? From(status) : new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file).Ticks);

    /// <summary>
    /// Reads the length, times and identity of the file at <paramref name="path"/>, or of the target of a symbolic link. Returns null if
    /// there is no file or its status is not available. The length of a pipe or a device is 0.
    /// </summary>
    /// <exception cref="IOException">The links form a cycle.</exception>
    /// <exception cref="UnauthorizedAccessException">The program does not have permission to enter the folder of the file.</exception>
    public static FileStat? Read(string path)
    {
        if (FileStatus.IsKnown)
        {
            var found = FileStatus.Read(path, followsLinks: true, out var isForbidden);
            if (isForbidden)
                throw new UnauthorizedAccessException("The program does not have permission to enter the folder.");
            return found is { Kind: not FileKind.Folder } status ? From(status) : null;
        }

        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
            file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo;
        return file is { Exists: true } ? new FileStat(file.Length, file.LastWriteTimeUtc.Ticks) : null;
    }

    internal static FileStat From(FileStatus status) =>
        new(status.Length, status.ModifiedTicks, unchecked((long)status.Inode), status.ChangedTicks);
}
