namespace TspActors.Peer.Saving;

/// <summary>The file a song is saved to, and the part beside it that becomes it.</summary>
/// <param name="Path">The file.</param>
internal sealed record SaveTarget(string Path)
{
    // Somebody who has a thousand songs of one name wants to be asked.
    private const int MostNumbers = 1_000;

    private readonly (string Folder, string Stem)? _new;
    private readonly int _number;

    private SaveTarget(string folder, string stem, int number)
        : this(System.IO.Path.Combine(folder, $"{stem}{(number > 1 ? $" ({number})" : "")}.mp3")) => (_new, _number) = ((folder, stem), number);

    /// <summary>Where it is written before it is complete.</summary>
    public string PartPath => Path + ".part";

    /// <summary>A file of that name that is not there yet; a number is added where there is one.</summary>
    /// <exception cref="IOException">Every number is taken.</exception>
    public static SaveTarget New(string folder, string stem) => FirstFree(folder, stem, 1);

    /// <summary>The next such file.</summary>
    /// <exception cref="IOException">Every number is taken.</exception>
    public SaveTarget Next() => _new is var (folder, stem) ? FirstFree(folder, stem, _number + 1) : throw new InvalidOperationException("This name is as it was asked for.");

    /// <summary>Gives the complete part its name, all at once. A new file replaces nothing that has come meanwhile.</summary>
    /// <returns>Where it is now.</returns>
    public string Take()
    {
        for (var target = this; ; target = target.Next())
        {
            try
            {
                File.Move(PartPath, target.Path, overwrite: _new is null);
                return target.Path;
            }
            catch (IOException) when (_new is not null && System.IO.Path.Exists(target.Path))
            {
                // Taken meanwhile: the next number.
            }
        }
    }

    private static SaveTarget FirstFree(string folder, string stem, int number)
    {
        for (; number <= MostNumbers; number++)
        {
            var target = new SaveTarget(folder, stem, number);
            if (!System.IO.Path.Exists(target.Path))
                return target;
        }

        throw new IOException($"{folder} holds {MostNumbers} files named {stem}: remove some, or name another folder");
    }
}
