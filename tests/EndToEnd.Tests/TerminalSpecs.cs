using System.Text.RegularExpressions;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks the console in terminals that are narrow or change their width.</summary>
public sealed class TerminalSpecs
{
    // Longer than a line of the narrow terminal.
    private const string LongName = "The tracker of everybody who lives in the house by the old mill";

    [NeedsFact("lame", "script:bsdutils")]
    public async Task In_a_60_column_terminal_no_line_is_wider_and_tables_have_fewer_columns()
    {
        await using var stage = new Stage();
        stage.Share(
            "alice", "x.mp3",
            [
                .. TagBytes.Id3v23(("TIT2", new string('x', 200)), ("TPE1", new string('y', 100)), ("TALB", new string('z', 100))),
                .. await Songs.ToneAsync(550, 30),
            ]);
        var tracker = await StartSharingAsync(stage);
        var shared = await Catalog.BecomesAsync(tracker, songs => songs.Count == 2, "both songs are listed");
        var wide = shared.Single(song => song.Tags.Title.StartsWith('x')).Id;
        var terminal = PseudoTerminal.Start(stage, tracker, 60, "TSP__PEER__PAGER=off");
        await terminal.PrintsAsync("tsp> ");
        var from = terminal.Output.Text.Length;

        await PseudoTerminal.EnterAsync(terminal, "help", "stop the peer and exit");
        await PseudoTerminal.EnterAsync(terminal, "list", @"2 songs\b");
        await PseudoTerminal.EnterAsync(terminal, "artists", @"2 artists\b");
        await PseudoTerminal.EnterAsync(terminal, "peers", @"1 peer\b");
        await PseudoTerminal.EnterAsync(terminal, "play harbour", "▶ Alice – Harbour Lights");
        await PseudoTerminal.EnterAsync(terminal, "pause", "paused");
        await PseudoTerminal.EnterAsync(terminal, $"queue {wide}", "queued");
        await PseudoTerminal.EnterAsync(terminal, "queue", $@"1\. +{wide}  y+");
        await PseudoTerminal.EnterAsync(terminal, $"info {wide}", "host: +alice at ");
        await PseudoTerminal.EnterAsync(terminal, "status", "queue +1 song, repeat off, volume 100");
        await terminal.TypeAsync("quit", "\r");
        await terminal.ExitsWithAsync(0);

        var lines = PseudoTerminal.Lines(terminal, from);
        Assert.All(lines, line => Assert.True(line.Length <= 60, line));
        // In 80 columns, the table also shows the album.
        Assert.Contains(lines, line => Regex.IsMatch(line, "^id +title +artist +time +hosts$"));
        Assert.Contains(lines, line => Regex.IsMatch(line, $"^ *{wide}  x+…  y+…  0:30  alice$"));
        Assert.Contains(lines, line => Regex.IsMatch(line, "^tracker   The tracker of everybody"));
    }

    [NeedsFact("lame", "script:bsdutils")]
    public async Task A_resized_terminal_shows_the_prompt_and_the_now_playing_line_at_the_new_width()
    {
        await using var stage = new Stage();
        var tracker = await StartSharingAsync(stage);
        var terminal = PseudoTerminal.Start(stage, tracker, 80);
        await terminal.PrintsAsync("tsp> ");
        var text = string.Concat(Enumerable.Range(10, 25));
        await terminal.TypeAsync(text, "");
        await terminal.PrintsAsync($"tsp> {text}");

        // The terminal wraps the prompt, which is 55 columns wide, so the cursor is on a second line. The new prompt shows the end of the
        // text.
        var from = terminal.Output.Text.Length;
        await PseudoTerminal.ResizeAsync(terminal, 40);
        await terminal.PrintsAsync($@"\r\e\[1A\e\[J{text[^38..]}\r\e\[38C", from);

        await PseudoTerminal.ResizeAsync(terminal, 80);
        await terminal.PrintsAsync($@"\r\e\[Jtsp> {text}", from);
        await terminal.TypeAsync("\x15play harbour", "\r");
        await terminal.PrintsAsync("▶ Alice – Harbour Lights");
        await PseudoTerminal.EnterAsync(terminal, "pause", @"paused(?s:.*)‖ Alice – Harbour Lights .*from alice\S*\s+tsp> ");

        // The now-playing line, which is above the prompt, is wrapped as well.
        from = terminal.Output.Text.Length;
        await PseudoTerminal.ResizeAsync(terminal, 40);
        await terminal.PrintsAsync(@"\r\e\[2A\e\[J\S*‖ Alice – Harbour Lights", from);
        await terminal.TypeAsync("quit", "\r");
        await terminal.ExitsWithAsync(0);
    }

    [NeedsFact("script:bsdutils")]
    public async Task Control_L_clears_the_screen_and_keeps_the_typed_text()
    {
        await using var stage = new Stage();
        var terminal = PseudoTerminal.Start(stage, await stage.StartTrackerAsync(), 80);
        await terminal.PrintsAsync("tsp> ");
        await terminal.TypeAsync("volume", "");
        await terminal.PrintsAsync("tsp> volume");

        var from = terminal.Output.Text.Length;
        await terminal.TypeAsync("\x0c", "");
        await terminal.PrintsAsync(@"\e\[H\e\[2Jtsp> volume", from);
        await terminal.TypeAsync("", "\r");
        await terminal.PrintsAsync("volume 100", from);
        await terminal.TypeAsync("quit", "\r");
        await terminal.ExitsWithAsync(0);
    }

    [NeedsFact("script:bsdutils")]
    public async Task A_long_list_of_songs_is_shown_page_by_page()
    {
        await using var stage = new Stage();
        ManySongs.Write(stage.Music("alice"), 60);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 60, "all songs are listed");
        var terminal = PseudoTerminal.Start(stage, tracker, 80);
        await terminal.PrintsAsync("tsp> ");

        // Below the heading, 40 rows have room for 37 lines: the rule and 36 songs.
        var from = terminal.Output.Text.Length;
        await terminal.TypeAsync("list", "\r");
        await terminal.PrintsAsync("-- 24 more --", from);
        Assert.Equal(36, CountSongs());
        await terminal.TypeAsync("", "\r");
        await terminal.PrintsAsync("-- 23 more --", from);
        Assert.Equal(37, CountSongs());
        Assert.DoesNotContain("60 songs", terminal.Output.Text, StringComparison.Ordinal);
        await terminal.TypeAsync("a", "");
        await terminal.PrintsAsync(@"60 songs\b", from);
        Assert.Equal(60, CountSongs());
        await terminal.TypeAsync("quit", "\r");
        await terminal.ExitsWithAsync(0);

        int CountSongs() => PseudoTerminal.Lines(terminal, from).Count(line => Regex.IsMatch(line, @"^ *\d+  .*0:00  alice$"));
    }

    [NeedsFact("script:bsdutils")]
    public async Task Quit_on_a_terminal_exits_with_0_even_if_a_command_has_failed()
    {
        await using var stage = new Stage();
        var terminal = PseudoTerminal.Start(stage, await stage.StartTrackerAsync(), 80);
        await terminal.PrintsAsync("tsp> ");

        await PseudoTerminal.EnterAsync(terminal, "help nonsense", "there is no command \"nonsense\"");
        await terminal.TypeAsync("quit", "\r");

        await terminal.ExitsWithAsync(0);
    }

    [Fact]
    public async Task Help_describes_one_command_and_an_unknown_command_makes_a_pipe_exit_with_1()
    {
        await using var stage = new Stage();
        var console = await stage.StartConsoleAsync(await stage.StartTrackerAsync(), "carol");

        foreach (var command in new[] { "help play", "help EXIT", "help plya", "help nonsense", "quit" })
            await console.Process.TypeAsync(command);
        await console.Process.ExitsWithAsync(1);

        var lines = console.Process.Output.Lines;
        Assert.Equal(3, lines.Count);
        Assert.StartsWith("  play [ids|text]          play songs now", lines[0], StringComparison.Ordinal);
        Assert.Equal("  quit                     stop the peer and exit", lines[1]);
        Assert.Equal("  also: exit, q", lines[2]);
        Assert.Equal(
            [
                "error: there is no command \"plya\"; did you mean play? Type \"help\" to list all commands",
                "error: there is no command \"nonsense\"; type \"help\" to list all commands",
            ],
            console.Process.Errors.Lines.Where(line => line.StartsWith("error: ", StringComparison.Ordinal)));
    }

    private static async Task<TrackerProgram> StartSharingAsync(Stage stage)
    {
        stage.Share(
            "alice", "a.mp3", [.. TagBytes.Id3v23(("TIT2", "Harbour Lights"), ("TPE1", "Alice")), .. await Songs.ToneAsync(440, 30)]);
        var tracker = await stage.StartTrackerAsync(0, $"TSP__TRACKER__NAME={LongName}");
        await stage.StartPeerAsync(tracker, "alice");
        return tracker;
    }
}
