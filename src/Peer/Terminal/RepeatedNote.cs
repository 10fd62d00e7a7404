namespace TspActors.Peer.Terminal;

/// <summary>Counts how often the same note appears in a row, so that a terminal shows it once, with the count.</summary>
internal sealed class RepeatedNote
{
    private string? _last;
    private int _count;
    private int _rows;

    /// <summary>Returns the text to print for a note, and how many printed rows it replaces; 0 = it is a new note.</summary>
    /// <param name="note">The note.</param>
    public (string Text, int Replaces) Add(string note)
    {
        if (note != _last)
        {
            (_last, _count, _rows) = (note, 1, 0);
            return (note, 0);
        }

        return ($"{note} ({++_count} times)", _rows);
    }

    /// <summary>Records how many rows the last note takes up on the terminal.</summary>
    public void Printed(int rows) => _rows = rows;

    /// <summary>Forgets the last note, because something else was printed after it.</summary>
    public void Reset() => _last = null;
}
