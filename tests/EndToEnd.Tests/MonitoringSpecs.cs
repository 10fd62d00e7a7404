using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks the health checks and metrics that a peer serves over HTTP.</summary>
public sealed class MonitoringSpecs : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = ProgramProcess.Deadline };

    [NeedsFact("lame")]
    public async Task A_peer_reports_its_health_and_its_streams()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        stage.Share("alice", "b.mp3", await Songs.ToneAsync(550));
        File.WriteAllText(Path.Combine(stage.Music("alice"), "not.mp3"), "this is not music");
        var tracker = await stage.StartTrackerAsync();
        var peer = await stage.StartPeerAsync(
            tracker, "alice", "TSP__PEER__MONITORING__ENABLED=on", "TSP__PEER__MONITORING__PORT=0", "TSP__PEER__RELAY__ENABLED=on");
        var url = (await peer.Process.ReportsAsync(@"^health and metrics on (http://127\.0\.0\.1:\d+)$")).Groups[1].Value;

        Assert.Equal((HttpStatusCode.OK, "alive\n"), await GetAsync(url, "/health/live"));
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync(url, "/health/ready"));
        Assert.Contains("/metrics", (await GetAsync(url, "/")).Text, StringComparison.Ordinal);

        var before = await MetricsAsync(url);
        Assert.Equal(
            (1, 2, 0, 1),
            (before["tsp_peer_connected"], before["tsp_peer_songs"], before["tsp_peer_songs_refused"], before["tsp_peer_files_left_out"]));
        Assert.Equal((0, 0), (before["tsp_peer_streams_total"], before["tsp_peer_sent_bytes_total"]));
        Assert.Equal((0, 0), (before["tsp_peer_scanning"], before["tsp_peer_scan_failed"]));
        Assert.True(before["dotnet_process_memory_working_set_bytes"] > 1_000_000);
        Assert.True(before["tsp_peer_uptime_seconds"] > 0);
        Assert.Contains(before.Keys, name => name.StartsWith("tsp_build_info{version=", StringComparison.Ordinal));

        foreach (var file in new[] { "peer-alerts.yml", "grafana-peers.json" })
            NamesOnly(before.Keys, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "monitoring", file)));

        await stage.StartGuest(tracker, "play", "1", "--output", "song.mp3").ExitsWithAsync(0);
        var after = await MetricsAsync(url);
        Assert.Equal(1, after["tsp_peer_streams_total"]);
        Assert.Equal(0, after["tsp_peer_streams_refused_total{reason=\"busy\"}"]);
        Assert.InRange(
            after["tsp_peer_sent_bytes_total"], new FileInfo(Path.Combine(stage.Folder.Path, "work", "song.mp3")).Length, double.MaxValue);

        tracker.Process.Signal("KILL");
        await peer.Process.ReportsAsync("^no tracker at .*trying again");
        var missing = await Catalog.EventuallyAsync(
            () => GetAsync(url, "/health/ready"), answer => answer.Status == HttpStatusCode.ServiceUnavailable, "the peer is not ready");
        Assert.StartsWith($"no tracker: {tracker.Address}: ", missing.Text, StringComparison.Ordinal);
    }

    [NeedsFact("bash")]
    public async Task The_health_check_of_the_trackers_image_asks_whether_it_is_ready()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        using var http = new TcpListener(IPAddress.Loopback, 0);
        http.Start();
        var port = ((IPEndPoint)http.LocalEndpoint).Port;

        Assert.Equal(0, await CheckAsync("200 OK"));
        Assert.NotEqual(0, await CheckAsync("503 Service Unavailable"));
        http.Stop();
        // Where HTTP is off, the tracker's own port decides.
        Assert.Equal(0, await RunAsync(tracker.Port));
        Assert.NotEqual(0, await RunAsync(port));

        async Task<int> CheckAsync(string status)
        {
            var check = RunAsync(port);
            using var client = await http.AcceptSocketAsync();
            var request = new byte[1024];
            Assert.StartsWith(
                "GET /health/ready HTTP/1.1", Encoding.ASCII.GetString(request, 0, await client.ReceiveAsync(request)), StringComparison.Ordinal);
            await client.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
            return await check;
        }

        Task<int> RunAsync(int trackerPort) => stage.StartNative(
            "bash", [Path.Combine(AppContext.BaseDirectory, "docker", "ready"), $"{port}", $"{trackerPort}"]).ExitAsync();
    }

    [Fact]
    public async Task A_peer_continues_without_monitoring_if_the_default_port_is_in_use()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        using var other = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            other.Bind(new IPEndPoint(IPAddress.Loopback, 7081));
            other.Listen();
        }
        catch (SocketException)
        {
            // Another program uses the port, which serves the test just as well.
        }

        var peer = await stage.StartPeerAsync(tracker, "alice", "TSP__PEER__MONITORING__ENABLED=on");

        await peer.Process.ReportsAsync("continues without health checks and metrics");
    }

    [Fact]
    public async Task A_configured_port_that_is_in_use_is_an_error_that_names_the_setting()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var peer = stage.Start(
            "Peer", [.. stage.PeerArguments(tracker, "alice"), "serve"],
            ["TSP__PEER__MONITORING__ENABLED=on", $"TSP__PEER__MONITORING__PORT={tracker.Port}"]);

        await peer.ReportsAsync($@"port {tracker.Port} on 127\.0\.0\.1 is in use.*tsp\.peer\.monitoring\.port");
        await peer.ExitsWithAsync(1);
    }

    // Checks that the files for Prometheus and Grafana name only metrics that exist. Without a port check, a peer does not export
    // tsp_peer_port_reachable.
    private static void NamesOnly(IEnumerable<string> metrics, string text)
    {
        var known = metrics.Select(name => name.Split('{')[0]).Append("tsp_peer_port_reachable").ToHashSet();
        var named = Regex.Matches(text, @"\b(tsp|dotnet)_\w+").Select(match => match.Value).ToHashSet();
        Assert.True(named.Count >= 6, string.Join(", ", named));
        Assert.Empty(named.Except(known));
    }

    public void Dispose() => _client.Dispose();

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string url, string path)
    {
        using var response = await _client.GetAsync(new Uri(url + path));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<Dictionary<string, double>> MetricsAsync(string url)
    {
        var (status, text) = await GetAsync(url, "/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        return text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToDictionary(
            line => line[..line.LastIndexOf(' ')].Replace("{}", "", StringComparison.Ordinal),
            line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
