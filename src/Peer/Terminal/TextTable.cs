namespace TspActors.Peer.Terminal;

/// <summary>A column of a table.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Value">Returns the text of a row's cell.</param>
/// <param name="IsText">Whether the text may be cut to make the table narrower. The other columns are right-aligned.</param>
/// <param name="MinTableWidth">The width of the narrowest table that shows this column, in cells.</param>
internal sealed record Column<T>(string Name, Func<T, string> Value, bool IsText, int MinTableWidth = 0);

/// <summary>
/// Formats rows as a table, one line per row, never wider than a given width. Long text is cut, and a narrow table shows fewer columns.
/// </summary>
internal sealed class TextTable<T>(IReadOnlyList<Column<T>> all)
{
    private const string Gap = "  ";

    // Text in a narrower column would be unreadable.
    private const int MinTextWidth = 10;

    /// <summary>Returns the heading and a line for each row, none wider than <paramref name="width"/> cells.</summary>
    public IEnumerable<string> Lines(IReadOnlyList<T> rows, int width)
    {
        var columns = all.Where(column => column.MinTableWidth <= width).ToList();
        var cells = columns.Select(column => rows.Select(row => SafeText.Clean(column.Value(row))).ToList()).ToList();
        var widths = columns.Select(
            (column, index) => Math.Max(column.Name.Length, cells[index].Select(Cells.Measure).DefaultIfEmpty().Max())).ToArray();
        Shrink(columns, widths, width - Gap.Length * (columns.Count - 1));
        yield return Row(columns, widths, index => columns[index].Name, width);
        yield return new string('─', Math.Min(width, widths.Sum() + Gap.Length * (columns.Count - 1)));
        for (var row = 0; row < rows.Count; row++)
            yield return Row(columns, widths, index => cells[index][row], width);
    }

    /// <summary>Returns the row as one line for a pipe, with all fields separated by tabs.</summary>
    public string Line(T row) => string.Join('\t', all.Select(column => SafeText.Clean(column.Value(row))));

    // The widest text column shrinks first.
    private static void Shrink(List<Column<T>> columns, int[] widths, int room)
    {
        while (widths.Sum() > room)
        {
            var widest = Enumerable.Range(0, widths.Length).Where(index => columns[index].IsText).MaxBy(index => widths[index]);
            if (widths[widest] <= MinTextWidth)
                return;
            widths[widest]--;
        }
    }

    private static string Row(List<Column<T>> columns, int[] widths, Func<int, string> text, int width) => Cells.Cut(
        string.Join(Gap, columns.Select((column, index) => Cells.Fit(text(index), widths[index], right: !column.IsText))).TrimEnd(), width);
}
