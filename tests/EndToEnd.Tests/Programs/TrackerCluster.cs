using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TspActors.Protocol;
using Xunit.Sdk;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>A cluster of trackers, each in its own process. A test can kill and restart any of them.</summary>
public sealed class TrackerCluster
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Stage _stage;
    private readonly string[] _environment;
    private readonly int[] _clusterPorts;
    private readonly int[] _ports;

    private TrackerCluster(Stage stage, int size, string[] environment)
    {
        _stage = stage;
        _environment = environment;
        _clusterPorts = Ports(size);
        _ports = Ports(size);
        Trackers = new TrackerProgram[size];
        Launch = (program, arguments, variables) => stage.Start(program, arguments, variables);
    }

    public TrackerProgram[] Trackers { get; }

    /// <summary>Starts a program: the current one, or that of another release.</summary>
    public Func<string, IEnumerable<string>, string[], ProgramProcess> Launch { get; set; }

    /// <summary>Whether each tracker that is started from now on keeps its ids in a data folder (<see cref="DataOf"/>).</summary>
    public bool HasDataFolders { get; set; }

    /// <summary>The ports on which the trackers connect to each other.</summary>
    public IReadOnlyList<int> ClusterPorts => _clusterPorts;

    /// <summary>The arguments that tell a peer the addresses of all trackers.</summary>
    public IEnumerable<string> Arguments => _ports.SelectMany(port => new[] { "--tracker", $"127.0.0.1:{port}" });

    /// <summary>Starts the given number of trackers one after another, each as soon as the previous one is ready.</summary>
    public static Task<TrackerCluster> StartAsync(Stage stage, int size, params string[] environment) =>
        StartAsync(stage, size, started: size, environment);

    /// <summary>Starts only the first trackers of a cluster of the given size.</summary>
    public static async Task<TrackerCluster> StartAsync(Stage stage, int size, int started, params string[] environment)
    {
        var cluster = new TrackerCluster(stage, size, environment);
        for (var tracker = 0; tracker < started; tracker++)
            await cluster.StartAsync(tracker);
        return cluster;
    }

    /// <summary>Starts a tracker, for the first time or again, and waits until it is ready.</summary>
    public async Task StartAsync(int tracker) => Trackers[tracker] = new TrackerProgram(await ReadyAsync(Begin(tracker)), _ports[tracker]);

    /// <summary>Starts a tracker without waiting for it.</summary>
    public ProgramProcess Begin(int tracker, params string[] environment) => Launch(
        "Tracker",
        [
            "--host", "127.0.0.1", "--port", $"{_ports[tracker]}", "--cluster-port", $"{_clusterPorts[tracker]}",
            .. _clusterPorts.SelectMany(port => new[] { "--seed-node", $"127.0.0.1:{port}" }),
            .. DataArguments(tracker),
        ],
        ["TSP__TRACKER__HTTP__ENABLED=off", .. _environment, .. environment]);

    /// <summary>Returns the data folder of a tracker.</summary>
    public string DataOf(int tracker) => _stage.Data($"tracker{tracker}");

    /// <summary>Starts an extra tracker on other ports that tries to join, without waiting for it.</summary>
    public ProgramProcess BeginOther(params string[] environment)
    {
        var ports = Ports(2);
        return _stage.Start(
            "Tracker",
            [
                "--host", "127.0.0.1", "--port", $"{ports[0]}", "--cluster-port", $"{ports[1]}",
                .. _clusterPorts.SelectMany(port => new[] { "--seed-node", $"127.0.0.1:{port}" }),
            ],
            ["TSP__TRACKER__HTTP__ENABLED=off", .. environment]);
    }

    /// <summary>Waits until a tracker is ready.</summary>
    public static async Task<ProgramProcess> ReadyAsync(ProgramProcess process, int from = 0)
    {
        await process.ReportsAsync(@"^tracker ready on 127\.0\.0\.1:(\d+)$", from);
        return process;
    }

    /// <summary>Starts a sharing peer that knows all trackers and tries <paramref name="first"/> before the others.</summary>
    public Task<PeerProgram> StartPeerAsync(string name, int first)
    {
        var trackers = Enumerable.Range(0, _ports.Length).SelectMany(tracker => new[] { "--tracker", $"127.0.0.1:{_ports[(first + tracker) % _ports.Length]}" });
        return Stage.ReadyAsync(Launch(
            "Peer", [.. trackers, "--music", _stage.Music(name), "--data", _stage.Data(name), "--name", name, "--port", "0", "serve"], []));
    }

    /// <summary>Returns all songs that a tracker lists.</summary>
    public static async Task<IReadOnlyList<Song>> ListAsync(TrackerProgram tracker)
    {
        using var client = await RawTspClient.Connect(tracker.Port);
        var songs = new List<Song>();
        var cursor = 0;
        do
        {
            await client.Send(Operation.List, cursor, new ListRequest { Limit = 1000 });
            var page = await client.SkipTo<SongPage>(Operation.List);
            songs.AddRange(page.Songs);
            cursor = page.NextCursor;
        }
        while (cursor != 0);
        return songs;
    }

    /// <summary>
    /// Waits until a tracker lists the expected songs. The tracker must answer every list request until then, unless it reports that the
    /// others have removed it, which can happen if the machine freezes for seconds. In that case, this waits until the tracker is back.
    /// </summary>
    public async Task<IReadOnlyList<Song>> ListsAsync(TrackerProgram tracker, Func<IReadOnlyList<Song>, bool> expected, string what)
    {
        for (var deadline = DateTime.UtcNow + ProgramProcess.Deadline; ;)
        {
            var songs = await ListOnceBackAsync(tracker);
            if (expected(songs))
                return songs;
            if (DateTime.UtcNow >= deadline)
                throw new XunitException($"{what}: port {tracker.Port}: {Counts(songs)}\n{await OthersAsync(tracker)}{_stage}");
            await Task.Delay(Interval);
        }
    }

    private static string Counts(IReadOnlyList<Song> songs) =>
        $"{songs.Count} songs with {songs.Sum(song => song.Hosts.Count)} copies";

    // Shows whether only one tracker lacks the songs.
    private async Task<string> OthersAsync(TrackerProgram tracker)
    {
        var text = new StringBuilder();
        foreach (var other in Trackers.Where(other => other != tracker && other is { Process.HasExited: false }))
        {
            try
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"port {other.Port}: {Counts(await ListAsync(other).WaitAsync(TimeSpan.FromSeconds(10)))}");
            }
            catch (Exception error)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"port {other.Port}: {error.Message}");
            }
        }

        return text.ToString();
    }

    private string[] DataArguments(int tracker) => HasDataFolders ? ["--data", DataOf(tracker)] : [];

    private static async Task<IReadOnlyList<Song>> ListOnceBackAsync(TrackerProgram tracker)
    {
        for (var deadline = DateTime.UtcNow + ProgramProcess.Deadline; ; await Task.Delay(Interval))
        {
            try
            {
                return await ListAsync(tracker);
            }
            catch (Exception error) when (error is SocketException or IOException && DateTime.UtcNow < deadline)
            {
                // If the tracker has not reported that it was removed, this fails with everything that the tracker reported.
                await tracker.Process.ReportsAsync("no longer in its cluster");
            }
        }
    }

    private static int[] Ports(int count) => [.. Enumerable.Range(0, count).Select(_ => FreePorts.Next())];
}
