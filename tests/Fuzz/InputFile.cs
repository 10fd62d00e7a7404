namespace TspActors.Fuzz;

/// <summary>A file for parsers that read files, written again for each input. fuzz.sh keeps it in memory.</summary>
internal sealed class InputFile(string name)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-fuzz-").FullName;

    /// <summary>The folder of the file; nothing else is in it.</summary>
    public string Folder => _folder;

    /// <summary>Writes the file and returns its path.</summary>
    public string Write(ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
