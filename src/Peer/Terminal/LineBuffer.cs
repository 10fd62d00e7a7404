using System.Text;

namespace TspActors.Peer.Terminal;

/// <summary>A line editor, independent of the terminal: the current line, the cursor and the history.</summary>
internal sealed class LineBuffer
{
    private const int MaxHistory = 500;
    private const int MaxLength = 4_096;

    private readonly StringBuilder _text = new();
    private readonly List<string> _history;
    private int _recalled;
    private string _unfinished = "";

    /// <param name="history">The earlier lines, oldest first.</param>
    public LineBuffer(IEnumerable<string>? history = null)
    {
        _history = [.. history ?? []];
        _recalled = _history.Count;
    }

    /// <summary>The line typed so far.</summary>
    public string Text => _text.ToString();

    /// <summary>The cursor position, in UTF-16 units.</summary>
    public int Cursor { get; private set; }

    /// <summary>Applies a key press to the line.</summary>
    /// <param name="key">The key.</param>
    /// <param name="complete">Completes the line when Tab is pressed.</param>
    /// <returns>The finished line if the key ended it, "quit" for Ctrl+D on an empty line; otherwise null.</returns>
    public string? HandleKey(ConsoleKeyInfo key, Func<string, string>? complete = null)
    {
        var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return End();
            case ConsoleKey.Backspace when Cursor > 0:
                var before = Before();
                _text.Remove(before, Cursor - before);
                Cursor = before;
                break;
            case ConsoleKey.Delete when Cursor < _text.Length:
                _text.Remove(Cursor, After() - Cursor);
                break;
            case ConsoleKey.LeftArrow:
                Cursor = Before();
                break;
            case ConsoleKey.RightArrow:
                Cursor = After();
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                Cursor = 0;
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                Cursor = _text.Length;
                break;
            case ConsoleKey.U when control:
                Replace("");
                break;
            case ConsoleKey.UpArrow:
                Recall(_recalled - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(_recalled + 1);
                break;
            case ConsoleKey.Tab when complete is not null:
                Replace(complete(Text));
                break;
            case ConsoleKey.D when control && _text.Length == 0:
                return "quit";
            default:
                if (!char.IsControl(key.KeyChar) && _text.Length < MaxLength)
                    _text.Insert(Cursor++, key.KeyChar);
                break;
        }

        return null;
    }

    // A character outside the Basic Multilingual Plane takes two UTF-16 units, but the cursor moves over it in one step.
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

    private void Replace(string text)
    {
        _text.Clear().Append(text);
        Cursor = text.Length;
    }
}
