namespace TspActors.Peer.Terminal;

/// <summary>
/// Shows a long result page by page on a terminal. Notes still appear above the line that asks for a key. Without a terminal, with paging
/// off, or if the result fits, the whole result is printed at once.
/// </summary>
/// <param name="screen">Shows the lines.</param>
/// <param name="isOn">Whether the user wants paging.</param>
/// <param name="readsKeys">Whether the pager itself reads the keyboard. In the console, <see cref="HandleKey"/> receives the keys.</param>
internal sealed class Pager(Screen screen, bool isOn, bool readsKeys)
{
    // Room for the line that asks for a key, the now-playing line, and the last line of the previous page.
    private const int LinesKept = 3;

    private readonly Lock _gate = new();
    private Showing? _showing;

    /// <summary>Prints the heading and the lines of a table, page by page if necessary.</summary>
    /// <param name="heading">The heading; null = there is none.</param>
    /// <param name="lines">The lines, each no wider than the terminal.</param>
    /// <param name="cancellation">Stops showing the result.</param>
    /// <returns>A task that completes when the whole result is printed, or the user has seen enough.</returns>
    public async Task ShowAsync(string? heading, IReadOnlyList<string> lines, CancellationToken cancellation)
    {
        if (heading is not null)
            screen.Heading(heading);
        var pages = new Pages(lines.Count, isOn && screen.IsInteractive ? Screen.Height - LinesKept : int.MaxValue);
        Print(lines, pages.Next(ConsoleKey.Spacebar, Screen.Height - LinesKept));
        if (pages.IsOver)
            return;
        var showing = new Showing(lines, pages);
        if (readsKeys)
        {
            ReadKeys(showing);
            return;
        }

        // The user may press a key as soon as the terminal asks for one. HandleKey then waits until _showing is set.
        lock (_gate)
        {
            Ask(showing);
            _showing = showing;
        }

        await using var end = cancellation.Register(() => End(showing)).ConfigureAwait(false);
        await showing.Ended.Task.ConfigureAwait(false);
    }

    /// <summary>Turns the page.</summary>
    /// <returns>False if no result is being shown. The key is then meant for something else.</returns>
    public bool HandleKey(ConsoleKeyInfo key)
    {
        Showing? showing;
        lock (_gate)
            showing = _showing;
        if (showing is null)
            return false;
        if (!Turn(showing, key))
            End(showing);
        return true;
    }

    private void ReadKeys(Showing showing)
    {
        Console.TreatControlCAsInput = true;
        Ask(showing);
        while (Turn(showing, Console.ReadKey(intercept: true)))
        {
            // The loop condition handles each key.
        }

        Console.TreatControlCAsInput = false;
    }

    // Returns false once there is nothing more to show.
    private bool Turn(Showing showing, ConsoleKeyInfo key)
    {
        var pages = showing.Pages;
        var isInterrupt = key.Key is ConsoleKey.C && key.Modifiers.HasFlag(ConsoleModifiers.Control);
        var next = pages.Next(isInterrupt ? ConsoleKey.Q : key.Key, Screen.Height - LinesKept);
        if (pages.IsOver)
            screen.ShowMore(null);
        Print(showing.Lines, next);
        if (!pages.IsOver)
            Ask(showing);
        return !pages.IsOver;
    }

    private void Ask(Showing showing) =>
        screen.ShowMore($"-- {showing.Lines.Count - showing.Pages.Shown} more -- space: page, enter: line, a: all, q: end");

    private void End(Showing showing)
    {
        lock (_gate)
        {
            if (_showing != showing)
                return;
            _showing = null;
        }

        screen.ShowMore(null);
        showing.Ended.TrySetResult();
    }

    private void Print(IReadOnlyList<string> lines, Range range)
    {
        var (from, count) = range.GetOffsetAndLength(lines.Count);
        if (count > 0)
            screen.Result(string.Join(Environment.NewLine, lines.Skip(from).Take(count)));
    }

    private sealed record Showing(IReadOnlyList<string> Lines, Pages Pages)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
