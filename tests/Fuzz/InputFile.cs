namespace TspActors.Fuzz;

/// <summary>A file for the parsers that read files. Each input overwrites it; fuzz.sh keeps it in memory if possible.</summary>
internal sealed class InputFile(string name)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-fuzz-").FullName;

    /// <summary>The folder that contains only this file.</summary>
    public string Folder => _folder;

    /// <summary>Writes the file and returns its path.</summary>
    public string Write(ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
