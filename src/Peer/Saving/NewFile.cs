namespace TspActors.Peer.Saving;

/// <summary>Gives a finished file a name that no other file has.</summary>
internal static class NewFile
{
    /// <summary>Renames a file without ever replacing another one.</summary>
    /// <exception cref="IOException">A file with the new name exists, or the file cannot be renamed.</exception>
    public static void Move(string path, string newPath)
    {
        // On Unix, File.Move without overwriting first checks whether the new name exists and then renames, which replaces a file that was
        // created in between. CreateNew checks and creates in one step, even on file systems without hard links.
        using (new FileStream(newPath, FileMode.CreateNew, FileAccess.Write))
        {
        }

        try
        {
            File.Move(path, newPath, overwrite: true);
        }
        catch
        {
            File.Delete(newPath);
            throw;
        }
    }
}
