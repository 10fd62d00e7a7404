using TspActors.Peer.Terminal;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks how the console's line editor handles keys.</summary>
public sealed class LineBufferSpecs
{
    private readonly LineBuffer _line = new();

    [Fact]
    public void Enter_returns_the_typed_line()
    {
        Type("play 1");

        Assert.Equal("play 1", Press(ConsoleKey.Enter));
        Assert.Equal("", _line.Text);
        Assert.Equal(0, _line.Cursor);
    }

    [Fact]
    public void Keys_edit_the_line_at_the_cursor()
    {
        Type("pla 12");
        Press(ConsoleKey.LeftArrow, 3);
        Type("y");
        Press(ConsoleKey.End);
        Press(ConsoleKey.Backspace);
        Press(ConsoleKey.Home);
        Press(ConsoleKey.Delete);
        Type("P");

        Assert.Equal("Play 1", _line.Text);
        Assert.Equal(1, _line.Cursor);
    }

    [Fact]
    public void The_cursor_stays_within_the_line()
    {
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.Backspace);
        Press(ConsoleKey.Delete);
        Type("a");
        Press(ConsoleKey.RightArrow, 5);
        Press(ConsoleKey.Delete);

        Assert.Equal("a", _line.Text);
        Assert.Equal(1, _line.Cursor);
    }

    [Fact]
    public void Control_keys_move_the_cursor_and_clear_the_line()
    {
        Type("stop");
        Control(ConsoleKey.A);
        Assert.Equal(0, _line.Cursor);
        Control(ConsoleKey.E);
        Assert.Equal(4, _line.Cursor);
        Control(ConsoleKey.U);
        Assert.Equal("", _line.Text);
    }

    [Fact]
    public void Control_D_quits_only_on_an_empty_line()
    {
        Assert.Equal("quit", Control(ConsoleKey.D));
        Type("x");
        Assert.Null(Control(ConsoleKey.D));
    }

    [Fact]
    public void Earlier_lines_can_be_recalled_without_losing_the_line_being_typed()
    {
        Enter("list");
        Enter("play 1");
        Enter("play 1");
        Enter("   ");
        Type("sto");

        Press(ConsoleKey.UpArrow);
        Assert.Equal("play 1", _line.Text);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("list", _line.Text);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("list", _line.Text);
        Press(ConsoleKey.DownArrow, 2);
        Assert.Equal("sto", _line.Text);
        Press(ConsoleKey.DownArrow);
        Assert.Equal("sto", _line.Text);
    }

    [Fact]
    public void The_history_and_the_line_are_bounded()
    {
        for (var i = 0; i < 600; i++)
            Enter($"line {i}");
        Press(ConsoleKey.UpArrow, 1000);
        Assert.Equal("line 100", _line.Text);

        Control(ConsoleKey.U);
        Type(new string('x', 5_000));
        Assert.Equal(4_096, _line.Text.Length);
    }

    [Fact]
    public void Tab_completes_the_line()
    {
        Type("sta");
        _line.HandleKey(new ConsoleKeyInfo('\t', ConsoleKey.Tab, false, false, false), line => Completer.Complete(line, (_, _) => []).Line);

        Assert.Equal("status ", _line.Text);
        Assert.Equal(7, _line.Cursor);
    }

    [Fact]
    public void A_surrogate_pair_is_crossed_and_deleted_as_one_character()
    {
        Type("a🎵b");
        Press(ConsoleKey.LeftArrow, 2);
        Assert.Equal(1, _line.Cursor);
        Press(ConsoleKey.RightArrow);
        Assert.Equal(3, _line.Cursor);
        Press(ConsoleKey.Backspace);
        Assert.Equal("ab", _line.Text);
        Control(ConsoleKey.C);
        Type("🎵");
        Press(ConsoleKey.Home);
        Press(ConsoleKey.Delete);
        Assert.Equal("", _line.Text);
    }

    [Fact]
    public void Control_C_clears_the_line_and_quits_only_when_pressed_twice_on_an_empty_line()
    {
        Type("play everything");
        Assert.Null(Control(ConsoleKey.C));
        Assert.Equal(("", false), (_line.Text, _line.AsksToQuit));

        Assert.Null(Control(ConsoleKey.C));
        Assert.True(_line.AsksToQuit);
        Type("x");
        Assert.False(_line.AsksToQuit);
        Assert.Null(Control(ConsoleKey.C));
        Assert.Null(Control(ConsoleKey.C));
        Assert.Equal("quit", Control(ConsoleKey.C));
    }

    [Fact]
    public void A_line_that_was_cleared_is_not_in_the_history()
    {
        Enter("list");
        Type("secret");
        Control(ConsoleKey.C);

        Press(ConsoleKey.UpArrow);

        Assert.Equal("list", _line.Text);
    }

    [Fact]
    public void Words_and_parts_of_the_line_are_cut_and_inserted_again()
    {
        Type("play all AC/DC  ");
        Control(ConsoleKey.W);
        Assert.Equal("play all ", _line.Text);
        Alt(ConsoleKey.Backspace);
        Assert.Equal("play ", _line.Text);
        Control(ConsoleKey.Y);
        Assert.Equal("play all ", _line.Text);

        Control(ConsoleKey.A);
        Alt(ConsoleKey.D, 'd');
        Assert.Equal(" all ", _line.Text);
        Press(ConsoleKey.RightArrow);
        Control(ConsoleKey.K);
        Assert.Equal(" ", _line.Text);
        Control(ConsoleKey.Y);
        Press(ConsoleKey.LeftArrow);
        Control(ConsoleKey.U);
        Assert.Equal((" ", 0), (_line.Text, _line.Cursor));
    }

    [Fact]
    public void The_cursor_moves_over_words()
    {
        Type("save AC/DC now");

        Alt(ConsoleKey.B, 'b');
        Assert.Equal(11, _line.Cursor);
        _line.HandleKey(new ConsoleKeyInfo('\0', ConsoleKey.LeftArrow, false, false, control: true));
        Assert.Equal(8, _line.Cursor);
        Alt(ConsoleKey.F, 'f');
        Assert.Equal(10, _line.Cursor);
        Control(ConsoleKey.A);
        Alt(ConsoleKey.F, 'f');
        Assert.Equal(4, _line.Cursor);
    }

    [Fact]
    public void Keys_with_Alt_type_nothing_but_characters_with_AltGr_are_typed()
    {
        Alt(ConsoleKey.X, 'x');
        _line.HandleKey(new ConsoleKeyInfo('@', ConsoleKey.Q, shift: false, alt: true, control: true));

        Assert.Equal("@", _line.Text);
    }

    [Fact]
    public void Control_R_finds_the_newest_line_that_contains_the_text_and_then_older_ones()
    {
        foreach (var line in new[] { "play river", "list", "save River", "play river" })
            Enter(line);
        Type("unfinished");

        Control(ConsoleKey.R);
        Type("riv");
        Assert.Equal("play river", _line.Text);
        Control(ConsoleKey.R);
        Assert.Equal("save River", _line.Text);
        Control(ConsoleKey.R);
        Assert.Equal("play river", _line.Text);
        Control(ConsoleKey.R);
        Assert.StartsWith("not in the history", _line.SearchPrompt, StringComparison.Ordinal);

        Assert.Equal("play river", Press(ConsoleKey.Enter));
        Assert.Null(_line.SearchPrompt);
    }

    [Theory]
    [InlineData(ConsoleKey.C)]
    [InlineData(ConsoleKey.G)]
    public void A_cancelled_search_restores_the_line(ConsoleKey key)
    {
        Enter("list moon");
        Type("unfinished");
        Control(ConsoleKey.R);
        Type("moonx");
        Press(ConsoleKey.Backspace);
        Assert.Equal("list moon", _line.Text);

        Assert.Null(Control(key));

        Assert.Equal(("unfinished", null, false), (_line.Text, _line.SearchPrompt, _line.AsksToQuit));
    }

    [Fact]
    public void Another_key_edits_the_line_that_was_found()
    {
        Enter("play moon");
        Control(ConsoleKey.R);
        Type("moo");

        Press(ConsoleKey.Home);
        Press(ConsoleKey.Delete);

        Assert.Equal("lay moon", _line.Text);
    }

    private void Enter(string text)
    {
        Type(text);
        Press(ConsoleKey.Enter);
    }

    private void Type(string text)
    {
        foreach (var letter in text)
            Assert.Null(_line.HandleKey(new ConsoleKeyInfo(letter, default, false, false, false)));
    }

    private string? Press(ConsoleKey key, int times = 1)
    {
        string? line = null;
        for (; times > 0; times--)
            line = _line.HandleKey(new ConsoleKeyInfo(key == ConsoleKey.Enter ? '\r' : '\0', key, false, false, false));
        return line;
    }

    private void Alt(ConsoleKey key, char letter = '\b') => _line.HandleKey(new ConsoleKeyInfo(letter, key, false, alt: true, false));

    private string? Control(ConsoleKey key) => _line.HandleKey(new ConsoleKeyInfo((char)(key - ConsoleKey.A + 1), key, false, false, true));
}
