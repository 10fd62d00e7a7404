using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>
/// Formats songs as a table, one line per song, never wider than the terminal. Long text is cut, and a narrow terminal shows fewer columns.
/// </summary>
internal static class SongTable
{
    private const string Gap = "  ";

    // Text in a narrower column would be unreadable.
    private const int MinTextWidth = 10;

    private static readonly Column[] Columns =
    [
        new("id", song => $"{song.Id}", IsText: false),
        new("title", song => song.Tags?.Title ?? "", IsText: true),
        new("artist", song => song.Tags?.Artist ?? "", IsText: true, MinTerminalWidth: 40),
        new("album", song => song.Tags?.Album ?? "", IsText: true, MinTerminalWidth: 72),
        new("time", SongText.Duration, IsText: false),
        new("hosts", SongText.Hosts, IsText: true, MinTerminalWidth: 56),
    ];

    /// <summary>Returns the heading and a line for each song, none wider than <paramref name="width"/> cells.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<Song> songs, int width)
    {
        var columns = Columns.Where(column => column.MinTerminalWidth <= width).ToList();
        var cells = columns.Select(column => songs.Select(song => SafeText.Clean(column.Value(song))).ToList()).ToList();
        var widths = columns.Select(
            (column, index) => Math.Max(column.Name.Length, cells[index].Select(Cells.Measure).DefaultIfEmpty().Max())).ToArray();
        Shrink(columns, widths, width - Gap.Length * (columns.Count - 1));
        yield return Row(columns, widths, index => columns[index].Name, width);
        yield return new string('─', Math.Min(width, widths.Sum() + Gap.Length * (columns.Count - 1)));
        for (var row = 0; row < songs.Count; row++)
            yield return Row(columns, widths, index => cells[index][row], width);
    }

    // The widest text column shrinks first.
    private static void Shrink(List<Column> columns, int[] widths, int room)
    {
        while (widths.Sum() > room)
        {
            var widest = Enumerable.Range(0, widths.Length).Where(index => columns[index].IsText).MaxBy(index => widths[index]);
            if (widths[widest] <= MinTextWidth)
                return;
            widths[widest]--;
        }
    }

    private static string Row(List<Column> columns, int[] widths, Func<int, string> text, int width) => Cells.Cut(
        string.Join(Gap, columns.Select((column, index) => Cells.Fit(text(index), widths[index], right: !column.IsText))).TrimEnd(), width);

    /// <param name="Name">The heading.</param>
    /// <param name="Value">Returns the text of a song's cell.</param>
    /// <param name="IsText">Whether the text may be cut to make the table narrower. The other columns are aligned to the right.</param>
    /// <param name="MinTerminalWidth">The narrowest terminal that shows this column, in cells.</param>
    private sealed record Column(string Name, Func<Song, string> Value, bool IsText, int MinTerminalWidth = 0);
}
