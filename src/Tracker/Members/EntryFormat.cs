namespace TspActors.Tracker.Members;

/// <summary>The format of the entries in a text file, one per line.</summary>
/// <param name="MaxEntries">The maximum number of entries. Further entries are faults.</param>
/// <param name="Rule">A description of a valid line, for messages.</param>
/// <param name="Parse">Reads the entry on a line; returns null if the line has a different format.</param>
/// <param name="Write">Returns the line for an entry.</param>
/// <param name="Unique">Returns the values that no two entries may share, each with its kind.</param>
internal sealed record EntryFormat<T>(
    int MaxEntries, string Rule, Func<string, T?> Parse, Func<T, string> Write, Func<T, IEnumerable<(string Kind, string Value)>> Unique)
    where T : class;
