using Spectre.Console.Rendering;

namespace TspActors.Peer.Terminal;

/// <summary>Measures and cuts text in terminal cells. Some characters occupy two cells, some none.</summary>
internal static class Cells
{
    /// <summary>Returns the number of cells that the text occupies.</summary>
    public static int Measure(string text) => new Segment(text).CellCount();

    /// <summary>Returns the longest prefix of the text that fits within the width.</summary>
    public static string Head(string text, int width)
    {
        var length = 0;
        var cells = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            cells += Measure(rune.ToString());
            if (cells > width)
                break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    /// <summary>
    /// Returns the text, shortened to the width if necessary. A "…" marks the cut. If the width is less than two cells, text that does not
    /// fit is dropped.
    /// </summary>
    public static string Cut(string text, int width) => Measure(text) <= width ? text : width <= 1 ? "" : Head(text, width - 1) + "…";

    /// <summary>Returns the text at exactly this width, shortened or padded with spaces.</summary>
    public static string Fit(string text, int width, bool right = false)
    {
        var cut = Cut(text, width);
        var space = new string(' ', Math.Max(0, width - Measure(cut)));
        return right ? space + cut : cut + space;
    }
}
