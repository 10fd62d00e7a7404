using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>
/// Checks how a peer handles missing folders, files that are not music, unknown songs, full disks and a data folder that is in use.
/// </summary>
public sealed class FaultSpecs
{
    [NeedsFact("lame")]
    public async Task A_missing_music_folder_causes_a_warning_and_other_music_folders_are_shared()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        var nowhere = stage.Folder.In("nowhere");

        var none = await Stage.ReadyAsync(
            stage.Start("Peer", ["serve", "--tracker", tracker.Address, "--music", nowhere, "--data", stage.Data("none"), "--port", "0"]));
        var some = await Stage.ReadyAsync(stage.Start("Peer", ["serve", "--music", nowhere, .. stage.PeerArguments(tracker, "alice")]));

        Assert.Equal(0, none.Songs);
        Assert.Equal(1, some.Songs);
        foreach (var peer in new[] { none, some })
            await peer.Process.ReportsAsync("^warning: .*/nowhere: the folder does not exist");
    }

    [NeedsFact("lame")]
    public async Task Files_that_are_not_music_are_skipped_with_a_warning()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        stage.Share("alice", "text.mp3", [.. "This is a text."u8]);
        stage.Share("alice", "empty.mp3", []);
        stage.Share("alice", "notes.txt", [.. "Not looked at."u8]);
        var tracker = await stage.StartTrackerAsync();

        var peer = await stage.StartPeerAsync(tracker, "alice");

        Assert.Equal(1, peer.Songs);
        await peer.Process.ReportsAsync("^warning: .*text.mp3");
        await peer.Process.ReportsAsync("^warning: .*empty.mp3");
        Assert.DoesNotContain("notes.txt", peer.Process.Errors.Text, StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task A_command_for_an_unknown_song_exits_with_1_and_leaves_no_file()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();

        var errors = await Task.WhenAll(
            stage.StartGuest(tracker, "info", "99").FailsWithAsync(1),
            stage.StartGuest(tracker, "play", "99", "--output", stage.Folder.In("saved.mp3")).FailsWithAsync(1),
            stage.StartGuest(tracker, "play", "no such words", "--output", stage.Folder.In("saved.mp3")).FailsWithAsync(1));

        Assert.Contains("99", errors[0], StringComparison.Ordinal);
        Assert.Contains("99", errors[1], StringComparison.Ordinal);
        Assert.Contains("no such words", errors[2], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(stage.Folder.Path));
    }

    [NeedsFact("lame", "unshare:util-linux", "mount")]
    public async Task A_save_to_a_full_disk_exits_with_1_and_the_host_continues()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var disk = Directory.CreateDirectory(stage.Folder.In("disk")).FullName;
        var saved = Path.Combine(disk, "saved.mp3");
        var play = $"exec {Stage.ShellCommand("Peer")} play 1 --output {saved} --full-speed --tracker {tracker.Address}";

        // Mounts a disk of one page that only this program can see.
        var error = await stage.StartNative("unshare", ["-Urm", "sh", "-c", $"mount -t tmpfs -o size=4k none {disk} && {play}"])
            .FailsWithAsync(1);

        Assert.Contains("saved.mp3", error, StringComparison.Ordinal);
        Assert.Contains("space", error, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Directory.GetFiles(disk));
        await stage.StartGuest(tracker, "play", "1", "--output", saved, "--full-speed").ExitsWithAsync(0);
    }

    [NeedsFact("lame")]
    public async Task A_file_cannot_be_saved_into_a_missing_folder()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");

        var error = await stage.StartGuest(tracker, "play", "1", "--output", stage.Folder.In("nowhere", "saved.mp3")).FailsWithAsync(1);

        Assert.Contains("does not exist", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_refusal_of_a_tracker_reaches_the_terminal_as_plain_text()
    {
        await using var stage = new Stage();
        using var port = RawTspClient.Listen();
        var peer = stage.Start(
            "Peer",
            ["serve", "--tracker", $"tsp://{port.LocalEndPoint}", "--music", stage.Music("a"), "--data", stage.Data("a"), "--port", "0"]);

        using var tracker = await RawTspClient.Accept(port);
        await tracker.Expect(Operation.Init);
        await tracker.Send(
            Operation.Error, 0, new Error { Code = ErrorCode.Unauthenticated, Message = "\e]0;mine\a\e[2Jaway" });

        var error = await peer.FailsWithAsync(1);
        Assert.Contains("away", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', peer.Errors.Text);
        Assert.DoesNotContain('\a', peer.Errors.Text);
    }

    [Fact]
    public async Task Only_one_peer_at_a_time_can_use_a_data_folder()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var first = await stage.StartPeerAsync(tracker, "alice");

        var error = await stage.Start("Peer", [.. stage.PeerArguments(tracker, "alice"), "serve"]).FailsWithAsync(1);

        Assert.Contains("in use by another peer", error, StringComparison.Ordinal);
        Assert.Contains(stage.Data("alice"), error, StringComparison.Ordinal);

        // A killed peer leaves nothing behind that blocks the next one.
        first.Process.Signal("KILL");
        await first.Process.ExitAsync();
        await stage.StartPeerAsync(tracker, "alice");
    }
}
