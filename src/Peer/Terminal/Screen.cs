namespace TspActors.Peer.Terminal;

/// <summary>
/// Prints everything that the user sees: results to standard output, notes and errors to standard error. On a terminal, a footer with the
/// progress, the now-playing line and the prompt stays below the printed lines. A pipe receives only plain lines.
/// </summary>
internal sealed class Screen
{
    private readonly Lock _gate = new();
    private readonly RepeatedNote _repeated = new();
    private readonly bool _ansi;
    private readonly bool _notesHaveColour;
    private string? _status;
    private string? _progress;
    private string? _prompt;
    private int _cursor;
    private string? _more;
    private int _drawnLines;
    private IReadOnlyList<int> _drawnCells = [];

    public Screen()
    {
        IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected
            && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        IsTerminal = !Console.IsOutputRedirected;
        _ansi = IsInteractive;
        HasColour = Colours.AreWanted(Environment.GetEnvironmentVariable, IsTerminal);
        _notesHaveColour = Colours.AreWanted(Environment.GetEnvironmentVariable, !Console.IsErrorRedirected);
    }

    /// <summary>Whether a user is typing commands at a terminal. If so, there is a prompt.</summary>
    public bool IsInteractive { get; }

    /// <summary>Whether standard output is a terminal. Lists are then shown as tables.</summary>
    public bool IsTerminal { get; }

    /// <summary>Whether standard output has colours.</summary>
    public bool HasColour { get; }

    /// <summary>The terminal's width in cells.</summary>
    public static int Width
    {
        get
        {
            try
            {
                return Math.Max(Console.WindowWidth, 20);
            }
            catch (IOException)
            {
                return 80;
            }
        }
    }

    /// <summary>The terminal's height in lines.</summary>
    public static int Height
    {
        get
        {
            try
            {
                return Math.Max(Console.WindowHeight, 5);
            }
            catch (IOException)
            {
                return 24;
            }
        }
    }

    /// <summary>The width for wrapping results between words; null = no wrapping, because the output is not a terminal.</summary>
    public int? WrapWidth => IsTerminal ? Width - 1 : null;

    /// <summary>Prints a line of a result that has a name on its left. On a terminal, it is wrapped with a hanging indent.</summary>
    /// <param name="line">The name, padded to <paramref name="indent"/> cells, and the rest of the line.</param>
    /// <param name="indent">The width of the column with the name.</param>
    public void Row(string line, int indent) => Result(string.Join(Environment.NewLine, WordWrap.Hanging(line, indent, WrapWidth)));

    /// <summary>Prints a line of a result.</summary>
    public void Result(string line) => Write(Console.Out, line + Environment.NewLine);

    /// <summary>Returns a line of a result in faint type, because it is less important than the others.</summary>
    public string Fade(string line) => HasColour ? $"\e[2m{line}\e[0m" : line;

    /// <summary>Prints a table's heading.</summary>
    public void Heading(string line) => Write(Console.Out, (HasColour ? $"\e[1m{line}\e[0m" : line) + Environment.NewLine);

    /// <summary>Prints a note to standard error. On a terminal, identical notes in a row are shown as one, with a count.</summary>
    public void Note(string line)
    {
        line = SafeText.Clean(line);
        if (!_ansi || Console.IsErrorRedirected)
        {
            Write(Console.Error, Dim(line) + Environment.NewLine);
            return;
        }

        lock (_gate)
        {
            var (text, replaced) = _repeated.Add(line);
            var rows = WordWrap.Lines(text, Width - 1).ToList();
            _repeated.Printed(rows.Count);
            Print(
                Console.Error, (replaced > 0 ? $"\e[{replaced}A\e[J" : "") + Dim(string.Join(Environment.NewLine, rows)) + Environment.NewLine);
        }
    }

    /// <summary>Prints an error to standard error.</summary>
    public void Error(string line) =>
        Write(Console.Error, Red("error: ") + Wrap("error: " + SafeText.Clean(line))["error: ".Length..] + Environment.NewLine);

    /// <summary>Shows the prompt with the line typed so far; null removes it.</summary>
    /// <param name="prompt">The prompt and the line.</param>
    /// <param name="cursor">The cursor's position in <paramref name="prompt"/>.</param>
    public void ShowPrompt(string? prompt, int cursor)
    {
        lock (_gate)
        {
            _prompt = prompt;
            _cursor = cursor;
            Redraw();
        }
    }

    /// <summary>Shows the now-playing line; null removes it.</summary>
    public void ShowStatus(string? status)
    {
        if (!_ansi)
            return;
        lock (_gate)
        {
            if (_status == status)
                return;
            _status = status;
            Redraw();
        }
    }

    /// <summary>Shows a line with the progress of a scan or a save; null removes it.</summary>
    public void ShowProgress(string? progress)
    {
        if (!_ansi)
            return;
        lock (_gate)
        {
            if (_progress == progress)
                return;
            _progress = progress;
            Redraw();
        }
    }

    /// <summary>Shows a line in place of the prompt while the keys turn pages; null shows the prompt again.</summary>
    public void ShowMore(string? more)
    {
        lock (_gate)
        {
            _more = more;
            Redraw();
        }
    }

    /// <summary>Clears the terminal and draws the footer at its top.</summary>
    public void Clear()
    {
        if (!_ansi)
            return;
        lock (_gate)
        {
            _drawnLines = 0;
            _repeated.Reset();
            Console.Out.Write("\e[H\e[2J" + Draw());
            Console.Out.Flush();
        }
    }

    /// <summary>Redraws the footer after the terminal has been resized.</summary>
    public void Resize()
    {
        if (!_ansi)
            return;
        lock (_gate)
        {
            _repeated.Reset();
            Redraw();
        }
    }

    // Otherwise, the terminal would break lines in the middle of words.
    private string Wrap(string line) => _ansi && !Console.IsErrorRedirected
        ? string.Join(Environment.NewLine, WordWrap.Lines(line, Width - 1))
        : line;

    private void Write(TextWriter writer, string text)
    {
        lock (_gate)
        {
            _repeated.Reset();
            Print(writer, text);
        }
    }

    private void Print(TextWriter writer, string text)
    {
        Console.Out.Write(Erase());
        Console.Out.Flush();
        writer.Write(text);
        writer.Flush();
        Console.Out.Write(Draw());
        Console.Out.Flush();
    }

    private void Redraw()
    {
        Console.Out.Write(Erase() + Draw());
        Console.Out.Flush();
    }

    // The cursor is always on the last line of the footer.
    private string Erase()
    {
        if (_drawnLines == 0)
            return "";
        // A terminal that has become narrower has wrapped the footer's lines. Something else may be printed before Resize is called.
        var width = Width;
        var lines = _drawnLines + _drawnCells.Sum(cells => Math.Max(0, cells - 1) / width);
        var up = lines > 1 ? $"\e[{lines - 1}A" : "";
        _drawnLines = 0;
        return $"\r{up}\e[J";
    }

    private string Draw()
    {
        if (!_ansi)
            return "";
        var width = Width - 1;
        var lines = new List<string>();
        var cells = new List<int>();
        foreach (var line in new[] { _progress, _status })
        {
            if (line is null)
                continue;
            var cut = Cells.Cut(line, width);
            lines.Add(Cyan(cut));
            cells.Add(Cells.Measure(cut));
        }

        if (_more is not null)
        {
            lines.Add(Cells.Cut(_more, width));
            cells.Add(Cells.Measure(lines[^1]));
        }
        else if (_prompt is not null)
        {
            // A line wider than the terminal scrolls with the cursor.
            var start = 0;
            while (Cells.Measure(_prompt[start.._cursor]) >= width)
                start += char.IsSurrogatePair(_prompt, start) ? 2 : 1;
            var column = Cells.Measure(_prompt[start.._cursor]);
            lines.Add(Cells.Head(_prompt[start..], width) + "\r" + (column > 0 ? $"\e[{column}C" : ""));
            cells.Add(column);
        }

        _drawnLines = lines.Count;
        _drawnCells = cells;
        return string.Join('\n', lines);
    }

    // The output of Dim and Red goes to standard error, which may be a file while standard output is a terminal.
    private string Dim(string text) => _notesHaveColour ? $"\e[2m{text}\e[0m" : text;

    private string Red(string text) => _notesHaveColour ? $"\e[31m{text}\e[0m" : text;

    private string Cyan(string text) => HasColour ? $"\e[36m{text}\e[0m" : text;
}
