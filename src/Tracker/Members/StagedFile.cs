using System.Text;
using TspActors.Tracker.Ids;
using TspActors.Transport;

namespace TspActors.Tracker.Members;

/// <summary>A file's new contents: complete and on disk, but under a different name until they are committed.</summary>
/// <remarks>Several files are staged before the first is committed, so that a full disk changes none of them.</remarks>
internal sealed class StagedFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;

    private StagedFile(string path) => (_path, _temporary) = (path, path + ".new");

    /// <summary>Writes a file's new contents to a temporary file next to it, which only the owner of the folder can read.</summary>
    /// <exception cref="IOException">The contents are too long or cannot be written.</exception>
    public static StagedFile Write(string path, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > PrivateText.MaxBytes)
            throw new IOException($"{path} would be larger than 4 MiB; remove comments or entries that are not needed");
        var staged = new StagedFile(path);
        try
        {
            // An old file of this name may have the wrong permissions, or may be a link.
            File.Delete(staged._temporary);
            using var file = new FileStream(staged._temporary, TrackerFolder.PrivateFile(FileMode.CreateNew, FileAccess.Write));
            FolderOwner.Give(file);
            file.Write(bytes);
            file.Flush(flushToDisk: true);
            return staged;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            staged.Dispose();
            throw new IOException($"{path} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Replaces the file. At any moment, a reader sees either the old contents or the new.</summary>
    /// <exception cref="IOException">The file cannot be replaced.</exception>
    public void Commit()
    {
        try
        {
            File.Move(_temporary, _path, overwrite: true);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{_path} cannot be replaced: {error.Message}", error);
        }
    }

    /// <summary>Removes the new contents unless they have been committed.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next attempt removes the file, or reports why it cannot.
        }
    }
}
