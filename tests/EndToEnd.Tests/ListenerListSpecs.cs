using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks the listener's own lists in the console: playlists, favourites, played songs, and the queue over a restart.</summary>
public sealed class ListenerListSpecs
{
    [Fact]
    public async Task A_command_without_its_argument_asks_for_it_and_says_what_to_type()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var console = await stage.StartConsoleAsync(tracker, "carol");
        string[] commands = ["export", "import", "move", "remove", "save", "seek"];

        await TypeAsync(console, [.. commands, "quit"]);
        await console.Process.ExitsWithAsync(1);

        var errors = console.Process.Errors.Text;
        Assert.DoesNotContain("\"\"", errors, StringComparison.Ordinal);
        foreach (var command in commands)
            Assert.Matches($"error: {command} .*\\? Type {command} ", errors);
    }

    [NeedsFact("lame")]
    public async Task A_queue_is_exported_and_imported_at_a_tracker_with_other_ids()
    {
        await using var stage = new Stage();
        await ShareAsync(stage, ("Harbour Lights", 440), ("Snowmelt Waltz", 550), ("Third Song", 660));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var console = await stage.StartConsoleAsync(tracker, "carol");
        await TypeAsync(console, "play harbour", "pause", "queue snowmelt", "queue third", "queue third", "queue",
            "move 3 1", "remove 2", "queue", "export evening", "export evening", "quit");
        await console.Process.ExitsWithAsync(1);

        var file = Path.Combine(stage.Folder.Folder("work"), "evening.m3u8");
        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal("#EXTM3U", lines[0]);
        Assert.Equal("#EXTINF:30,Alice - Harbour Lights", lines[1]);
        Assert.Matches("^tsp:[0-9]+\\?hash=[0-9a-f]{64}$", lines[2]);
        Assert.Equal(["Harbour Lights", "Third Song", "Third Song"], Titles(lines));
        Assert.Contains($"exported 3 songs to {file}", console.Process.Errors.Text, StringComparison.Ordinal);
        Assert.Contains("exists; choose another name", console.Process.Errors.Text, StringComparison.Ordinal);

        // At the other tracker, the same songs have other ids, and one is not shared.
        var other = await stage.StartTrackerAsync();
        stage.Share("zoe", "first.mp3", [.. TagBytes.Id3v23(("TIT2", "Another Song")), .. await Songs.ToneAsync(880)]);
        await stage.StartPeerAsync(other, "zoe");
        foreach (var kept in new[] { "550.mp3", "660.mp3" })
            File.Copy(Path.Combine(stage.Music("alice"), kept), Path.Combine(stage.Music("bob"), kept));
        await stage.StartPeerAsync(other, "bob");
        stage.Share("dave", "own.mp3", [.. TagBytes.Id3v23(("TIT2", "My Own")), .. await Songs.ToneAsync(330, 30)]);
        await File.WriteAllTextAsync(
            file, await File.ReadAllTextAsync(file) + $"#EXTINF:5,Whatever\n{Path.Combine(stage.Music("dave"), "own.mp3")}\n"
                + "#EXTINF:1,Alice - Snowmelt Waltz\n/mnt/elsewhere/waltz.mp3\nhttp://radio.example/stream\n");
        var dave = await stage.StartConsoleAsync(other, "dave");
        await TypeAsync(dave, "import evening.m3u8", "pause", "queue", "import nothing.m3u8", "quit");
        await dave.Process.ExitsWithAsync(1);

        var errors = dave.Process.Errors.Text;
        Assert.Contains("added 4 of 6 songs to the queue", errors, StringComparison.Ordinal);
        Assert.Contains("not found: Alice - Harbour Lights", errors, StringComparison.Ordinal);
        Assert.Contains("there is no file nothing.m3u8", errors, StringComparison.Ordinal);
        Assert.Equal(
            ["Alice – Third Song", "My Own", "Alice – Snowmelt Waltz"], dave.Process.Output.Lines.Select(line => line.Trim().Split("  ")[1]));
    }

    [NeedsFact("lame")]
    public async Task Favourites_are_kept_by_hash_and_marked_when_nobody_shares_them()
    {
        await using var stage = new Stage();
        await ShareAsync(stage, ("Harbour Lights", 440), ("Snowmelt Waltz", 550));
        var tracker = await stage.StartTrackerAsync();
        var alice = await stage.StartPeerAsync(tracker, "alice");
        var first = await stage.StartConsoleAsync(tracker, "carol");
        await TypeAsync(first, "favourite", "favourite harbour", "favourite harbour", "favourite snowmelt", "favourites", "play favourites",
            "pause", "unfavourite now", "favourites", "stop", "quit");
        await first.Process.ExitsWithAsync(1);

        Assert.Equal(1, first.Process.Errors.Lines.Count(line => line.StartsWith("error: ", StringComparison.Ordinal)));
        Assert.Contains("error: nothing is playing", first.Process.Errors.Text, StringComparison.Ordinal);
        Assert.Contains("Alice – Harbour Lights is already a favourite", first.Process.Errors.Text, StringComparison.Ordinal);
        Assert.Equal(
            ["Alice – Harbour Lights", "Alice – Snowmelt Waltz", "Alice – Snowmelt Waltz"],
            first.Process.Output.Lines.Select(line => line.Trim().Split("  ")[1]));

        alice.Process.Signal("TERM");
        await alice.Process.ExitsWithAsync(0);
        await Programs.Catalog.BecomesAsync(tracker, songs => songs.Count == 0, "the songs are gone");
        var second = await stage.StartConsoleAsync(tracker, "carol");
        await TypeAsync(second, "favourites", "play favourites", "unfavourite alice - snowmelt waltz", "favourites", "quit");
        await second.Process.ExitsWithAsync(1);

        Assert.Equal("-  Alice - Snowmelt Waltz (not shared now)", Assert.Single(second.Process.Output.Lines).Trim());
        Assert.Contains("error: none of the favourites is shared now", second.Process.Errors.Text, StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task A_queue_comes_back_after_a_restart_without_playing_and_played_songs_are_listed()
    {
        await using var stage = new Stage();
        stage.Share("alice", "s.mp3", [.. TagBytes.Id3v23(("TIT2", "Short"), ("TPE1", "Alice")), .. await Songs.ToneAsync(770)]);
        await ShareAsync(stage, ("Harbour Lights", 440), ("Snowmelt Waltz", 550));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var first = await stage.StartConsoleAsync(tracker, "carol");
        await first.Process.TypeAsync("play short");
        await first.Process.ReportsAsync("^ended: Alice – Short");
        await TypeAsync(first, "play harbour", "queue snowmelt", "volume", "seek 10", "pause", "seek +5", "seek -30", "prev", "quit");
        await first.Process.ExitsWithAsync(0);
        Assert.Contains("volume 100", first.Process.Output.Lines);
        Assert.Contains("at 0:00", first.Process.Errors.Lines);

        var second = await stage.StartConsoleAsync(tracker, "carol");
        await TypeAsync(second, "status", "queue", "history", "play", "quit");
        await second.Process.ExitsWithAsync(0);

        var lines = second.Process.Output.Lines;
        Assert.Contains(
            "the queue has 3 songs from last time; \"play\" starts it, \"clear\" empties it", second.Process.Errors.Lines);
        Assert.Contains(lines, line => line.StartsWith("playing   nothing", StringComparison.Ordinal));
        Assert.Equal(
            ["Alice – Short", "Alice – Harbour Lights", "Alice – Snowmelt Waltz"],
            lines.Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line.Contains('–', StringComparison.Ordinal))
                .Select(line => line.Trim().Split("  ")[1]));
        Assert.Contains(lines, line => line.EndsWith("  Alice - Short", StringComparison.Ordinal));

        var third = await stage.StartConsoleAsync(tracker, "carol", "TSP__PEER__LISTENING__KEEP_QUEUE=off", "TSP__PEER__LISTENING__KEEP_HISTORY=0");
        await TypeAsync(third, "queue", "history", "quit");
        await third.Process.ExitsWithAsync(1);
        Assert.Empty(third.Process.Output.Lines);
    }

    private static async Task TypeAsync(PeerProgram console, params string[] commands)
    {
        foreach (var command in commands)
            await console.Process.TypeAsync(command);
    }

    private static IEnumerable<string> Titles(IEnumerable<string> lines) => lines
        .Where(line => line.StartsWith("#EXTINF:", StringComparison.Ordinal)).Select(line => line.Split(" - ")[1]);

    private static async Task ShareAsync(Stage stage, params (string Title, int Pitch)[] songs)
    {
        foreach (var (title, pitch) in songs)
            stage.Share("alice", $"{pitch}.mp3", [.. TagBytes.Id3v23(("TIT2", title), ("TPE1", "Alice")), .. await Songs.ToneAsync(pitch, 30)]);
    }
}
