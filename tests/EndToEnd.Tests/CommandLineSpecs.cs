using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks command lines, settings, ports that are in use, the tracker's HTTP port and its log.</summary>
public sealed class CommandLineSpecs
{
    private const string Secret = "correct horse battery staple";

    [Theory]
    [InlineData("Tracker", "--bogus")]
    [InlineData("Tracker", "--port", "many")]
    [InlineData("Tracker", "--port", "70000")]
    [InlineData("Tracker", "--log-format", "xml")]
    [InlineData("Peer", "--bogus")]
    [InlineData("Peer", "dance")]
    [InlineData("Peer", "play")]
    [InlineData("Peer", "info", "0")]
    [InlineData("Peer", "list", "--jsn")]
    [InlineData("Tracker", "remove", "--forse")]
    [InlineData("Peer", "list", "--tracker", "a b")]
    [InlineData("Peer", "play", "1", "--audio", "trumpet")]
    [InlineData("Peer", "play", "1", "--duration", "1h")]
    public async Task Bad_arguments_cause_exit_code_2(string program, params string[] arguments)
    {
        await using var stage = new Stage();

        var process = await stage.Start(program, arguments).ExitsWithAsync(2);

        Assert.StartsWith("error: ", process.Errors.Lines[0], StringComparison.Ordinal);
        Assert.Contains(arguments[^1], process.Errors.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Errors.Text, StringComparison.Ordinal);
        Assert.Empty(process.Output.Text);
    }

    [Theory]
    [InlineData("Tracker", "tsp.tracker.heart-beat-interval = 5s", "heartbeat-interval")]
    [InlineData("Peer", "tsp.peer { trakcers = [\"localhost:7070\"] }", "tsp.peer.trackers")]
    [InlineData("Tracker", "tsp.tracker.port = ${?TSP_PORT}", "${?TSP_PORT}")]
    [InlineData("Peer", "tsp.peer.name = ${?WHO}", "${?WHO}")]
    public async Task A_file_with_an_unknown_key_or_variable_is_rejected_and_its_line_is_named(string program, string text, string named)
    {
        await using var stage = new Stage();
        var file = stage.Folder.In("some.conf");
        await File.WriteAllTextAsync(file, $"# line 1\n{text}\n");

        var error = await stage.Start(program, ["--config", file]).FailsWithAsync(2);

        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains("some.conf", error, StringComparison.Ordinal);
        Assert.Contains("2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_begins_with_an_at_sign_is_text_and_not_a_file_of_arguments()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var file = stage.Folder.In("arguments");
        await File.WriteAllTextAsync(file, "--no-such-option");

        foreach (var text in (string[])["@home", $"@{file}", "@"])
            Assert.Equal("", (await stage.StartGuest(tracker, "list", text).ExitsWithAsync(0)).Output.Text);
    }

    [Fact]
    public async Task An_unknown_environment_variable_is_rejected_and_the_nearest_key_is_named()
    {
        await using var stage = new Stage();

        var error = await stage.Start("Tracker", [], ["TSP__TRACKER__HEARTBEET_INTERVAL=5s"]).FailsWithAsync(2);

        Assert.Contains("TSP__TRACKER__HEARTBEET_INTERVAL", error, StringComparison.Ordinal);
        Assert.Contains("tsp.tracker.heartbeat-interval", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tracker", "TSP__TRACKER__ACCESS_KEY", "TSP__TRACKER__NAME")]
    [InlineData("Peer", "TSP__PEER__ACCESS_KEY", "TSP__PEER__NAME")]
    public async Task The_printed_configuration_hides_the_secret_and_can_be_read_back(string program, string secretKey, string nameKey)
    {
        await using var stage = new Stage();
        string[] environment = [$"{secretKey}={Secret}", $"{nameKey}=a \"quoted\" name"];
        var printed = await stage.Start(program, ["--print-config", "--port", "7999"], environment).ExitsWithAsync(0);
        var file = stage.Folder.In("printed.conf");
        await File.WriteAllTextAsync(file, printed.Output.Text);

        var again = await stage.Start(program, ["--print-config", "--config", file], [environment[0]]).ExitsWithAsync(0);
        var without = await stage.Start(program, ["--print-config", "--config", file]).FailsWithAsync(2);

        Assert.DoesNotContain(Secret, printed.Output.Text + printed.Errors.Text, StringComparison.Ordinal);
        Assert.Contains("7999", printed.Output.Text, StringComparison.Ordinal);
        Assert.Equal(Settings(printed), Settings(again));
        // The asterisks printed in place of the secret are not accepted as a secret.
        Assert.Contains("access-key", without, StringComparison.Ordinal);

        static IEnumerable<string> Settings(ProgramProcess process) =>
            process.Output.Lines.Where(line => !line.TrimStart().StartsWith('#'));
    }

    [Fact]
    public async Task Print_config_works_before_and_after_serve_and_starts_nothing()
    {
        await using var stage = new Stage();

        var before = await stage.Start("Peer", ["--print-config", "serve", "--port", "7999"]).ExitsWithAsync(0);
        var after = await stage.Start("Peer", ["serve", "--port", "7999", "--print-config"]).ExitsWithAsync(0);

        Assert.Contains("port = 7999", after.Output.Text, StringComparison.Ordinal);
        Assert.Equal(before.Output.Text, after.Output.Text);
        Assert.Empty(before.Errors.Text + after.Errors.Text);
        // A peer that starts creates its data folder.
        Assert.Empty(Directory.GetFileSystemEntries(stage.Folder.Folder("home", "data")));
    }

    [Theory]
    [InlineData("Tracker", "--host", "127.0.0.1")]
    [InlineData("Peer", "serve")]
    public async Task A_port_in_use_is_reported_with_exit_code_1(string program, params string[] arguments)
    {
        await using var stage = new Stage();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var process = stage.Start(program, [.. arguments, "--port", $"{port}"]);
        var error = await process.FailsWithAsync(1);

        Assert.Contains($"port {port} ", error, StringComparison.Ordinal);
        Assert.Single(process.Errors.Lines);
    }

    [Fact]
    public async Task A_tracker_fails_and_names_the_setting_if_an_HTTP_port_other_than_the_default_is_in_use()
    {
        await using var stage = new Stage();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var process = stage.Start("Tracker", ["--host", "127.0.0.1", "--port", "0"], [$"TSP__TRACKER__HTTP__PORT={port}"]);
        var error = await process.FailsWithAsync(1);

        Assert.Contains($"port {port} ", error, StringComparison.Ordinal);
        Assert.Contains("tsp.tracker.http.port", error, StringComparison.Ordinal);
        Assert.Single(process.Errors.Lines);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("--audio", "null")]
    public async Task A_peer_without_a_home_folder_needs_a_data_folder(params string[] command)
    {
        await using var stage = new Stage();

        var error = await stage.Start("Peer", command, ["HOME=/nonexistent", "XDG_DATA_HOME="]).FailsWithAsync(2);

        Assert.Contains("--data", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(stage.Folder.Folder("work")));
    }

    [Fact]
    public async Task A_tilde_in_a_setting_stands_for_the_home_folder()
    {
        await using var stage = new Stage();
        var music = stage.Folder.Folder("home", "Songs");
        File.WriteAllText(Path.Combine(music, "no-song.mp3"), "");

        var peer = stage.Start("Peer", ["--print-config", "serve"], ["TSP__PEER__MUSIC__0=~/Songs", "TSP__PEER__DATA=~/peer"]);
        await peer.ExitsWithAsync(0);
        var tracker = await stage.StartTrackerAsync();
        var serving = await Stage.ReadyAsync(stage.Start(
            "Peer", ["serve", "--port", "0", "--tracker", tracker.Address], ["TSP__PEER__MUSIC__0=~/Songs", "TSP__PEER__DATA=~/peer"]));

        Assert.True(File.Exists(Path.Combine(stage.Folder.Folder("home"), "peer", "library.db")));
        Assert.DoesNotContain("does not exist", serving.Process.Errors.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_server_at_the_address_of_a_tracker_is_reported()
    {
        await using var stage = new Stage();
        var tracker = stage.Start("Tracker", ["--host", "127.0.0.1", "--port", "0", "--verbose"]);
        var http = (await tracker.ReportsAsync(@"http://(127\.0\.0\.1:\d+)")).Groups[1].Value;

        var error = await stage.Start("Peer", ["list", "--tracker", http]).FailsWithAsync(1);

        Assert.Contains("is this the address of a web server?", error, StringComparison.Ordinal);
    }

    [NeedsFact("python3")]
    public async Task A_web_server_that_replies_without_a_header_is_reported_too()
    {
        await using var stage = new Stage();
        var server = stage.StartNative("python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]);
        var port = (await server.PrintsAsync(@"port (\d+)")).Groups[1].Value;

        var error = await stage.Start("Peer", ["list", "--tracker", $"tsp://127.0.0.1:{port}"]).FailsWithAsync(1);

        Assert.Contains("is this the address of a web server?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tracker_continues_without_HTTP_if_the_default_port_is_in_use()
    {
        await using var stage = new Stage();
        using var other = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            other.Bind(new IPEndPoint(IPAddress.Loopback, 7080));
            other.Listen();
        }
        catch (SocketException)
        {
            // Another program already uses the port, which is just as good for this test.
        }

        string[] arguments = ["--host", "127.0.0.1", "--port", "0"];
        var process = stage.StartNative("env", ["-u", "TSP__TRACKER__HTTP__PORT", .. Stage.Command("Tracker"), .. arguments]);

        await process.ReportsAsync("port 7080 on 127.0.0.1 is in use.*continues without");
        await process.ReportsAsync("^tracker ready on ");
        process.Signal("TERM");
        await process.ExitsWithAsync(0);
        // The same port is an error if the user has chosen it.
        var chosen = await stage.Start("Tracker", arguments, ["TSP__TRACKER__HTTP__PORT=7080"]).FailsWithAsync(1);
        Assert.Contains("port 7080 on 127.0.0.1 is in use", chosen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tracker_can_be_monitored_over_HTTP()
    {
        await using var stage = new Stage();
        using var client = new HttpClient();
        var tracker = stage.Start("Tracker", ["--host", "127.0.0.1", "--port", "0", "--verbose"]);
        await tracker.ReportsAsync("^tracker ready on");
        var address = (await tracker.ReportsAsync(@"statistics are on (http://127\.0\.0\.1:\d+)$")).Groups[1].Value;

        Assert.Equal("ready\n", await client.GetStringAsync(new Uri($"{address}/health/ready")));
        Assert.Contains("tsp_tracker_peers", await client.GetStringAsync(new Uri($"{address}/metrics")), StringComparison.Ordinal);
        Assert.Contains("<h1>Tracker status</h1>", await client.GetStringAsync(new Uri($"{address}/")), StringComparison.Ordinal);

        tracker.Signal("TERM");
        await tracker.ExitsWithAsync(0);
    }

    [Fact]
    public async Task The_log_has_one_JSON_object_per_line_on_request()
    {
        await using var stage = new Stage();
        var tracker = stage.Start("Tracker", ["--host", "127.0.0.1", "--port", "0", "--verbose", "--log-format", "json"]);
        await tracker.ReportsAsync("^tracker ready on");
        tracker.Signal("TERM");
        await tracker.ExitsWithAsync(0);

        var events = tracker.Errors.Lines.Where(line => !line.StartsWith("tracker ready on", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(events);
        foreach (var line in events)
        {
            using var entry = JsonDocument.Parse(line);
            Assert.Equal(["time", "level", "source", "message", "error"], entry.RootElement.EnumerateObject().Select(field => field.Name));
            Assert.True(entry.RootElement.GetProperty("time").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddHours(-1));
        }
    }

    [Theory]
    [InlineData("did you mean --json?", "list", "--jsn")]
    [InlineData("did you mean --output?", "play", "--outpt", "song.mp3", "1")]
    [InlineData("there is no option --loudly", "albums", "--loudly")]
    public async Task A_mistyped_option_is_not_treated_as_text(string expected, params string[] arguments)
    {
        await using var stage = new Stage();
        var error = await stage.Start("Peer", arguments).FailsWithAsync(2);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_two_dashes_everything_is_text()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var error = await stage.Start("Peer", ["play", "--tracker", tracker.Address, "--", "--loudly"]).FailsWithAsync(1);
        Assert.Contains("no song matches \"--loudly\"", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("info", "1", "--json")]
    [InlineData("play", "1", "--output", "song.mp3")]
    public async Task Without_a_tracker_a_command_exits_with_1_and_names_the_address_it_tried(params string[] command)
    {
        await using var stage = new Stage();
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var nobody = $"127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}";
        closed.Stop();

        var process = stage.Start("Peer", [.. command, "--tracker", nobody]);
        var error = await process.FailsWithAsync(1);

        Assert.Contains(nobody, error, StringComparison.Ordinal);
        Assert.Single(process.Errors.Lines);
        Assert.Empty(Directory.GetFiles(stage.Folder.Folder("work")));
    }

    [Fact]
    public async Task A_tracker_starts_with_dotnet_run_and_no_arguments()
    {
        await using var stage = new Stage();
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

        var run = stage.StartNative(
            "dotnet", ["run", "--project", "Tracker", "--no-build", "-c", configuration],
            ["DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_CLI_UI_LANGUAGE=en"], folder: Path.Combine(Root(), "src"));

        // If another program uses one of the ports, the tracker reports that.
        var outcome = await run.ReportsAsync(@"^tracker ready on 0\.0\.0\.0:7070$|port (7070 on 0\.0\.0\.0|7080 on 127\.0\.0\.1) is in use");
        if (outcome.Value.StartsWith("tracker", StringComparison.Ordinal))
            Assert.NotNull(await Catalog.ListAsync(new TrackerProgram(run, 7070)));
        else
            await run.ExitsWithAsync(1);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TspActors.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("TspActors.sln was not found in any folder above the tests.");
        return folder.FullName;
    }
}
