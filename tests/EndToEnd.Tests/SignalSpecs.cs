using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks how the programs react to SIGTERM, SIGINT and SIGHUP.</summary>
public sealed class SignalSpecs
{
    [NeedsFact("lame")]
    public async Task A_terminated_peer_withdraws_its_songs_and_exits_with_0()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        stage.Share("bob", "b.mp3", await Songs.ToneAsync(550));
        var tracker = await stage.StartTrackerAsync();
        var peers = await Task.WhenAll(stage.StartPeerAsync(tracker, "alice"), stage.StartConsoleAsync(tracker, "bob"));

        peers[0].Process.Signal("TERM");
        await peers[0].Process.ExitsWithAsync(0);

        // The peer withdraws its songs before it exits, so there is nothing to wait for.
        Assert.Equal("bob", Assert.Single(await Catalog.ListAsync(tracker)).Hosts.Single().Name);
        peers[1].Process.Signal("TERM");
        await peers[1].Process.ExitsWithAsync(0);
        Assert.Empty(await Catalog.ListAsync(tracker));
    }

    [NeedsFact("python3", "lame")]
    public async Task A_terminated_host_withdraws_its_song_and_finishes_its_running_stream()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "a.mp3", await Songs.BulkyAsync());
        var payload = await Oracle.CutAsync(path);
        var tracker = await stage.StartTrackerAsync();
        var host = await stage.StartPeerAsync(tracker, "alice", "TSP__PEER__HOSTING__DRAIN_TIMEOUT=60s");
        using var requester = await RawTspClient.Connect(host.Port);
        await requester.Send(Operation.Play, 1, new PlayRequest { Pace = Pace.Full });
        await requester.SkipTo(Operation.Play);

        host.Process.Signal("TERM");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 0, "the host's song is withdrawn");
        Assert.False(host.Process.HasExited);
        var received = new MemoryStream();
        while (await requester.SkipTo(Operation.Data) is { IsEndOfSong: false } data)
            received.Write(data.Body.Span);

        Assert.True(received.ToArray().AsSpan().SequenceEqual(payload));
        await host.Process.ExitsWithAsync(0);
    }

    [NeedsFact("lame")]
    public async Task A_terminated_tracker_exits_with_0_and_its_peers_keep_running()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        var peer = await stage.StartPeerAsync(tracker, "alice");

        tracker.Process.Signal("TERM");
        await tracker.Process.ExitsWithAsync(0);

        await peer.Process.ReportsAsync("^no tracker at .*trying again");
        using var requester = await RawTspClient.Connect(peer.Port);
        await requester.Send(Operation.Play, 1);
        Assert.Equal(1, (await requester.SkipTo<StreamStart>(Operation.Play)).Song.Id);
    }

    [Fact]
    public async Task A_terminated_tracker_exits_with_0_even_if_a_peer_does_not_respond()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var peer = await stage.StartPeerAsync(tracker, "alice");

        peer.Process.Signal("STOP");
        tracker.Process.Signal("TERM");

        await tracker.Process.ExitsWithAsync(0);
    }

    [NeedsFact("lame", "env:coreutils")]
    public async Task An_interrupted_save_ends_the_stream_on_the_host_and_leaves_at_most_a_partial_file()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440, 60));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice", "TSP__PEER__HOSTING__MAX_UPLOAD_PER_STREAM=256 kbit/s");
        var saved = stage.Folder.In("saved.mp3");
        // A shell may start the tests with SIGINT ignored, and child processes inherit that.
        var play = stage.StartNative(
            "env", ["--default-signal=INT", .. Stage.Command("Peer"), "play", "1", "--output", saved, "--tracker", tracker.Address]);

        await Catalog.StreamsAsync(tracker, "alice", 1);
        play.Signal("INT");
        await play.ExitsWithAsync(1);

        await play.ReportsAsync("^stopped$");
        await Catalog.StreamsAsync(tracker, "alice", 0);
        Assert.False(File.Exists(saved));
    }

    [NeedsFact("lame")]
    public async Task A_terminated_player_stops_its_stream_on_the_host()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440, 60));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var play = stage.StartGuest(tracker, "play", "1", "--audio", "null");

        await Catalog.StreamsAsync(tracker, "alice", 1);
        play.Signal("TERM");
        await play.ExitsWithAsync(1);

        await Catalog.StreamsAsync(tracker, "alice", 0);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("list --json")]
    [InlineData("albums")]
    [InlineData("info 1")]
    [InlineData("info --json")]
    [InlineData("doctor")]
    [InlineData("doctor --json")]
    [InlineData("join")]
    public async Task A_terminated_command_ends_although_its_tracker_never_answers(string command)
    {
        await using var stage = new Stage();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = $"{silent.LocalEndpoint}";
        string[] arguments = command == "join"
            ? ["join", $"tsps://{address}#0123456789abcdef0123456789abcdef?invite={InvitationCode.NewRandom()}"]
            : [.. command.Split(' '), "--tracker", address, "--port", "0"];
        var process = stage.Start("Peer", [.. arguments, "--data", stage.Data("ann")]);

        using var connection = await silent.AcceptTcpClientAsync();
        process.Signal("TERM");
        await process.ExitsWithAsync(1);

        await process.ReportsAsync("^stopped$");
        Assert.DoesNotContain("error: ", process.Errors.Text, StringComparison.Ordinal);
        if (command.Contains("--json", StringComparison.Ordinal))
            Assert.Empty(process.Output.Text);
    }

    [Fact]
    public async Task On_SIGHUP_a_peer_reloads_its_limits_reports_what_needs_a_restart_and_rejects_an_invalid_file()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var file = stage.Folder.In("peer.conf");
        await File.WriteAllTextAsync(file, "tsp.peer { name = alice, hosting.max-streams = 7 }");
        var peer = await Stage.ReadyAsync(stage.Start(
            "Peer", ["serve", "--config", file, "--tracker", tracker.Address, "--music", stage.Music("alice"), "--data", stage.Data("alice"), "--port", "0"]));

        await File.WriteAllTextAsync(file, "tsp.peer { name = eve, hosting.max-streams = 9 }");
        peer.Process.Signal("HUP");
        await peer.Process.ReportsAsync("now in effect: tsp.peer.hosting.max-streams$");
        await peer.Process.ReportsAsync("after a restart: tsp.peer.name$");
        await File.WriteAllTextAsync(file, "tsp.peer { hosting.max-streams = many }");
        peer.Process.Signal("HUP");
        await peer.Process.ReportsAsync("the previous one remains in effect");

        peer.Process.Signal("TERM");
        await peer.Process.ExitsWithAsync(0);
    }

    [NeedsFact("mkfifo:coreutils")]
    public async Task A_peer_that_gets_SIGHUP_while_it_starts_goes_on_and_reloads_once_it_stands()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        await stage.Start("Peer", ["id", "--data", stage.Data("model")]).ExitsWithAsync(0);
        var key = await File.ReadAllBytesAsync(Path.Combine(stage.Data("model"), "key.pem"));
        // The peer waits for its key, and with it the start.
        var pipe = Path.Combine(Directory.CreateDirectory(stage.Data("alice")).FullName, "key.pem");
        await stage.StartNative("mkfifo", ["-m", "600", pipe]).ExitsWithAsync(0);
        var process = stage.Start("Peer", [.. stage.PeerArguments(tracker, "alice"), "serve"]);

        // A pipe can be opened for writing once the other side reads it.
        await using (var stream = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0)))
        {
            process.Signal("HUP");
            await stream.WriteAsync(key);
        }

        await process.ReportsAsync("^the configuration was reloaded; nothing has changed$");
        await Stage.ReadyAsync(process);
        process.Signal("TERM");
        await process.ExitsWithAsync(0);
    }

    [Fact]
    public async Task On_SIGHUP_a_peer_reloads_its_key_lists_and_log_level()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var file = stage.Folder.In("peer.conf");
        await File.WriteAllTextAsync(file, "tsp.peer.name = alice");
        stage.Share("alice", "song.mp3", await Songs.ToneAsync(440));
        var peer = await Stage.ReadyAsync(stage.Start(
            "Peer", ["serve", "--config", file, "--tracker", tracker.Address, "--music", stage.Music("alice"), "--data", stage.Data("alice"), "--port", "0"]));
        var play = stage.StartGuest(tracker, "play", "1", "--output", "-", "--full-speed");
        await play.ExitsWithAsync(0);

        // Only the owner of this key may have streams, and a guest uses another one.
        await File.WriteAllTextAsync(
            file, "tsp.peer { name = alice, log-level = debug, hosting.allow = [\"anna=000102030405060708090a0b0c0d0e0f\"] }");
        peer.Process.Signal("HUP");
        await peer.Process.ReportsAsync("now in effect: tsp.peer.hosting.allow, tsp.peer.log-level$");

        var refused = stage.StartGuest(tracker, "play", "1", "--output", "-", "--full-speed");
        await refused.ReportsAsync("chosen listeners only");
        await refused.ExitsWithAsync(1);
        await peer.Process.ReportsAsync(" debug .*: ");
    }

    [Fact]
    public async Task On_SIGHUP_a_tracker_reloads_its_members_and_log_level()
    {
        await using var stage = new Stage();
        var file = stage.Folder.In("tracker.conf");
        await File.WriteAllTextAsync(file, $"tsp.tracker.data = {stage.Folder.In("tracker-data")}");
        var process = stage.Start("Tracker", ["--config", file, "--host", "127.0.0.1", "--port", "0"]);
        var ready = await process.ReportsAsync(@"^tracker ready on 127\.0\.0\.1:(\d+)$");
        var tracker = new TrackerProgram(process, int.Parse(ready.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Empty(await Catalog.ListAsync(tracker));

        await File.WriteAllTextAsync(file, $"tsp.tracker {{ data = {stage.Folder.In("tracker-data")}, allow = [\"anna=000102030405060708090a0b0c0d0e0f\"], log-level = debug, name = other }}");
        tracker.Process.Signal("HUP");
        await tracker.Process.ReportsAsync("now in effect: tsp.tracker.allow, tsp.tracker.log-level$");
        await tracker.Process.ReportsAsync("after a restart: tsp.tracker.name$");

        var stranger = stage.StartGuest(tracker, "list");
        await stranger.ExitsWithAsync(1);
        await tracker.Process.ReportsAsync(" debug .*: ");
    }

    [Fact]
    public async Task A_tracker_keeps_running_after_SIGHUP()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();

        tracker.Process.Signal("HUP");
        await tracker.Process.ReportsAsync("nothing has changed");

        Assert.Empty(await Catalog.ListAsync(tracker));
        tracker.Process.Signal("TERM");
        await tracker.Process.ExitsWithAsync(0);
    }

    [Fact]
    public async Task A_console_exits_with_0_on_SIGHUP()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var console = await stage.StartConsoleAsync(tracker, "alice");

        console.Process.Signal("HUP");

        await console.Process.ExitsWithAsync(0);
    }
}
