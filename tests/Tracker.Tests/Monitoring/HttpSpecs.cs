using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TspActors.Monitoring;
using TspActors.Protocol;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Transport;

namespace TspActors.Tracker.Tests.Monitoring;

/// <summary>Checks what the tracker's HTTP port reports, and to whom.</summary>
public sealed class HttpSpecs : TrackerSpec
{
    private static readonly MonitoringSettings AnyPort = new() { Endpoint = new IPEndPoint(IPAddress.Loopback, 0) };

    // No working code takes this long.
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly TrackerTelemetry _telemetry = new();
    private readonly ConcurrentQueue<EndPoint> _connected = new();

    [Fact]
    public async Task The_tracker_is_alive_from_the_start_and_ready_while_its_port_is_open()
    {
        await using var http = await TrackerHttp.StartAsync(AnyPort, _telemetry);
        Assert.Equal((HttpStatusCode.OK, "alive\n"), await Get(http, "/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the TSP port is not open yet\n"), await Get(http, "/health/ready"));

        await StartTracker(Settings, _telemetry);
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await Get(http, "/health/ready"));

        await _tracker.StopAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the tracker is going down\n"), await Get(http, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, (await Get(http, "/health/live")).Status);
    }

    [Fact]
    public async Task The_metrics_have_the_documented_names()
    {
        await using var http = await TrackerHttp.StartAsync(AnyPort, _telemetry);
        await StartTracker(Settings with { RequestsPerSecond = 1, RequestBurst = 20 }, _telemetry);
        var watcher = await Watch();
        var host = await Host(1, [.. Samples.Songs(3), Samples.Song(4, title: " ")]);
        var broadcast = await watcher.Expect(Operation.BroadcastList);
        // Uses a new connection, because the share has already used up some request tokens of the host's connection.
        var asker = await Connect();
        // All requests are sent in one write, so that no tokens are refilled in between, however slow the machine is. The server itself
        // answers the first two, which do not count.
        await asker.Send((byte[])[.. Enumerable.Repeat(FrameEncoder.Encode(Operation.Ping, 1), 22).SelectMany(ping => ping),
            .. FrameEncoder.Encode(Operation.Play, 1)]);
        for (var i = 0; i < 22; i++)
            await asker.Expect(Operation.Pong);
        await asker.ExpectError(ErrorCode.RateLimited);
        await (await Connect()).List(new ListRequest { Query = "song" });
        // Once this request is served, the watcher's registration has been counted and timed.
        await watcher.Send(Operation.Info, 1);
        await watcher.Expect(Operation.Info);

        var metrics = await Metrics(http);

        Assert.Equal(2, metrics["tsp_tracker_peers{}"]);
        Assert.Equal(3, metrics["tsp_tracker_songs{}"]);
        Assert.Equal(_telemetry.Catalog.Current.Version, metrics["tsp_tracker_catalog_version{}"]);
        Assert.Equal(1, metrics["tsp_tracker_ready{}"]);
        Assert.True(metrics["tsp_tracker_uptime_seconds{}"] > 0);
        Assert.Equal(4, metrics["tsp_connections{}"]);
        Assert.Equal(2, metrics["tsp_requests_total{op=\"init\"}"]);
        Assert.Equal(1, metrics["tsp_requests_total{op=\"share\"}"]);
        Assert.Equal(20, metrics["tsp_requests_total{op=\"ping\"}"]);
        Assert.Equal(1, metrics["tsp_requests_total{op=\"play\"}"]);
        Assert.Equal(1, metrics["tsp_requests_total{op=\"search\"}"]);
        Assert.Equal(0, metrics["tsp_requests_total{op=\"list\"}"]);
        Assert.Equal(1, metrics["tsp_rejected_total{reason=\"rate_limited\"}"]);
        Assert.Equal(1, metrics["tsp_rejected_total{reason=\"song\"}"]);
        Assert.Equal(0, metrics["tsp_rejected_total{reason=\"busy\"}"]);
        Assert.Equal(1, metrics["tsp_broadcasts_total{}"]);
        Assert.Equal(FrameHeader.SizeWithLength + broadcast.Body.Length, metrics["tsp_broadcast_bytes_total{}"]);
        Assert.Equal(0, metrics["tsp_relay_sessions{}"]);
        Assert.Equal(0, metrics["tsp_relay_bytes_total{}"]);
        Assert.InRange(metrics["tsp_request_duration_seconds_count{op=\"ping\"}"], 1, 20);
        Assert.True(metrics["tsp_request_duration_seconds_sum{op=\"ping\"}"] > 0);
        Assert.Equal(2, metrics["tsp_request_duration_seconds_count{op=\"init\"}"]);
        Assert.Equal(1, metrics["tsp_request_duration_seconds_count{op=\"search\"}"]);
        Assert.Equal(1, metrics["tsp_request_duration_seconds_bucket{op=\"search\",le=\"+Inf\"}"]);
        Assert.True(metrics["dotnet_process_memory_working_set_bytes{}"] > 1_000_000);
        Assert.Equal(1, metrics[$"tsp_build_info{{version=\"{TrackerTelemetry.Version}\"}}"]);
    }

    [Theory]
    [InlineData("alerts.yml", 7)]
    [InlineData("grafana-dashboard.json", 12)]
    public async Task The_files_for_monitoring_name_only_metrics_that_exist(string file, int atLeast)
    {
        await using var http = await TrackerHttp.StartAsync(AnyPort, _telemetry);
        await StartTracker(Settings, _telemetry);
        var asker = await Connect();
        await asker.List(new ListRequest { Query = "song" });
        var exported = (await Metrics(http)).Keys.Select(name => name[..name.IndexOf('{', StringComparison.Ordinal)]).ToHashSet();

        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "monitoring", file));
        var named = Regex.Matches(text, @"\b(tsp|dotnet)_\w+").Select(match => match.Value).ToHashSet();

        Assert.True(named.Count >= atLeast, string.Join(", ", named));
        Assert.Empty(named.Except(exported));
    }

    [Fact]
    public async Task A_client_that_does_not_read_does_not_keep_others_from_the_metrics()
    {
        await using var http = await TrackerHttp.StartAsync(AnyPort, _telemetry);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await silent.ConnectAsync(http.Address);
        var request = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        var requests = silent.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, 2_000))));

        // Enough for the exporter, which caches its text for 300 ms, to write it several times.
        for (var scrape = 0; scrape < 500; scrape++)
            Assert.Equal(HttpStatusCode.OK, (await Get(http, "/metrics")).Status);

        silent.Close();
        await Task.WhenAny(requests);
    }

    [Fact]
    public async Task The_statistics_are_plain_JSON()
    {
        await using var http = await TrackerHttp.StartAsync(AnyPort, _telemetry);
        await StartTracker(Settings, _telemetry);
        var host = await Host(1, Samples.Songs(3));
        await host.Send(Operation.Info, 1);
        await host.Expect(Operation.Info);

        using var statistics = JsonDocument.Parse((await Get(http, "/stats")).Text);

        var root = statistics.RootElement;
        Assert.Equal(
            (1, 3, 1),
            (root.GetProperty("peers").GetInt32(), root.GetProperty("songs").GetInt32(), root.GetProperty("connections").GetInt32()));
        Assert.True(root.GetProperty("ready").GetBoolean());
        Assert.True(root.GetProperty("memoryBytes").GetInt64() > 1_000_000);
        Assert.True(root.GetProperty("uptimeSeconds").GetDouble() >= 0);
        Assert.Equal(1, root.GetProperty("requests").GetProperty("info").GetInt32());
        Assert.Equal(0, root.GetProperty("rejected").GetProperty("busy").GetInt32());
    }

    [Fact]
    public void The_statistics_show_a_trackers_standing_in_its_cluster()
    {
        _telemetry.Standing = new ClusterStanding(false, [], 3, 1);

        var statistics = TrackerStatistics.Collect(_telemetry);
        Assert.Equal((3, 1), (statistics.ClusterMembers, statistics.ClusterReachable));
        Assert.Contains(_telemetry.Readiness.Missing, reason => reason.Contains("too few", StringComparison.Ordinal));

        _telemetry.Standing = new ClusterStanding(true, [], 3, 2);
        Assert.DoesNotContain(_telemetry.Readiness.Missing, reason => reason.Contains("too few", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refused_connections_are_counted()
    {
        await StartTracker(Settings with { Transport = Settings.Transport with { MaxConnections = 1 } }, _telemetry);
        // Registers a peer, because an unregistered connection would give way to the second one.
        await (await Join(1)).Settle();
        var second = await Connect();
        await second.ExpectError(ErrorCode.Busy);

        Assert.Equal(1, TrackerStatistics.Collect(_telemetry).Rejected["busy"]);
        Assert.Equal(1, _telemetry.Connections.Open);
    }

    [Fact]
    public async Task An_unknown_path_is_answered_with_a_list_of_the_available_ones()
    {
        await using var http = await TrackerHttp.StartAsync(AnyPort, _telemetry);

        var (status, text) = await Get(http, "/unknown");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("/metrics", text, StringComparison.Ordinal);
        using var posted = await _client.PostAsync(new Uri($"http://{http.Address}/stats"), null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST.:7080", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:7080", HttpStatusCode.OK)]
    [InlineData("[::1]:7080", HttpStatusCode.OK)]
    [InlineData("tracker.example", HttpStatusCode.OK)]
    [InlineData("rebound.example", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.rebound.example", HttpStatusCode.BadRequest)]
    public async Task Only_requests_with_an_allowed_host_name_are_answered(string host, HttpStatusCode expected)
    {
        await using var http = await TrackerHttp.StartAsync(AnyPort with { AllowedHosts = ["tracker.example"] }, _telemetry);
        foreach (var path in new[] { "/", "/api/status", "/health/live", "/metrics", "/stats" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{http.Address}{path}"));
            request.Headers.Host = host;
            using var response = await _client.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Theory]
    [InlineData(100, "")]
    [InlineData(300, "")]
    [InlineData(300, "GET /health/li")]
    [InlineData(300, "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Wait: ")]
    [InlineData(300, "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    public async Task Idle_connections_do_not_block_the_health_check(int count, string sent)
    {
        foreach (var addresses in (string[][])[["127.0.0.1"], ["127.0.0.3", "127.0.0.4", "127.0.0.5"]])
        {
            await using var http = await TrackerHttp.StartAsync(AnyPort, _telemetry);
            using var regular = ClientFrom("127.0.0.2");
            await CheckAsync(regular);
            var idle = new List<Socket>();
            for (var i = 0; i < count; i++)
            {
                idle.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                idle[i].Bind(new IPEndPoint(IPAddress.Parse(addresses[i % addresses.Length]), 0));
                await idle[i].ConnectAsync(http.Address);
                if (sent.Length > 0)
                    await idle[i].SendAsync(Encoding.ASCII.GetBytes(sent));
            }

            foreach (var address in (string[])["127.0.0.1", "127.0.0.3", "127.0.0.9"])
            {
                using var client = ClientFrom(address);
                await CheckAsync(client);
            }

            // The connection of the regular check was not the one that had to give way.
            var connections = _connected.Count;
            await CheckAsync(regular);
            Assert.Equal(connections, _connected.Count);
            idle.ForEach(socket => socket.Dispose());

            async Task CheckAsync(HttpClient client) =>
                Assert.Equal("alive\n", await client.GetStringAsync(new Uri($"http://{http.Address}/health/live")));
        }
    }

    [Fact]
    public async Task A_connection_without_a_request_is_closed()
    {
        await using var http = await TrackerHttp.StartAsync(AnyPort with { IdleTimeout = Soon }, _telemetry);
        using var idle = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await idle.ConnectAsync(http.Address);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal(0, await idle.ReceiveAsync(new byte[1], patience.Token));
    }

    [Fact]
    public async Task A_connection_without_a_request_ends_when_the_server_stops()
    {
        using var idle = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await using (var http = await TrackerHttp.StartAsync(AnyPort, _telemetry))
        {
            await idle.ConnectAsync(http.Address);
            // Connections are accepted in their order.
            await _client.GetStringAsync(new Uri($"http://{http.Address}/health/live"));
        }

        // A connection that delays the stop is reset in the end.
        Assert.Equal(0, await idle.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task A_port_in_use_is_reported_with_the_settings_to_change()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = (IPEndPoint)other.LocalEndpoint;

        var error = await Assert.ThrowsAsync<ListenException>(
            () => TrackerHttp.StartAsync(new MonitoringSettings { Endpoint = address }, _telemetry));

        Assert.Contains($"port {address.Port} on 127.0.0.1 is in use", error.Message, StringComparison.Ordinal);
        Assert.Contains("tsp.tracker.http.port", error.Message, StringComparison.Ordinal);
        Assert.Contains("tsp.tracker.http.enabled", error.Message, StringComparison.Ordinal);
    }

    public override async Task DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync();
    }

    private async Task<(HttpStatusCode Status, string Text)> Get(TrackerHttp http, string path)
    {
        using var response = await _client.GetAsync(new Uri($"http://{http.Address}{path}"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<Dictionary<string, double>> Metrics(TrackerHttp http)
    {
        var (status, text) = await Get(http, "/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        return text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToDictionary(
            line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private HttpClient ClientFrom(string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            _connected.Enqueue(socket.LocalEndPoint!);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
}
