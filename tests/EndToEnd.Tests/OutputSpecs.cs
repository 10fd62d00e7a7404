using System.Net;
using System.Net.Sockets;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks programs whose output cannot be written because the disk is full or the output is closed.</summary>
public sealed class OutputSpecs
{
    [Theory]
    [InlineData("Peer list --json", ">/dev/full")]
    [InlineData("Peer --help", ">/dev/full")]
    [InlineData("Peer --print-config", ">&-")]
    [InlineData("Tracker --print-config", ">/dev/full")]
    [InlineData("Tracker --help", ">&-")]
    public async Task A_command_whose_result_cannot_be_written_fails_with_one_line(string command, string redirection)
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();

        var process = Shell(stage, $"{command} {redirection}", tracker.Address);

        Assert.Contains("standard output", await process.FailsWithAsync(1), StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task A_command_whose_list_or_song_cannot_be_written_fails_with_one_line()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");

        foreach (var command in (string[])["Peer list >/dev/full", "Peer list >&-", "Peer play 1 --full-speed --output - >&-"])
        {
            var process = Shell(stage, command, tracker.Address);
            Assert.Contains("standard output", await process.FailsWithAsync(1), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_lines_of_a_verbose_log_do_not_mix_with_results()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();

        var list = await stage.StartGuest(tracker, "list", "--json", "--verbose").ExitsWithAsync(0);

        Assert.Matches(@"Z debug akka://\S+: ", list.Errors.Text);
        Assert.Equal("[]", list.Output.Text.Trim());
    }

    [Theory]
    [InlineData("list")]
    [InlineData("list words")]
    [InlineData("info")]
    [InlineData("info 1")]
    [InlineData("albums")]
    public async Task A_JSON_request_that_fails_writes_nothing_to_standard_output(string command)
    {
        await using var stage = new Stage();

        var request = stage.Start("Peer", [.. command.Split(' '), "--json", "--tracker", $"127.0.0.1:{FreePorts.Next()}"]);

        await request.FailsWithAsync(1);
        Assert.Empty(request.Output.Text);
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&- <&-")]
    public async Task Programs_whose_log_cannot_be_written_keep_running_and_exit_normally(string redirection)
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var port = FreePorts.Next();
        var address = $"127.0.0.1:{port}";
        var tracker = Shell(stage, $"Tracker --host 127.0.0.1 --port {port} --verbose {redirection}", address);
        var program = new TrackerProgram(tracker, port);
        await Catalog.EventuallyAsync(() => CanConnectAsync(port), isUp => isUp, "the tracker is up");
        var peer = Shell(
            stage, $"Peer serve --verbose --music {stage.Music("alice")} --data {stage.Data("alice")} --port 0 {redirection}", address);
        await Catalog.BecomesAsync(program, songs => songs.Count == 1, "the song is listed");

        tracker.Signal("TERM");
        await tracker.ExitsWithAsync(0);
        var second = await stage.StartTrackerAsync(port);
        await Catalog.BecomesAsync(second, songs => songs.Count == 1, "the peer keeps running and shares its song again");
        peer.Signal("TERM");
        await peer.ExitsWithAsync(0);
    }

    // The shell replaces itself with the program, so that signals reach it.
    private static ProgramProcess Shell(Stage stage, string command, string tracker)
    {
        var space = command.IndexOf(' ', StringComparison.Ordinal);
        var (program, rest) = (command[..space], command[space..]);
        return stage.StartNative(
            "sh", ["-c", $"exec {Stage.ShellCommand(program)} {rest}"], [$"TSP__PEER__TRACKERS__0={tracker}"]);
    }

    private static async Task<bool> CanConnectAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
