using TspActors.Peer.Saving;

namespace TspActors.Peer.Playlists;

/// <summary>Writes a playlist file that the user has named, in one step, and only if the file does not exist yet.</summary>
internal static class PlaylistTarget
{
    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">The file exists, or it cannot be written. The message is human-readable.</exception>
    public static void Write(string path, string text)
    {
        if (Path.Exists(path))
            throw new IOException($"{path} already exists; choose another name, or remove it first");
        var partial = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            File.WriteAllText(partial, text);
            NewFile.Move(partial, path);
        }
        catch (DirectoryNotFoundException error)
        {
            throw new IOException($"the folder {Path.GetDirectoryName(path)} does not exist", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"no permission to write {path}", error);
        }
        finally
        {
            DeleteQuietly(partial);
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder is missing or is not writable, which has already been reported.
        }
    }
}
