namespace TspActors.Peer.Saving;

/// <summary>The file that a song is saved to, and the partial file beside it that becomes it.</summary>
/// <param name="Path">The file.</param>
internal sealed record SaveTarget(string Path)
{
    // A thousand songs of one name are a mistake that somebody should hear of.
    private const int MaxNumber = 1_000;

    private readonly (string Folder, string Stem)? _new;
    private readonly int _number;

    private SaveTarget(string folder, string stem, int number)
        : this(System.IO.Path.Combine(folder, $"{stem}{(number > 1 ? $" ({number})" : "")}.mp3")) => (_new, _number) = ((folder, stem), number);

    /// <summary>Where the song is written before it is complete.</summary>
    public string PartialPath => Path + ".part";

    /// <summary>Returns a file of that name that does not exist yet, with a number where the plain name is taken.</summary>
    /// <exception cref="IOException">Every number is taken.</exception>
    public static SaveTarget New(string folder, string stem) => FirstFree(folder, stem, 1);

    /// <summary>Returns the next such file.</summary>
    /// <exception cref="IOException">Every number is taken.</exception>
    public SaveTarget Next() =>
        _new is var (folder, stem)
            ? FirstFree(folder, stem, _number + 1)
            : throw new InvalidOperationException("This name is as it was asked for.");

    /// <summary>
    /// Gives the complete partial file its name, in one step. A new file never replaces one that somebody else has made since.
    /// </summary>
    /// <returns>Where it is now.</returns>
    public string MoveIntoPlace()
    {
        for (var target = this; ; target = target.Next())
        {
            try
            {
                File.Move(PartialPath, target.Path, overwrite: _new is null);
                return target.Path;
            }
            catch (IOException) when (_new is not null && System.IO.Path.Exists(target.Path))
            {
                // The name was taken since: try the next number.
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

        throw new IOException($"{folder} holds {MaxNumber} files named {stem}: remove some, or name another folder");
    }
}
