namespace TspActors.Peer.Terminal;

/// <summary>Reads lines from a keyboard, key by key, with history and completion. Only the console's input thread uses it.</summary>
/// <remarks>
/// Ctrl+C is a key like any other here, so it stops neither the music nor the sharing. A signal from another program still stops the peer.
/// </remarks>
internal sealed class KeyReader
{
    private const string Prompt = "tsp> ";

    // This deadline is short because the user has pressed Tab and is waiting for the titles.
    private static readonly TimeSpan TitlesDeadline = TimeSpan.FromSeconds(1);

    private readonly TitleFinder _titles;
    private readonly Screen _screen;
    private readonly Pager _pager;
    private readonly Func<bool> _interrupt;
    private readonly History? _history;
    private readonly LineBuffer _line;

    /// <param name="peer">The peer.</param>
    /// <param name="screen">Shows the prompt and the line.</param>
    /// <param name="pager">Handles the keys while it shows a long result.</param>
    /// <param name="interrupt">Cancels the running command; returns false if there is none.</param>
    public KeyReader(PeerNode peer, Screen screen, Pager pager, Func<bool> interrupt)
    {
        _titles = new TitleFinder(peer.TrackerLink, TitlesDeadline);
        _screen = screen;
        _pager = pager;
        _interrupt = interrupt;
        _history = Load(peer, screen);
        _line = new LineBuffer(_history?.Lines);
        Console.TreatControlCAsInput = true;
    }

    /// <summary>Returns the next line from the keyboard.</summary>
    public string ReadLine()
    {
        while (true)
        {
            var prompt = _line.SearchPrompt ?? Prompt;
            _screen.ShowPrompt(prompt + _line.Text, prompt.Length + _line.Cursor);
            var key = Console.ReadKey(intercept: true);
            if (_pager.HandleKey(key) || HandleHere(key) || _line.HandleKey(key, Complete) is not { } line)
            {
                if (_line.AsksToQuit)
                    _screen.Note("press Ctrl-C again to quit; this stops the music and the sharing");
                continue;
            }

            _screen.ShowPrompt(null, 0);
            _screen.Result(Prompt + line);
            Remember(line);
            return line;
        }
    }

    // Returns false if the key is meant for the line.
    private bool HandleHere(ConsoleKeyInfo key)
    {
        if (!key.Modifiers.HasFlag(ConsoleModifiers.Control))
            return false;
        if (key.Key is ConsoleKey.L)
            _screen.Clear();
        else if (key.Key is ConsoleKey.Z)
            JobControl.Suspend();
        return key.Key is ConsoleKey.L or ConsoleKey.Z
            || (key.Key is ConsoleKey.C && _line.Text.Length == 0 && _line.SearchPrompt is null && _interrupt());
    }

    private static History? Load(PeerNode peer, Screen screen)
    {
        try
        {
            return peer.HistoryPath is { } path ? History.Load(path) : null;
        }
        catch (IOException error)
        {
            screen.Note($"could not read the console history: {error.Message}");
            return null;
        }
    }

    private void Remember(string line)
    {
        try
        {
            _history?.Add(line);
        }
        catch (IOException error)
        {
            _screen.Note($"could not write the console history: {error.Message}");
        }
    }

    private string Complete(string line)
    {
        var (completed, choices) = Completer.Complete(line, FindTitles);
        foreach (var choice in completed == line ? choices : [])
            _screen.Note("  " + Cells.Cut(SafeText.Clean(choice), Screen.Width - 4));
        return completed;
    }

    // A user who keeps typing no longer wants the completion.
    private IReadOnlyList<string> FindTitles(string beginning, int most)
    {
        var search = _titles.FindAsync(beginning, most);
        return KeyWait.Until(search, () => Console.KeyAvailable) ? [.. search.GetAwaiter().GetResult().Select(SafeText.Clean)] : [];
    }
}
