namespace TspActors.Peer.Saving;

/// <summary>The paths of a saved song and of its partial file.</summary>
/// <param name="Path">The path of the finished file.</param>
internal sealed record SaveTarget(string Path)
{
    // A thousand songs with the same name must be a mistake that the user should know about.
    private const int MaxNumber = 1_000;

    private readonly (string Folder, string Stem)? _new;
    private readonly int _number;

    private SaveTarget(string folder, string stem, int number)
        : this(System.IO.Path.Combine(folder, $"{stem}{(number > 1 ? $" ({number})" : "")}.mp3")) =>
        (_new, _number) = ((folder, stem), number);

    /// <summary>The path of the partial file, used until the song is complete.</summary>
    public string PartialPath => Path + ".part";

    /// <summary>Returns a target with this name, or with a number added if the name is taken.</summary>
    /// <exception cref="IOException">All numbers are in use.</exception>
    public static SaveTarget New(string folder, string stem) => FirstFree(folder, stem, 1);

    /// <summary>Returns the target with the next free number.</summary>
    /// <exception cref="IOException">All numbers are in use.</exception>
    public SaveTarget Next() =>
        _new is var (folder, stem)
            ? FirstFree(folder, stem, _number + 1)
            : throw new InvalidOperationException("The user chose this path, so there is no next one.");

    /// <summary>
    /// Renames the complete partial file to its final name in one atomic step. A new file never replaces a file that was created in
    /// the meantime.
    /// </summary>
    /// <returns>The path of the finished file.</returns>
    public string MoveIntoPlace()
    {
        for (var target = this; ; target = target.Next())
        {
            try
            {
                if (_new is null)
                    File.Move(PartialPath, target.Path, overwrite: true);
                else
                    NewFile.Move(PartialPath, target.Path);
                return target.Path;
            }
            catch (IOException) when (_new is not null && System.IO.Path.Exists(target.Path))
            {
                // The name has been taken in the meantime. Try the next number.
            }
        }
    }

    private static SaveTarget FirstFree(string folder, string stem, int number)
    {
        for (; number <= MaxNumber; number++)
        {
            var target = new SaveTarget(folder, stem, number);
            if (!System.IO.Path.Exists(target.Path))
                return target;
        }

        throw new IOException($"{folder} already contains {MaxNumber} files named {stem}: remove some, or choose another folder");
    }
}
