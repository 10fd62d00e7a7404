namespace TspActors.Peer.Terminal;

/// <summary>Tracks how much of a result has been shown, and decides what each key shows next.</summary>
/// <param name="lines">The number of lines in the result.</param>
/// <param name="fits">The maximum number of lines that are shown without paging.</param>
internal sealed class Pages(int lines, int fits)
{
    private bool _isEnough;

    /// <summary>The number of lines shown so far.</summary>
    public int Shown { get; private set; }

    /// <summary>Whether there is nothing more to show.</summary>
    public bool IsOver => _isEnough || Shown == lines;

    /// <summary>Returns the lines that a key shows; none for an unknown key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="height">The number of lines on a page.</param>
    public Range Next(ConsoleKey key, int height)
    {
        var from = Shown;
        _isEnough |= key is ConsoleKey.Q or ConsoleKey.Escape;
        Shown = Math.Min(lines, Shown + key switch
        {
            _ when lines <= fits => lines,
            ConsoleKey.Spacebar or ConsoleKey.PageDown => Math.Max(1, height),
            ConsoleKey.Enter or ConsoleKey.DownArrow => 1,
            ConsoleKey.A or ConsoleKey.End => lines - Shown,
            _ => 0,
        });
        return from..Shown;
    }
}
