namespace TspActors.Peer.Terminal;

/// <summary>A search of the console's history. As the user types, it finds the newest line that contains the typed text.</summary>
/// <param name="lines">The history, oldest first.</param>
/// <param name="before">The line as it was before the search began.</param>
internal sealed class HistorySearch(IReadOnlyList<string> lines, string before)
{
    private const int MaxLength = 200;

    private string _sought = "";
    private int _at = lines.Count;
    private bool _isMissing;

    /// <summary>The line as it was before the search began.</summary>
    public string Before => before;

    /// <summary>The line that was found; <see cref="Before"/> if none has been found yet.</summary>
    public string Found => _at < lines.Count ? lines[_at] : before;

    /// <summary>The prompt: the text that is being searched for, with a note if no line contains it.</summary>
    public string Prompt => $"{(_isMissing ? "not in the history" : "search the history")}: {_sought}: ";

    /// <summary>Adds a character to the text.</summary>
    public void Add(char letter)
    {
        if (_sought.Length == MaxLength)
            return;
        _sought += letter;
        Find(_at);
    }

    /// <summary>Removes the last character of the text, and starts again with the newest line.</summary>
    public void Shorten()
    {
        if (_sought.Length > 0)
            _sought = _sought[..^(_sought.Length > 1 && char.IsSurrogatePair(_sought, _sought.Length - 2) ? 2 : 1)];
        _at = lines.Count;
        Find(_at);
    }

    /// <summary>Finds the next older line that contains the text.</summary>
    public void FindOlder() => Find(_at - 1);

    private void Find(int from)
    {
        if (_sought.Length == 0)
        {
            _isMissing = false;
            return;
        }

        var shown = Found;
        for (var at = Math.Min(from, lines.Count - 1); at >= 0; at--)
        {
            // Showing the same line again would look as if the key had done nothing.
            if (lines[at].Contains(_sought, StringComparison.OrdinalIgnoreCase) && (at == _at || _at == lines.Count || lines[at] != shown))
            {
                (_at, _isMissing) = (at, false);
                return;
            }
        }

        _isMissing = true;
    }
}
