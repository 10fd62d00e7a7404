using System.Text.Json;
using System.Text.RegularExpressions;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks keys, TLS and invitations with real programs, and with clients that share no code with this project.</summary>
public sealed class TrustSpecs
{
    private const string PythonPing =
        """
        import socket, ssl, sys
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["tsp/1"])
        with context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)) as link:
            link.sendall(b"\x08\0\0\0\x01")
            answer = b""
            while len(answer) < 5:
                answer += link.recv(5 - len(answer))
            print(answer.hex(), link.selected_alpn_protocol())
        """;

    [NeedsFact("openssl", "python3", "lame")]
    public async Task Openssl_and_Python_talk_to_a_tracker_and_a_host_and_print_the_id_that_list_shows()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        var secure = (await tracker.Process.ReportsAsync(@"^tracker ready on tsps://127\.0\.0\.1:(\d+)#([0-9a-f]{32})$")).Groups;
        Assert.Equal($"{tracker.Port}", secure[1].Value);
        var host = await stage.StartPeerAsync(tracker, "alice");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 1, "the song is listed");

        foreach (var port in new[] { tracker.Port, host.Port })
        {
            var openssl = await stage.StartNative("sh", [
                "-c", $@"(printf '\10\0\0\0\1'; sleep 3) | openssl s_client -quiet -connect 127.0.0.1:{port} -alpn tsp/1 2>/dev/null | head -c 5 | od -An -tx1",
            ]).ExitsWithAsync(0);
            Assert.Equal("09 00 00 00 01", openssl.Output.Text.Trim());
            var python = await stage.StartNative("python3", ["-c", PythonPing, $"{port}"]).ExitsWithAsync(0);
            Assert.Equal("0900000001 tsp/1", python.Output.Text.Trim());
        }

        var identity = await stage.Start("Peer", ["--print-identity", "--data", stage.Data("alice")]).ExitsWithAsync(0);
        var id = identity.Output.Lines[0];
        var verified = await stage.StartNative("sh", ["-c", identity.Output.Lines[1]]).ExitsWithAsync(0);
        Assert.Equal(id, verified.Output.Text.Trim());
        var listed = await HostsAsync(stage, tracker);
        Assert.Equal((id, true), (listed.GetProperty("peer").GetString(), listed.GetProperty("secure").GetBoolean()));
    }

    // The same script has sent a million frames to each program: docs/security.md, "Fuzzing and the siege".
    [NeedsFact("python3", "lame")]
    public async Task Random_frames_inside_TLS_do_not_stop_a_tracker_or_a_host()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        var host = await stage.StartPeerAsync(tracker, "alice");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 1, "the song is listed");

        foreach (var port in new[] { tracker.Port, host.Port })
        {
            var sent = await stage.StartNative(
                "python3", [Path.Combine(AppContext.BaseDirectory, "tls_frames.py"), $"{port}", "200000"]).ExitsWithAsync(0);
            Assert.Contains("200000 frames", sent.Output.Text, StringComparison.Ordinal);
        }

        await stage.StartGuest(tracker, "play", "1", "--output", stage.Folder.In("x.mp3"), "--full-speed").ExitsWithAsync(0);
    }

    [NeedsFact("lame")]
    public async Task A_tracker_with_another_key_is_refused_after_the_first_use_until_its_line_is_deleted()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var first = await StartTrackerAsync(stage, "one");
        await stage.StartPeerAsync(first, "alice");
        await Catalog.BecomesAsync(first, songs => songs.Count == 1, "the song is listed");
        await stage.StartGuest(first, "list").ExitsWithAsync(0);
        first.Process.Signal("TERM");
        await first.Process.ExitsWithAsync(0);

        var second = await StartTrackerAsync(stage, "two", first.Port);
        var error = await stage.StartGuest(second, "list").FailsWithAsync(1);
        Assert.Contains("a different key", error, StringComparison.Ordinal);
        var file = Regex.Match(error, "delete the line for (.*) in (.*/trackers)");
        Assert.Equal(second.Address, file.Groups[1].Value);

        File.WriteAllText(file.Groups[2].Value, "");
        await stage.StartGuest(second, "list").ExitsWithAsync(0);
        // If TLS is turned off on purpose, no key is checked.
        await stage.Start("Peer", ["list", "--tracker", $"tsp://{second.Address}"]).ExitsWithAsync(0);
    }

    [NeedsFact("lame")]
    public async Task Programs_that_require_TLS_work_together_and_refuse_plain_ones()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync(0, "TSP__TRACKER__ENCRYPTION=require");
        var host = await stage.StartPeerAsync(tracker, "alice", "TSP__PEER__ENCRYPTION=require");
        var saved = stage.Folder.In("saved.mp3");
        await stage.Start(
            "Peer", ["play", "1", "--output", saved, "--full-speed", "--tracker", tracker.Address],
            ["TSP__PEER__ENCRYPTION=require"]).ExitsWithAsync(0);
        Assert.Equal(await Oracle.CutAsync(path), await File.ReadAllBytesAsync(saved));

        var refused = await stage.Start("Peer", ["list", "--tracker", $"tsp://{tracker.Address}"]).FailsWithAsync(1);
        Assert.Contains("tsps://", refused, StringComparison.Ordinal);
        using var plain = await RawTspClient.Connect(host.Port);
        await plain.Send(Operation.Play, 1);
        Assert.Equal(ErrorCode.Unauthenticated, (await plain.SkipTo<Error>(Operation.Error)).Code);
    }

    [NeedsFact("lame")]
    public async Task A_program_that_requires_TLS_plays_nothing_from_a_host_without_it()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice", "TSP__PEER__ENCRYPTION=off");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 1, "the song is listed");
        Assert.False((await HostsAsync(stage, tracker)).GetProperty("secure").GetBoolean());

        var error = await stage.Start(
            "Peer", ["play", "1", "--output", stage.Folder.In("x.mp3"), "--full-speed", "--tracker", tracker.Address],
            ["TSP__PEER__ENCRYPTION=require", "TSP__PEER__LISTENING__ROUNDS=1"]).FailsWithAsync(1);
        Assert.Contains("does not speak TLS", error, StringComparison.Ordinal);
        await stage.StartGuest(tracker, "play", "1", "--output", stage.Folder.In("y.mp3"), "--full-speed").ExitsWithAsync(0);
    }

    [NeedsFact("lame")]
    public async Task A_friend_with_an_invitation_joins_once_and_strangers_are_refused()
    {
        await using var stage = new Stage();
        var path = stage.Share("anna", "a.mp3", await Songs.ToneAsync(440));
        var data = stage.Folder.In("tracker-data");
        var tracker = await StartTrackerAsync(stage, data);
        string[] owner = ["--data", data, "--address", tracker.Address];

        var invited = await stage.Start("Tracker", ["invite", "--name", "anna", .. owner]).ExitsWithAsync(0);
        var line = Assert.Single(invited.Output.Lines);
        Assert.Matches($"^tsps://127\\.0\\.0\\.1:{tracker.Port}#[0-9a-f]{{32}}\\?invite=[a-z2-9]{{26}}$", line);
        await Catalog.EventuallyAsync(
            () => stage.StartGuest(tracker, "list").ExitAsync(), code => code == 1, "strangers are refused");

        string[] anna = ["--data", stage.Data("anna")];
        var joined = await stage.Start("Peer", ["join", line, .. anna]).ExitsWithAsync(0);
        Assert.Contains("joined", joined.Output.Text, StringComparison.Ordinal);
        var again = await stage.Start("Peer", ["join", line, "--data", stage.Data("bob")]).FailsWithAsync(1);
        Assert.Contains("invitation", again, StringComparison.Ordinal);
        // A member may paste the line again.
        await stage.Start("Peer", ["join", line, .. anna]).ExitsWithAsync(0);

        // From now on, the tracker need not be named.
        var serving = await Stage.ReadyAsync(
            stage.Start("Peer", ["serve", "--music", stage.Music("anna"), "--name", "anna", "--port", "0", .. anna]));
        var list = await ListAsync(stage, anna);
        Assert.EndsWith("\tanna", list, StringComparison.Ordinal);
        var saved = stage.Folder.In("saved.mp3");
        await stage.Start("Peer", ["play", "1", "--output", saved, "--full-speed", .. anna]).ExitsWithAsync(0);
        Assert.Equal(await Oracle.CutAsync(path), await File.ReadAllBytesAsync(saved));

        var members = await stage.Start("Tracker", ["members", "--data", data]).ExitsWithAsync(0);
        Assert.EndsWith("anna", Assert.Single(members.Output.Lines), StringComparison.Ordinal);
        await stage.Start("Tracker", ["remove", "anna", "--data", data]).ExitsWithAsync(0);
        Assert.Contains("member", await serving.Process.FailsWithAsync(1), StringComparison.Ordinal);
    }

    private static Task<TrackerProgram> StartTrackerAsync(Stage stage, string data, int port = 0) =>
        stage.StartTrackerAsync(port, $"TSP__TRACKER__DATA={stage.Folder.In(data)}", "TSP__TRACKER__HEARTBEAT_INTERVAL=1s");

    private static async Task<JsonElement> HostsAsync(Stage stage, TrackerProgram tracker)
    {
        var list = await stage.StartGuest(tracker, "list", "--json").ExitsWithAsync(0);
        return JsonDocument.Parse(list.Output.Text).RootElement[0].GetProperty("hosts")[0];
    }

    private static async Task<string> ListAsync(Stage stage, string[] options)
    {
        var line = "";
        await Catalog.EventuallyAsync(
            async () =>
            {
                var list = await stage.Start("Peer", ["list", .. options]).ExitsWithAsync(0);
                return line = list.Output.Lines.Count == 1 ? list.Output.Lines[0] : "";
            },
            text => text.Length > 0, "the song is listed");
        return line;
    }
}
