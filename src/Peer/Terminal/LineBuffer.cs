using System.Text;

namespace TspActors.Peer.Terminal;

/// <summary>
/// A line editor with readline's key bindings, independent of the terminal: the current line, the cursor and the history.
/// </summary>
internal sealed class LineBuffer
{
    private const int MaxHistory = 500;
    private const int MaxLength = 4_096;

    private readonly StringBuilder _text = new();
    private readonly List<string> _history;
    private int _recalled;
    private string _unfinished = "";
    private string _cut = "";
    private HistorySearch? _search;
    private bool _asksToQuit;

    /// <param name="history">The earlier lines, oldest first.</param>
    public LineBuffer(IEnumerable<string>? history = null)
    {
        _history = [.. history ?? []];
        _recalled = _history.Count;
    }

    /// <summary>The line typed so far; during a search of the history, the line that was found.</summary>
    public string Text => _text.ToString();

    /// <summary>The cursor position, in UTF-16 code units.</summary>
    public int Cursor { get; private set; }

    /// <summary>The text to show in place of the prompt while the user searches the history; null = the user is editing the line.</summary>
    public string? SearchPrompt => _search?.Prompt;

    /// <summary>Whether the last key was Ctrl+C on an empty line, in which case a second Ctrl+C returns "quit".</summary>
    public bool AsksToQuit => _asksToQuit;

    /// <summary>Applies a key press to the line.</summary>
    /// <param name="key">The key.</param>
    /// <param name="complete">Completes the line when Tab is pressed.</param>
    /// <returns>
    /// The finished line if the key ended it; "quit" for Ctrl+D on an empty line, or for Ctrl+C pressed twice; otherwise null.
    /// </returns>
    public string? HandleKey(ConsoleKeyInfo key, Func<string, string>? complete = null)
    {
        var asksToQuit = _asksToQuit;
        _asksToQuit = false;
        if (_search is not null && HandleInSearch(key))
            return null;
        if (key.Key is ConsoleKey.Enter)
            return End();
        if (key.Key is ConsoleKey.Tab && complete is not null)
            Replace(complete(Text));
        else if (IsControl(key) && key.Key is ConsoleKey.D && _text.Length == 0)
            return "quit";
        else if (IsControl(key) && key.Key is ConsoleKey.C)
            return Interrupt(asksToQuit);
        else if (!Edit(key) && IsText(key) && _text.Length < MaxLength)
            _text.Insert(Cursor++, key.KeyChar);
        return null;
    }

    private static bool IsControl(ConsoleKeyInfo key) => key.Modifiers.HasFlag(ConsoleModifiers.Control);

    private static bool IsAlt(ConsoleKeyInfo key) => key.Modifiers.HasFlag(ConsoleModifiers.Alt) && !IsControl(key);

    // On Windows, AltGr, which is used to type characters, arrives as Ctrl+Alt.
    private static bool IsText(ConsoleKeyInfo key) => !char.IsControl(key.KeyChar) && !IsAlt(key);

    private string? Interrupt(bool asksToQuit)
    {
        if (_text.Length == 0 && asksToQuit)
            return "quit";
        _asksToQuit = _text.Length == 0;
        _recalled = _history.Count;
        Replace("");
        return null;
    }

    // Returns false if the key is not an editing key.
    private bool Edit(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Backspace when IsAlt(key):
            case ConsoleKey.W when IsControl(key):
                Cut(LineWords.StartBefore(Text, Cursor, spacesOnly: key.Key is ConsoleKey.W), Cursor);
                break;
            case ConsoleKey.Backspace:
            case ConsoleKey.H when IsControl(key):
                Remove(Before(), Cursor);
                break;
            case ConsoleKey.Delete:
            case ConsoleKey.D when IsControl(key):
                Remove(Cursor, After());
                break;
            case ConsoleKey.D when IsAlt(key):
                Cut(Cursor, LineWords.EndAfter(Text, Cursor));
                break;
            case ConsoleKey.U when IsControl(key):
                Cut(0, Cursor);
                break;
            case ConsoleKey.K when IsControl(key):
                Cut(Cursor, _text.Length);
                break;
            case ConsoleKey.Y when IsControl(key) && _text.Length + _cut.Length <= MaxLength:
                _text.Insert(Cursor, _cut);
                Cursor += _cut.Length;
                break;
            case ConsoleKey.R when IsControl(key):
                _search = new HistorySearch(_history, Text);
                break;
            case ConsoleKey.UpArrow:
            case ConsoleKey.P when IsControl(key):
                Recall(_recalled - 1);
                break;
            case ConsoleKey.DownArrow:
            case ConsoleKey.N when IsControl(key):
                Recall(_recalled + 1);
                break;
            default:
                return Move(key);
        }

        return true;
    }

    private bool Move(ConsoleKeyInfo key)
    {
        int? to = key.Key switch
        {
            ConsoleKey.LeftArrow when key.Modifiers != 0 => LineWords.StartBefore(Text, Cursor),
            ConsoleKey.B when IsAlt(key) => LineWords.StartBefore(Text, Cursor),
            ConsoleKey.RightArrow when key.Modifiers != 0 => LineWords.EndAfter(Text, Cursor),
            ConsoleKey.F when IsAlt(key) => LineWords.EndAfter(Text, Cursor),
            ConsoleKey.LeftArrow => Before(),
            ConsoleKey.B when IsControl(key) => Before(),
            ConsoleKey.RightArrow => After(),
            ConsoleKey.F when IsControl(key) => After(),
            ConsoleKey.Home => 0,
            ConsoleKey.A when IsControl(key) => 0,
            ConsoleKey.End => _text.Length,
            ConsoleKey.E when IsControl(key) => _text.Length,
            _ => null,
        };
        Cursor = to ?? Cursor;
        return to is not null;
    }

    // Returns false if the key ended the search and is meant for the line that was found.
    private bool HandleInSearch(ConsoleKeyInfo key)
    {
        var search = _search!;
        if (IsControl(key) && key.Key is ConsoleKey.R)
            search.FindOlder();
        else if (key.Key is ConsoleKey.Backspace || (IsControl(key) && key.Key is ConsoleKey.H))
            search.Shorten();
        else if (IsText(key))
            search.Add(key.KeyChar);
        else
            _search = null;
        var isGivenUp = _search is null && (key.Key is ConsoleKey.Escape || (IsControl(key) && key.Key is ConsoleKey.C or ConsoleKey.G));
        Replace(isGivenUp ? search.Before : search.Found);
        return isGivenUp || _search is not null;
    }

    // A character outside the Basic Multilingual Plane consists of two UTF-16 code units, but the cursor moves over it in one step.
    private int Before() => Cursor >= 2 && char.IsSurrogatePair(_text[Cursor - 2], _text[Cursor - 1])
        ? Cursor - 2
        : Math.Max(0, Cursor - 1);

    private int After() => Cursor + 1 < _text.Length && char.IsSurrogatePair(_text[Cursor], _text[Cursor + 1])
        ? Cursor + 2
        : Math.Min(_text.Length, Cursor + 1);

    private string End()
    {
        var line = Text;
        if (line.Trim().Length > 0 && (_history.Count == 0 || _history[^1] != line))
            _history.Add(line);
        if (_history.Count > MaxHistory)
            _history.RemoveAt(0);
        _recalled = _history.Count;
        Replace("");
        return line;
    }

    private void Recall(int index)
    {
        if (index < 0 || index > _history.Count || index == _recalled)
            return;
        if (_recalled == _history.Count)
            _unfinished = Text;
        _recalled = index;
        Replace(index == _history.Count ? _unfinished : _history[index]);
    }

    // Ctrl+Y inserts the text that was cut last.
    private void Cut(int from, int to)
    {
        if (to > from)
            _cut = _text.ToString(from, to - from);
        Remove(from, to);
    }

    private void Remove(int from, int to)
    {
        _text.Remove(from, to - from);
        Cursor = from;
    }

    private void Replace(string text)
    {
        _text.Clear().Append(text);
        Cursor = text.Length;
    }
}
