using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;

namespace TspActors.Peer.Saving;

/// <summary>
/// Opens partial files. Their names can be foreseen, and other users may be able to make files in the folder: nothing is ever written
/// through a link, or to a file that is also known by another name.
/// </summary>
internal static class PartialFile
{
    /// <summary>Creates the file, or opens the one that an earlier try of this user has left.</summary>
    /// <exception cref="ForeignPartialFileException">Something else has the name.</exception>
    /// <exception cref="IOException">It cannot be opened. Also <see cref="UnauthorizedAccessException"/>.</exception>
    public static SafeFileHandle Open(string path)
    {
        for (; ; )
        {
            // A new file is created exclusively, which follows no link either.
            if (!IsThere(path))
            {
                try
                {
                    return Open(path, FileMode.CreateNew);
                }
                catch (IOException) when (IsThere(path))
                {
                    // Somebody was faster.
                }
            }

            // Opening a pipe would wait, and opening a device can have effects.
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
                // The save that it belonged to has just ended.
            }
        }
    }

    /// <summary>Checks that the path still leads to the open file, and not through a link.</summary>
    /// <exception cref="ForeignPartialFileException">It does not.</exception>
    public static void CheckPath(SafeFileHandle file, string path) => Require(
        FileStatus.Read(file) is { } opened
            ? FileStatus.Read(path, followsLinks: false) is { } found && found.IsSameFile(opened)
            : IsPlain(path),
        path);

    /// <summary>Checks that an earlier try of this user has left the file: it has one owner and one name.</summary>
    /// <remarks>
    /// .NET cannot open with O_NOFOLLOW. To compare what was opened with what is at the path, links not followed, proves the same on every
    /// architecture. Where the system does not tell, only links are refused.
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
                $"{path} is not the file that an earlier save has left, but a link, a device, or another user's: remove it, or name another file");
    }
}
