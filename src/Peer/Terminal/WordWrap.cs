using System.Text;

namespace TspActors.Peer.Terminal;

/// <summary>Breaks text into lines between words.</summary>
internal static class WordWrap
{
    /// <summary>Returns the lines of the text, none wider than <paramref name="width"/> cells. Only a word that is too long is broken itself.</summary>
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
