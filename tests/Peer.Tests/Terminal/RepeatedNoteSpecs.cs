using TspActors.Peer.Terminal;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks that identical notes in a row become one note with a count.</summary>
public sealed class RepeatedNoteSpecs
{
    private readonly RepeatedNote _notes = new();

    [Fact]
    public void Equal_notes_in_a_row_replace_each_other_and_are_counted()
    {
        Assert.Equal(("no host", 0), Add("no host", rows: 1));
        Assert.Equal(("no host (2 times)", 1), Add("no host", rows: 2));
        Assert.Equal(("no host (3 times)", 2), Add("no host", rows: 2));
    }

    [Fact]
    public void Another_note_or_another_line_starts_the_count_again()
    {
        Add("no host", rows: 1);
        Assert.Equal(("connected", 0), Add("connected", rows: 1));
        Assert.Equal(("no host", 0), Add("no host", rows: 1));
        _notes.Reset();
        Assert.Equal(("no host", 0), Add("no host", rows: 1));
    }

    private (string, int) Add(string note, int rows)
    {
        var added = _notes.Add(note);
        _notes.Printed(rows);
        return added;
    }
}
