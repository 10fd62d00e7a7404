using TspActors.Media.Library;

namespace TspActors.Peer.Terminal;

/// <summary>The command history, kept in a file between runs.</summary>
internal sealed class History
{
    private const int MaxLines = 500;

    private readonly string _path;
    private readonly List<string> _lines;

    private History(string path, List<string> lines)
    {
        _path = path;
        _lines = lines;
    }

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Reads the file if it exists.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static History Load(string path)
    {
        try
        {
            return new History(path, File.Exists(path) ? [.. File.ReadLines(path).TakeLast(MaxLines)] : []);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"no permission to read {path}", error);
        }
    }

    /// <summary>Adds a line and writes the file. An empty line, or a repetition of the previous line, is not added.</summary>
    /// <exception cref="IOException">The file cannot be written. The line is still kept in memory until the program ends.</exception>
    public void Add(string line)
    {
        if (line.Trim().Length == 0 || (_lines.Count > 0 && _lines[^1] == line))
            return;
        _lines.Add(line);
        if (_lines.Count > MaxLines)
            _lines.RemoveAt(0);
        try
        {
            PrivateFile.Replace(_path, string.Concat(_lines.Select(each => each + Environment.NewLine)));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"no permission to write {_path}", error);
        }
    }
}
