using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks backup, restore and the refusal of newer data folders with the real programs.</summary>
public sealed class BackupSpecs
{
    [NeedsFact("lame")]
    public async Task A_running_peer_is_backed_up_and_the_restored_folder_has_the_same_id_and_songs()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 1, "the song is listed");
        var file = stage.Folder.In("alice.tar.gz");

        var backup = await stage.Start("Peer", ["backup", file, "--data", stage.Data("alice")]).ExitsWithAsync(0);
        Assert.Matches(@"^backed up \d+ files, .* kB, to .*; keep it secret", backup.Output.Text);
        var refused = await stage.Start("Peer", ["restore", file, "--data", stage.Data("alice"), "--force"]).ExitsWithAsync(1);
        Assert.Contains("stop it first", refused.Errors.Text, StringComparison.Ordinal);
        await stage.Start("Peer", ["restore", file, "--data", stage.Data("bob")]).ExitsWithAsync(0);

        Assert.Equal(await IdAsync(stage, "alice"), await IdAsync(stage, "bob"));
        Assert.Contains("library.db", Directory.GetFiles(stage.Data("bob")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_tracker_that_is_restored_has_the_same_key()
    {
        await using var stage = new Stage();
        var first = await stage.Start("Tracker", ["--print-identity", "--data", stage.Data("one")]).ExitsWithAsync(0);
        var file = stage.Folder.In("tracker.tar.gz");

        await stage.Start("Tracker", ["backup", file, "--data", stage.Data("one")]).ExitsWithAsync(0);
        await stage.Start("Tracker", ["backup", file, "--data", stage.Data("one")]).ExitsWithAsync(1);
        await stage.Start("Tracker", ["restore", file, "--data", stage.Data("two")]).ExitsWithAsync(0);
        var second = await stage.Start("Tracker", ["--print-identity", "--data", stage.Data("two")]).ExitsWithAsync(0);

        Assert.Equal(first.Output.Lines[0], second.Output.Lines[0]);
    }

    [Theory]
    [InlineData("Peer", "id")]
    [InlineData("Peer", "--print-identity")]
    [InlineData("Peer", "list")]
    [InlineData("Peer", "device", "add", "phone")]
    [InlineData("Peer", "backup", "-")]
    [InlineData("Peer", "serve")]
    [InlineData("Tracker", "--print-identity")]
    [InlineData("Tracker", "members")]
    [InlineData("Tracker", "invite")]
    [InlineData("Tracker", "--port", "0")]
    public async Task No_command_uses_a_folder_of_a_newer_program(string program, params string[] arguments)
    {
        await using var stage = new Stage();
        var folder = Directory.CreateDirectory(stage.Data("new")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "version"), "2 tsp-test 9.0.0\n");

        var run = await stage.Start(program, [.. arguments, "--data", folder]).ExitsWithAsync(1);

        Assert.Contains("has format 2, written by tsp-test 9.0.0", run.Errors.Text, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(folder, "version")], Directory.GetFileSystemEntries(folder));
    }

    private static async Task<string> IdAsync(Stage stage, string name) =>
        (await stage.Start("Peer", ["id", "--data", stage.Data(name)]).ExitsWithAsync(0)).Output.Lines[0];
}
