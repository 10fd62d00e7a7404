using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>Songs as a table, one line each, never wider than the terminal: what does not fit is cut, and the less important columns are left out where it is narrow.</summary>
internal static class SongTable
{
    private const string Gap = "  ";

    // Narrower than that, a column of text says nothing.
    private const int LeastText = 10;

    private static readonly Column[] Columns =
    [
        new("id", song => $"{song.Id}", IsText: false),
        new("title", song => song.Tags?.Title ?? "", IsText: true),
        new("artist", song => song.Tags?.Artist ?? "", IsText: true, LeastTerminal: 40),
        new("album", song => song.Tags?.Album ?? "", IsText: true, LeastTerminal: 72),
        new("time", SongText.Duration, IsText: false),
        new("hosts", SongText.Hosts, IsText: true, LeastTerminal: 56),
    ];

    /// <summary>The heading, then a line for each song; none wider than <paramref name="width"/> cells.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<Song> songs, int width)
    {
        var columns = Columns.Where(column => column.LeastTerminal <= width).ToList();
        var cells = columns.Select(column => songs.Select(song => SafeText.Of(column.Value(song))).ToList()).ToList();
        var widths = columns.Select((column, index) => Math.Max(column.Name.Length, cells[index].Select(Cells.Of).DefaultIfEmpty().Max())).ToArray();
        Shrink(columns, widths, width - Gap.Length * (columns.Count - 1));
        yield return Row(columns, widths, index => columns[index].Name, width);
        yield return new string('─', Math.Min(width, widths.Sum() + Gap.Length * (columns.Count - 1)));
        for (var row = 0; row < songs.Count; row++)
            yield return Row(columns, widths, index => cells[index][row], width);
    }

    // The widest column of text gives way first.
    private static void Shrink(List<Column> columns, int[] widths, int room)
    {
        while (widths.Sum() > room)
        {
            var widest = Enumerable.Range(0, widths.Length).Where(index => columns[index].IsText).MaxBy(index => widths[index]);
            if (widths[widest] <= LeastText)
                return;
            widths[widest]--;
        }
    }

    private static string Row(List<Column> columns, int[] widths, Func<int, string> text, int width) => Cells.Cut(
        string.Join(Gap, columns.Select((column, index) => Cells.Fit(text(index), widths[index], right: !column.IsText))).TrimEnd(), width);

    /// <param name="Name">The heading.</param>
    /// <param name="Value">What stands in it.</param>
    /// <param name="IsText">It may be cut; numbers stand at the right, whole.</param>
    /// <param name="LeastTerminal">It is left out where the terminal is narrower.</param>
    private sealed record Column(string Name, Func<Song, string> Value, bool IsText, int LeastTerminal = 0);
}
