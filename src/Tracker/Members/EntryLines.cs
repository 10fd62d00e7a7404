namespace TspActors.Tracker.Members;

/// <summary>The immutable contents of a text file with one entry per line.</summary>
/// <remarks>Comments, blank lines and faulty lines stay where they are when the file is written again.</remarks>
internal sealed class EntryLines<T>
    where T : class
{
    // The wrong kind of file may have a fault in each of a million lines.
    private const int MaxFaults = 20;

    private readonly EntryFormat<T> _format;
    private readonly List<Line> _lines;

    /// <summary>Reads the contents of a file.</summary>
    /// <param name="format">The format of the entries.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">The contents.</param>
    public EntryLines(EntryFormat<T> format, string path, string text)
    {
        (_format, _lines) = (format, []);
        var (entries, faults) = (new List<T>(), new List<string>());
        var seen = new Dictionary<(string Kind, string Value), int>();
        using var reader = new StringReader(text);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var content = line.Trim();
            var entry = IsEntry(content) ? format.Parse(content) : null;
            var fault = IsEntry(content) ? FindFault(entry, entries.Count, seen) : null;
            _lines.Add(new Line(line, fault is null ? entry : null));
            if (fault is not null && faults.Count < MaxFaults)
                faults.Add($"{path}, line {number}: {fault}");
            if (fault is not null || entry is null)
                continue;
            entries.Add(entry);
            foreach (var value in format.Unique(entry))
                seen.Add(value, number);
        }

        (Entries, Faults) = (entries, faults);
    }

    private EntryLines(EntryFormat<T> format, List<Line> lines, IReadOnlyList<string> faults)
    {
        (_format, _lines, Faults) = (format, lines, faults);
        Entries = [.. lines.Select(line => line.Entry).OfType<T>()];
    }

    /// <summary>The entries, in the order of their lines.</summary>
    public IReadOnlyList<T> Entries { get; }

    /// <summary>Error messages about the lines that cannot be read, with file and line; only the first few if there are many.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Adds an entry at the end.</summary>
    public EntryLines<T> Add(T entry) => new(_format, [.. _lines, new Line(_format.Write(entry), entry)], Faults);

    /// <summary>Removes the entries that meet a condition, with their lines. Returns this object if there are none.</summary>
    public EntryLines<T> RemoveAll(Predicate<T> condition)
    {
        List<Line> rest = [.. _lines.Where(line => line.Entry is null || !condition(line.Entry))];
        return rest.Count == _lines.Count ? this : new EntryLines<T>(_format, rest, Faults);
    }

    /// <summary>Returns the text of the file.</summary>
    public override string ToString() => string.Concat(_lines.Select(line => $"{line.Text}\n"));

    private static bool IsEntry(string content) => content.Length > 0 && content[0] != '#';

    private string? FindFault(T? entry, int count, Dictionary<(string Kind, string Value), int> seen)
    {
        if (entry is null)
            return $"this is not a valid entry; write {_format.Rule}, or put # in front of the line";
        if (count >= _format.MaxEntries)
            return $"there are {_format.MaxEntries} entries above, which is the maximum; remove some";
        foreach (var value in _format.Unique(entry))
        {
            if (seen.TryGetValue(value, out var line))
                return $"line {line} has the same {value.Kind}; remove one of the two";
        }

        return null;
    }

    private readonly record struct Line(string Text, T? Entry);
}
