using Spectre.Console.Rendering;

namespace TspActors.Peer.Terminal;

/// <summary>Text measured in cells of a terminal: some letters take two, and some none.</summary>
internal static class Cells
{
    public static int Of(string text) => new Segment(text).CellCount();

    /// <summary>As much of the beginning as fits.</summary>
    public static string Head(string text, int width)
    {
        var length = 0;
        var cells = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            cells += Of(rune.ToString());
            if (cells > width)
                break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    /// <summary>At most so many cells, with a mark where something is missing.</summary>
    public static string Cut(string text, int width) => Of(text) <= width ? text : width <= 1 ? "" : Head(text, width - 1) + "…";

    /// <summary>Exactly so many cells: cut, or filled up with spaces.</summary>
    public static string Fit(string text, int width, bool right = false)
    {
        var cut = Cut(text, width);
        var space = new string(' ', Math.Max(0, width - Of(cut)));
        return right ? space + cut : cut + space;
    }
}
