using System.Net;
using System.Text.Json;
using TspActors.Monitoring;
using TspActors.Protocol;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;

namespace TspActors.Tracker.Tests.Monitoring;

/// <summary>Checks what /api/status reports, and that it reveals nothing else.</summary>
public sealed class StatusReportSpecs : TrackerSpec
{
    private static readonly string[] Fields =
    [
        "version", "uptimeSeconds", "ready", "missing", "peers", "songs", "hosts", "catalogVersion", "connections", "memoryBytes",
        "requests", "rejected", "broadcasts", "broadcastBytes", "relay", "cluster",
    ];

    private readonly TrackerTelemetry _telemetry = new();

    [Fact]
    public async Task The_report_has_the_documented_fields_and_is_never_stored()
    {
        await StartTracker(Settings, _telemetry);
        await Host(1, Samples.Songs(3));
        await using var http = await Serve();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var response = await client.GetAsync(new Uri($"http://{http.Address}/api/status"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json; charset=utf-8", $"{response.Content.Headers.ContentType}");
        Assert.Equal(["no-store"], response.Headers.GetValues("Cache-Control"));
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["default-src 'none'; frame-ancestors 'none'"], response.Headers.GetValues("Content-Security-Policy"));
        using var report = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var root = report.RootElement;
        Assert.Equal(Fields, root.EnumerateObject().Select(field => field.Name));
        Assert.Equal((1, 1, 3), (root.GetProperty("peers").GetProperty("registered").GetInt32(), root.GetProperty("hosts").GetInt32(),
            root.GetProperty("songs").GetInt32()));
        Assert.True(root.GetProperty("ready").GetBoolean());
        Assert.Equal(1, root.GetProperty("requests").GetProperty("share").GetInt32());
        Assert.Equal(0, root.GetProperty("rejected").GetProperty("busy").GetInt32());
        Assert.Equal(0, root.GetProperty("relay").GetProperty("bytes").GetInt64());
        Assert.Equal(0, root.GetProperty("cluster").GetProperty("members").GetInt32());
        Assert.Equal(0, root.GetProperty("cluster").GetProperty("trackers").GetArrayLength());
    }

    [Fact]
    public async Task A_tracker_that_is_not_ready_says_why()
    {
        Assert.Equal(["the TSP port is not open yet"], StatusReport.Collect(_telemetry).Missing);
        await StartTracker(Settings, _telemetry);
        Assert.True(StatusReport.Collect(_telemetry).Ready);
        await _tracker.StopAsync();
        Assert.Equal((false, "the tracker is going down"), (StatusReport.Collect(_telemetry).Ready, StatusReport.Collect(_telemetry).Missing[0]));
    }

    [Fact]
    public async Task The_numbers_follow_peers_that_come_and_go()
    {
        await StartTracker(Settings, _telemetry);
        var watcher = await Watch();
        var plain = await Host(1, Samples.Songs(2));
        await watcher.ExpectBroadcast(delta => delta.Changed.Count == 2);
        using var key = new PeerKey();
        var secure = await Connect();
        await secure.StartTls(key.Context);
        await secure.Register(key.Hello());
        await secure.Share(Samples.Complete(Samples.Songs(1, from: 3)));

        var report = StatusReport.Collect(_telemetry);
        Assert.Equal(new PeersReport(3, 1, 2, 0), report.Peers);
        Assert.Equal((2, 3), (report.Hosts, report.Songs));

        await secure.Send(Operation.Quit);
        await watcher.ExpectBroadcast(delta => delta.Removed.Count == 1);
        await plain.Send(Operation.Quit);
        await watcher.ExpectBroadcast(delta => delta.Removed.Count == 2);

        report = StatusReport.Collect(_telemetry);
        Assert.Equal(new PeersReport(1, 0, 1, 0), report.Peers);
        Assert.Equal((0, 0), (report.Hosts, report.Songs));
        Assert.True(report.BroadcastBytes > 0);
    }

    [Fact]
    public async Task The_report_names_no_peer_no_address_no_key_and_no_song()
    {
        await StartTracker(Settings with { Name = "tracker of the house" }, _telemetry);
        _telemetry.Standing = new ClusterStanding(true, ["tsps://other.example:7070#2fc1"], 2, 2)
        {
            Trackers = [new ClusterMember(true, "up", true, true, true), new ClusterMember(false, "up", true, false, false)],
        };
        await Host(1, Samples.Song(1, title: "A title that nobody sees", artist: "An artist", album: "An album"));
        await using var http = await Serve();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };

        var text = await client.GetStringAsync(new Uri($"http://{http.Address}/api/status"));

        using var report = JsonDocument.Parse(text);
        Assert.Equal(1, report.RootElement.GetProperty("songs").GetInt32());
        // Everything that is not a number is one of these words.
        Assert.All(Texts(report.RootElement), value => Assert.Contains(value, new[] { TrackerTelemetry.Version, "up" }));
        Assert.All(
            new[]
            {
                "127.0.0.1", "7071", "peer 1", $"{Samples.Peer(1)}", $"{Samples.Hash(1)}", "nobody sees", "artist", "album", "of the house",
                "other.example", $"{_tracker.KeyId}",
            },
            secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
    }

    private Task<TrackerHttp> Serve() =>
        TrackerHttp.StartAsync(new MonitoringSettings { Endpoint = new IPEndPoint(IPAddress.Loopback, 0) }, _telemetry);

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => Texts(field.Value)),
        _ => [],
    };
}
