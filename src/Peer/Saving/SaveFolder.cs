namespace TspActors.Peer.Saving;

/// <summary>Creates the folders that a pattern produces, below the folder where songs are saved.</summary>
internal static class SaveFolder
{
    /// <summary>Creates the folders that do not exist yet, each inside the one before it.</summary>
    /// <param name="folder">The folder where songs are saved. It must exist.</param>
    /// <param name="below">The names of the folders below it.</param>
    /// <returns>The path of the last folder.</returns>
    /// <exception cref="IOException">A folder cannot be created. The message is for the user.</exception>
    public static string Make(string folder, IReadOnlyList<string> below)
    {
        if (below.Count > 0 && !Directory.Exists(folder))
            throw new IOException($"the folder {folder} does not exist: create it, or choose another one");
        foreach (var name in below)
        {
            folder = Path.Combine(folder, name);
            try
            {
                // A link leads wherever its creator chose, which may be outside the folder.
                if (Directory.CreateDirectory(folder).LinkTarget is not null)
                    throw new IOException($"{folder} is a link: save into the folder that it leads to, or choose another pattern");
            }
            catch (UnauthorizedAccessException error)
            {
                throw SaveFailure.Explain(error, folder, folder);
            }
            catch (IOException error) when (File.Exists(folder))
            {
                throw new IOException($"{folder} is a file, not a folder: choose another pattern", error);
            }
        }

        return folder;
    }
}
