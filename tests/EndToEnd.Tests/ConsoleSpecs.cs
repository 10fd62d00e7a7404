using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that the console prints plain lines for piped commands, and a prompt, tables and colours in a terminal.</summary>
public sealed class ConsoleSpecs
{
    private const string Escape = "\e";
    private const string Colour = @"\e\[[0-9;]*m";

    [NeedsFact("lame")]
    public async Task Commands_from_a_pipe_run_one_after_another_and_print_plain_lines()
    {
        await using var stage = new Stage();
        var tracker = await StartSharingAsync(stage);
        var console = await stage.StartConsoleAsync(tracker, "carol");

        foreach (var command in new[] { "list", "list nothing like it", "info 1", "play 1", "status", "stop", "status", "quit" })
            await console.Process.TypeAsync(command);
        await console.Process.ExitsWithAsync(0);

        var lines = console.Process.Output.Lines;
        Assert.Equal("1\tHarbour Lights\tAlice\t\t0:30\talice", lines[0]);
        Assert.Contains(
            lines,
            line => line.StartsWith("title:", StringComparison.Ordinal) && line.EndsWith("Harbour Lights", StringComparison.Ordinal));
        var playing = lines.Where(line => line.StartsWith("playing", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, playing.Count);
        Assert.Contains("Harbour Lights", playing[0], StringComparison.Ordinal);
        Assert.EndsWith("nothing", playing[1], StringComparison.Ordinal);
        Assert.Contains("playing Alice – Harbour Lights (0:30) from alice", console.Process.Errors.Text, StringComparison.Ordinal);
        Assert.Contains("stopped", console.Process.Errors.Lines);
        Assert.DoesNotContain(Escape, console.Process.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, console.Process.Errors.Text, StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task A_song_that_was_listed_is_played_while_the_tracker_is_away()
    {
        await using var stage = new Stage();
        var tracker = await StartSharingAsync(stage);
        var console = await stage.StartConsoleAsync(tracker, "carol");
        await console.Process.TypeAsync("list");
        await console.Process.PrintsAsync("Harbour Lights");

        tracker.Process.Signal("KILL");
        await tracker.Process.ExitAsync();
        await console.Process.ReportsAsync("no tracker at");
        await console.Process.TypeAsync("play 1");

        await console.Process.ReportsAsync("playing Alice – Harbour Lights .* from alice");
        await console.Process.TypeAsync("quit");
        await console.Process.ExitsWithAsync(0);
    }

    [NeedsFact("lame")]
    public async Task A_failed_command_prints_one_line_and_sets_the_exit_code_and_the_next_command_still_runs()
    {
        await using var stage = new Stage();
        var tracker = await StartSharingAsync(stage);
        var console = await stage.StartConsoleAsync(tracker, "carol");

        foreach (var command in new[] { "play 99", "lsit", "list", "quit" })
            await console.Process.TypeAsync(command);
        await console.Process.ExitsWithAsync(1);

        var errors = console.Process.Errors.Lines.Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, errors.Count);
        Assert.Contains("99", errors[0], StringComparison.Ordinal);
        Assert.DoesNotContain(console.Process.Errors.Lines, line => line.StartsWith("stopped: ", StringComparison.Ordinal));
        Assert.Contains("did you mean list?", errors[1], StringComparison.Ordinal);
        Assert.StartsWith("1\tHarbour Lights", Assert.Single(console.Process.Output.Lines), StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task Limits_are_shown_and_changed_without_a_restart()
    {
        await using var stage = new Stage();
        var tracker = await StartSharingAsync(stage);
        var console = await stage.StartConsoleAsync(tracker, "carol");

        foreach (var command in new[] { "limits streams", "limits streams 3", "limits uploads 2Mbit/s", "limits upload 2", "limits",
            "limits streams default", "quit" })
            await console.Process.TypeAsync(command);
        await console.Process.ExitsWithAsync(1);

        var lines = console.Process.Output.Lines;
        Assert.Equal("streams              500, 0 running", lines[0]);
        Assert.Equal("streams              3, 0 running, changed here", lines[1]);
        Assert.Contains(lines, line => line.StartsWith("upload               2 Mbit/s, ", StringComparison.Ordinal));
        var errors = console.Process.Errors.Lines;
        Assert.Contains("streams is now 3, until the peer restarts; to keep it, set tsp.peer.hosting.max-streams", errors);
        Assert.Contains("streams is back at its configured value: 500", errors);
        Assert.Contains(
            "such as 10 Mbit/s", Assert.Single(errors, line => line.StartsWith("error: ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task A_paused_song_on_repeat_plays_to_its_end_after_the_pipe_ends()
    {
        await using var stage = new Stage();
        stage.Share("alice", "short.mp3", await Songs.ToneAsync(660));
        var tracker = await StartSharingAsync(stage);
        var console = await stage.StartConsoleAsync(tracker, "carol");

        foreach (var command in new[] { "repeat one", "play short", "pause" })
            await console.Process.TypeAsync(command);
        console.Process.EndInput();
        await console.Process.ExitsWithAsync(0);

        Assert.Contains("end of input: turning repeat off", console.Process.Errors.Lines);
        Assert.Contains("end of input: resuming the paused song", console.Process.Errors.Lines);
        Assert.Contains(console.Process.Errors.Lines, line => line.StartsWith("ended: ", StringComparison.Ordinal));
    }

    [NeedsFact("lame", "script:bsdutils")]
    public async Task A_terminal_shows_a_prompt_a_table_and_colours()
    {
        await using var stage = new Stage();
        var text = await TalkInTerminalAsync(stage);

        Assert.Matches(@"id.*title.*artist.*album.*time.*hosts", text);
        Assert.Matches(@"1 .*Harbour Lights.*Alice.*0:30.*alice", text);
        Assert.Matches(Colour, text);
    }

    [NeedsFact("lame", "script:bsdutils")]
    public async Task NO_COLOR_turns_the_colours_of_a_terminal_off()
    {
        await using var stage = new Stage();
        var text = await TalkInTerminalAsync(stage, "NO_COLOR=1");

        Assert.Contains("Harbour Lights", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(Colour, text);
    }

    [NeedsFact("lame", "script:bsdutils")]
    public async Task CLICOLOR_0_turns_the_colours_of_a_terminal_off()
    {
        await using var stage = new Stage();
        var text = await TalkInTerminalAsync(stage, "CLICOLOR=0");

        Assert.DoesNotMatch(Colour, text);
    }

    [NeedsFact("lame")]
    public async Task CLICOLOR_FORCE_colours_notes_in_a_pipe_but_never_JSON()
    {
        await using var stage = new Stage();
        var tracker = await StartSharingAsync(stage);
        var console = stage.Start("Peer", [.. stage.PeerArguments(tracker, "carol"), "--audio", "null"], ["CLICOLOR_FORCE=1"]);
        await console.TypeAsync("nonsense");
        await console.TypeAsync("quit");
        await console.ExitsWithAsync(1);
        var list = stage.Start("Peer", ["list", "--json", "--tracker", tracker.Address], ["CLICOLOR_FORCE=1"]);
        await list.ExitsWithAsync(0);

        Assert.Contains("\e[31merror: \e[0m", console.Errors.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, list.Output.Text, StringComparison.Ordinal);
    }

    [NeedsFact("lame", "script:bsdutils")]
    public async Task In_an_80_column_terminal_lines_do_not_wrap_titles_are_completed_and_the_history_is_recalled()
    {
        await using var stage = new Stage();
        stage.Share(
            "alice", "x.mp3",
            [.. TagBytes.Id3v23(("TIT2", new string('x', 200)), ("TPE1", new string('y', 100))), .. await Songs.ToneAsync(550)]);
        var tracker = await StartSharingAsync(stage);
        var first = PseudoTerminal.Start(stage, tracker, 80);
        await first.PrintsAsync("tsp> ");

        await first.TypeAsync("list", "\r");
        await first.PrintsAsync("2 songs");
        await first.TypeAsync("status", "\r");
        await first.PrintsAsync("2 songs in the catalog");
        await first.TypeAsync("queue harb", "\t");
        await first.PrintsAsync("queue Harbour Lights");
        await first.TypeAsync("", "\r");
        await first.PrintsAsync("queued Alice – Harbour Lights");
        await first.PrintsAsync("▶ Alice – Harbour Lights");
        await first.TypeAsync("quit", "\r");
        await first.ExitsWithAsync(0);
        var second = PseudoTerminal.Start(stage, tracker, 80);
        await second.PrintsAsync("tsp> ");
        await second.TypeAsync("\e[A\e[A", "");
        await second.PrintsAsync("tsp> queue Harbour Lights");
        await second.TypeAsync("\x15quit", "\r");
        await second.ExitsWithAsync(0);

        Assert.All(
            PseudoTerminal.Lines(first)
                .Where(line => line.Contains('─', StringComparison.Ordinal) || line.Contains("xxx", StringComparison.Ordinal)),
            line => Assert.True(line.Length < 80, line));
    }

    [NeedsFact("lame", "script:bsdutils")]
    public async Task Control_C_clears_the_line_and_ends_the_console_with_0_only_if_it_is_pressed_twice()
    {
        await using var stage = new Stage();
        var tracker = await StartSharingAsync(stage);
        var terminal = PseudoTerminal.Start(stage, tracker, 80);
        await terminal.PrintsAsync("tsp> ");
        await terminal.TypeAsync("play harbour", "\r");
        await terminal.PrintsAsync("▶ Alice – Harbour Lights");

        await terminal.TypeAsync("nonsense", "\x03");
        await terminal.TypeAsync("\x03", "");
        await terminal.PrintsAsync("press Ctrl-C again to quit");
        await terminal.TypeAsync("volume", "\r");
        await terminal.PrintsAsync("volume 100");
        await terminal.TypeAsync("nonsense", "\r");
        await terminal.PrintsAsync("there is no command");
        await terminal.TypeAsync("status", "\r");
        await terminal.PrintsAsync("playing   ▶ Alice – Harbour Lights");
        await terminal.PrintsAsync("repeat off, volume 100");
        // While a command is running, Ctrl-C only cancels it. A command that has printed its result is over when the line has been drawn
        // twice.
        var shown = terminal.Output.Text.Length;
        await terminal.TypeAsync("volume", "\r");
        await terminal.PrintsAsync("volume 100", shown);
        await terminal.PrintsAsync("▶ Alice(?s:.*)▶ Alice", terminal.Output.Text.Length);
        await terminal.TypeAsync("\x03\x03", "");

        await terminal.ExitsWithAsync(0);
    }

    [NeedsFact("lame", "script:bsdutils")]
    public async Task A_long_list_is_shown_page_by_page_or_all_at_once_without_pages()
    {
        await using var stage = new Stage();
        var tracker = await StartSharingAsync(stage);
        var terminal = PseudoTerminal.Start(stage, tracker, 80);
        await terminal.PrintsAsync("tsp> ");

        // In 40 rows, the help has more than one page.
        await terminal.TypeAsync("help", "\r");
        await terminal.PrintsAsync("-- [0-9]+ more --");
        Assert.DoesNotContain("stop the peer and exit", terminal.Output.Text, StringComparison.Ordinal);
        await terminal.TypeAsync(" ", "");
        await terminal.PrintsAsync("stop the peer and exit");
        await terminal.TypeAsync("help", "\r");
        await terminal.PrintsAsync("-- [0-9]+ more --", terminal.Output.Text.LastIndexOf("stop the peer and exit", StringComparison.Ordinal));
        await terminal.TypeAsync("q", "");
        await terminal.TypeAsync("volume", "\r");
        await terminal.PrintsAsync("volume 100");
        await terminal.TypeAsync("quit", "\r");
        await terminal.ExitsWithAsync(0);

        var other = PseudoTerminal.Start(stage, tracker, 80, "TSP__PEER__PAGER=off");
        await other.PrintsAsync("tsp> ");
        await other.TypeAsync("help", "\r");
        await other.PrintsAsync("stop the peer and exit");
        Assert.DoesNotContain("more --", other.Output.Text, StringComparison.Ordinal);
        await other.TypeAsync("quit", "\r");
        await other.ExitsWithAsync(0);
    }

    [NeedsFact("lame")]
    public async Task Undo_brings_back_the_queue_that_clear_and_stop_emptied()
    {
        await using var stage = new Stage();
        stage.Share("alice", "b.mp3", [.. TagBytes.Id3v23(("TIT2", "Second")), .. await Songs.ToneAsync(550, 30)]);
        var tracker = await StartSharingAsync(stage);
        var console = await stage.StartConsoleAsync(tracker, "carol");

        foreach (var command in new[] { "play 1 2", "clear", "queue", "undo", "queue", "stop", "undo", "queue", "undo", "quit" })
            await console.Process.TypeAsync(command);
        await console.Process.ExitsWithAsync(1);

        var errors = console.Process.Errors.Lines;
        Assert.Contains("removed 1 song from the queue; \"undo\" brings it back", errors);
        Assert.Contains("the queue has 1 song again", errors);
        Assert.Contains("stopped; \"undo\" brings back the queue (1 song)", errors);
        Assert.Contains("the queue has 2 songs again; \"play\" starts it", errors);
        Assert.Contains("error: there is no change to the queue to undo", errors);
        Assert.Equal(3, console.Process.Output.Lines.Count);
    }

    private static async Task<string> TalkInTerminalAsync(Stage stage, params string[] environment)
    {
        var tracker = await StartSharingAsync(stage);
        var terminal = PseudoTerminal.Start(stage, tracker, 120, environment);
        await terminal.PrintsAsync("tsp> ");
        await terminal.TypeAsync("list", "\r");
        await terminal.PrintsAsync(@"1 song\b");
        await terminal.TypeAsync("play harbour", "\r");
        await terminal.PrintsAsync("▶ Alice – Harbour Lights");
        await terminal.TypeAsync("stop", "\r");
        await terminal.PrintsAsync("stopped");
        await terminal.TypeAsync("quit", "\r");
        await terminal.ExitsWithAsync(0);
        return terminal.Output.Text;
    }

    private static async Task<TrackerProgram> StartSharingAsync(Stage stage)
    {
        stage.Share(
            "alice", "a.mp3", [.. TagBytes.Id3v23(("TIT2", "Harbour Lights"), ("TPE1", "Alice")), .. await Songs.ToneAsync(440, 30)]);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        return tracker;
    }
}
