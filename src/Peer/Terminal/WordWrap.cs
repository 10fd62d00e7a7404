using System.Text;

namespace TspActors.Peer.Terminal;

/// <summary>Breaks text into lines between words.</summary>
internal static class WordWrap
{
    private const int LeastColumn = 20;

    /// <summary>Wraps text that has a name on its left. All lines after the first begin below the text, not below the name.</summary>
    /// <param name="text">One line: the name, padded to <paramref name="indent"/> cells, and the text.</param>
    /// <param name="indent">The width of the column with the name.</param>
    /// <param name="width">The width; null = the text is not wrapped.</param>
    public static IEnumerable<string> Hanging(string text, int indent, int? width)
    {
        if (width is not { } cells || Cells.Measure(text) <= cells)
            return [text];
        return text.Length <= indent || cells - indent < LeastColumn
            ? Lines(text, cells)
            : Lines(text[indent..], cells - indent).Select((line, index) => (index == 0 ? text[..indent] : new string(' ', indent)) + line);
    }

    /// <summary>
    /// Returns the lines of the text, none wider than <paramref name="width"/> cells. A word is split only if it is wider than that.
    /// </summary>
    /// <param name="text">One line of text.</param>
    /// <param name="width">The width, at least two cells.</param>
    public static IEnumerable<string> Lines(string text, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 2);
        if (Cells.Measure(text) <= width)
            return [text];
        var lines = new List<string>();
        var line = new StringBuilder();
        var cells = 0;
        foreach (var word in text.Split(' '))
        {
            var rest = word;
            if (line.Length > 0 && cells + 1 + Cells.Measure(rest) <= width)
            {
                line.Append(' ').Append(rest);
                cells += 1 + Cells.Measure(rest);
                continue;
            }

            if (line.Length > 0)
                lines.Add(line.ToString());
            while (Cells.Measure(rest) > width)
            {
                var head = Cells.Head(rest, width);
                lines.Add(head);
                rest = rest[head.Length..];
            }

            line.Clear().Append(rest);
            cells = Cells.Measure(rest);
        }

        if (line.Length > 0)
            lines.Add(line.ToString());
        return lines;
    }
}
