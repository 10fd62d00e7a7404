namespace TspActors.Peer.Terminal;

/// <summary>The lines that were typed, kept in a file from one run to the next.</summary>
internal sealed class History
{
    private const int Most = 500;

    private readonly string _path;
    private readonly List<string> _lines;

    private History(string path, List<string> lines)
    {
        _path = path;
        _lines = lines;
    }

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Reads the file, where there is one.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static History Load(string path)
    {
        try
        {
            return new History(path, File.Exists(path) ? [.. File.ReadLines(path).TakeLast(Most)] : []);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"there is no permission to read {path}", error);
        }
    }

    /// <summary>Adds a line and keeps it; one that was just typed is not kept twice.</summary>
    /// <exception cref="IOException">It cannot be written; it is remembered until the end all the same.</exception>
    public void Add(string line)
    {
        if (line.Trim().Length == 0 || (_lines.Count > 0 && _lines[^1] == line))
            return;
        _lines.Add(line);
        if (_lines.Count > Most)
            _lines.RemoveAt(0);
        try
        {
            // Beside it first: a crash leaves no half history.
            File.WriteAllLines(_path + ".new", _lines);
            File.Move(_path + ".new", _path, overwrite: true);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"there is no permission to write {_path}", error);
        }
    }
}
