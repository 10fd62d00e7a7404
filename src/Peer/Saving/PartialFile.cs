using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;

namespace TspActors.Peer.Saving;

/// <summary>
/// Opens partial files. Their names are predictable, and other users may be able to create files in the folder. Therefore, nothing is
/// written through a link or, on systems where files can be identified, to a file that also has another name.
/// </summary>
internal static class PartialFile
{
    /// <summary>Creates the file, or opens the one that an earlier save by this user left behind.</summary>
    /// <exception cref="ForeignPartialFileException">The existing file was not left by an earlier save by this user.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no permission to open the file.</exception>
    public static SafeFileHandle Open(string path)
    {
        for (; ; )
        {
            // CreateNew fails if the name exists, even as a broken link.
            if (!IsThere(path))
            {
                try
                {
                    return Open(path, FileMode.CreateNew);
                }
                catch (IOException) when (IsThere(path))
                {
                    // Another process has just created it.
                }
            }

            // Opening a pipe would block, and opening a device can have side effects.
            Require(IsPlain(path), path);
            try
            {
                var file = Open(path, FileMode.Open);
                try
                {
                    CheckLeft(file, path);
                    return file;
                }
                catch
                {
                    file.Dispose();
                    throw;
                }
            }
            catch (FileNotFoundException)
            {
                // The save that was using the file has just ended.
            }
        }
    }

    /// <summary>Checks that the path still leads to the open file, without going through a link.</summary>
    /// <exception cref="ForeignPartialFileException">The path leads to something else.</exception>
    public static void CheckPath(SafeFileHandle file, string path) => Require(
        FileStatus.Read(file) is { } opened
            ? FileStatus.Read(path, followsLinks: false) is { } found && found.IsSameFile(opened)
            : IsPlain(path),
        path);

    /// <summary>Checks that an earlier save by this user left the file: this user owns it, and it has only one name.</summary>
    /// <remarks>
    /// .NET cannot open a file with O_NOFOLLOW. Comparing the opened file with the one at the path, without following links, achieves the
    /// same on every architecture. Where files cannot be identified, only links and devices are refused.
    /// </remarks>
    private static void CheckLeft(SafeFileHandle file, string path)
    {
        CheckPath(file, path);
        if (FileStatus.Read(file) is { } left)
            Require(left is { Kind: FileKind.File, Links: 1 } && left.Owner == FileStatus.User, path);
    }

    private static SafeFileHandle Open(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.None, options: FileOptions.Asynchronous);

    private static bool IsThere(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static bool IsPlain(string path) => FileStatus.IsKnown
        ? FileStatus.Read(path, followsLinks: false) is null or { Kind: FileKind.File }
        : new FileInfo(path) is var file
            && (!file.Exists || (file.Attributes & (FileAttributes.ReparsePoint | FileAttributes.Device)) == 0);

    private static void Require(bool isOurs, string path)
    {
        if (!isOurs)
            throw new ForeignPartialFileException(
                $"{path} was not left by an earlier save (it is a link, has a second name, is not a regular file, or belongs to another user): "
                + "remove it, or choose another name");
    }
}
