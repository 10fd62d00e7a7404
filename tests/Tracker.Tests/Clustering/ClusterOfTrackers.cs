using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote.Transport;
using TspActors.Protocol;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Ids;
using TspActors.Tracker.Monitoring;
using TspActors.Transport;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>A cluster of several trackers in this process, each with its own actor system and clients.</summary>
internal sealed class ClusterOfTrackers : IAsyncDisposable
{
    // No working code takes this long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Production settings with faster gossip, so that tests do not wait for seconds.
    private static readonly Config Fast = ConfigurationFactory.ParseString("""
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          loggers = []
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          remote.retry-gate-closed-for = 200ms
          cluster {
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            periodic-tasks-initial-delay = 100ms
            unreachable-nodes-reaper-interval = 200ms
            failure-detector.heartbeat-interval = 200ms
            distributed-data.gossip-interval = 200ms
            singleton.hand-over-retry-interval = 200ms
          }
        }
        """);

    // Lets a test silently drop the traffic between two systems.
    private static readonly Config Cuttable = ConfigurationFactory.ParseString("""akka.remote.dot-netty.tcp.applied-adapters = ["trttl"]""");

    private readonly List<(ActorSystem System, TrackerNode Tracker, TrackerTelemetry Telemetry)> _nodes = [];
    private Config _hocon = Fast;
    private int _size;
    private string? _onlySeed;
    private Tracker.Reachability.ReachabilitySettings _reachability = new() { Enabled = false };
    private TimeSpan _drainTimeout;
    private TlsSettings _tls = new();
    private TimeSpan _stableAfter = TimeSpan.FromSeconds(2);
    private readonly List<RawTspClient> _clients = [];

    public TrackerNode this[int tracker] => _nodes[tracker].Tracker;

    /// <summary>Returns the telemetry of a tracker.</summary>
    public TrackerTelemetry Telemetry(int tracker) => _nodes[tracker].Telemetry;

    /// <summary>Starts the given number of trackers, one after another.</summary>
    /// <param name="trackers">The number of trackers.</param>
    /// <param name="canBeCut">Whether the trackers can be cut off from each other (<see cref="CutAsync"/>).</param>
    /// <param name="reachability">How the trackers probe the ports of their peers; null = not at all.</param>
    /// <param name="drainSeconds">How long a tracker that shuts down waits for its peers.</param>
    /// <param name="tls">The certificate that all of them show; null = their own keys.</param>
    /// <param name="stableAfter">How long a tracker must be missing before it is removed; null = 2 s.</param>
    public static async Task<ClusterOfTrackers> StartAsync(
        int trackers, bool canBeCut = false, Tracker.Reachability.ReachabilitySettings? reachability = null, int drainSeconds = 5,
        TlsSettings? tls = null, TimeSpan? stableAfter = null)
    {
        var cluster = new ClusterOfTrackers { _hocon = canBeCut ? Cuttable.WithFallback(Fast) : Fast, _size = trackers };
        cluster._reachability = reachability ?? cluster._reachability;
        cluster._drainTimeout = TimeSpan.FromSeconds(drainSeconds);
        cluster._tls = tls ?? cluster._tls;
        cluster._stableAfter = stableAfter ?? cluster._stableAfter;
        for (var tracker = 0; tracker < trackers; tracker++)
            await cluster.AddAsync();
        return cluster;
    }

    /// <summary>Starts trackers that do not know how many they are. Their list of seed nodes names only the first one.</summary>
    public static async Task<(ClusterOfTrackers Cluster, int SeedPort)> StartWithOneSeedAsync(int trackers)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var cluster = new ClusterOfTrackers { _onlySeed = $"127.0.0.1:{port}" };
        for (var tracker = 0; tracker < trackers; tracker++)
            await cluster.AddAsync(tracker == 0 ? port : 0);
        return (cluster, port);
    }

    public static TrackerSettings Settings(params IReadOnlyList<string> seeds) => new()
    {
        Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
        Name = "specs",
        HeartbeatInterval = TimeSpan.FromMinutes(5),
        BroadcastDelay = TimeSpan.FromMilliseconds(1),
        DrainTimeout = TimeSpan.FromSeconds(5),
        Http = new() { Enabled = false },
        Reachability = new() { Enabled = false },
        Cluster = new Tracker.Clustering.ClusterSettings
        {
            Port = 0,
            SeedNodes = seeds,
            AcceptablePause = TimeSpan.FromSeconds(4),
            IdTimeout = TimeSpan.FromSeconds(30)
        },
    };

    /// <summary>Starts one more tracker, which joins the running ones.</summary>
    /// <param name="clusterPort">Its port for the other trackers; 0 = any.</param>
    /// <param name="begins">Whether it may begin a cluster; false for a tracker that was removed from the cluster.</param>
    /// <param name="ids">The ids that it knows from an earlier membership; null = none.</param>
    /// <param name="onlySeed">The only seed node that it knows, in place of the size of the cluster; null = it knows the running
    ///   trackers.</param>
    public async Task<int> AddAsync(int clusterPort = 0, bool begins = true, IdTable? ids = null, string? onlySeed = null)
    {
        var settings = (onlySeed ?? _onlySeed) is { } seed
            ? Settings(seed)
            : _nodes.Count == 0
            ? Settings()
            : Settings(_nodes.Where(node => !node.System.WhenTerminated.IsCompleted).Select(node => node.Tracker.ClusterAddress!).ToList());
        settings = settings with
        {
            Reachability = _reachability,
            DrainTimeout = _drainTimeout,
            Tls = _tls,
            Cluster = settings.Cluster with { Size = onlySeed is null ? _size : 0, Port = clusterPort, StableAfter = _stableAfter }
        };
        var system = ActorSystem.Create(
            ClusterHocon.SystemName, _hocon.WithFallback(ClusterHocon.For(settings.Cluster)).WithFallback(
                ConfigurationFactory.ParseString(TspTransport.Hocon)));
        var telemetry = new TrackerTelemetry();
        var started = TrackerNode.StartAsync(system, settings, ReceiptKeys.New(), ids, telemetry, begins, default);
        _nodes.Add((system, await started.WaitAsync(Patience), telemetry));
        return _nodes.Count - 1;
    }

    /// <summary>Kills a tracker without notifying the others.</summary>
    public async Task KillAsync(int tracker)
    {
        var system = _nodes[tracker].System;
        // The connections close first, as when a process is killed, so that the cluster cannot say goodbye.
        var transport = TransportOf(system);
        await ((Task)transport.GetType().GetMethod("Shutdown")!.Invoke(transport, [])!).WaitAsync(Patience);
        await system.Terminate().WaitAsync(Patience);
    }

    /// <summary>Shuts a tracker down gracefully.</summary>
    public async Task StopAsync(int tracker)
    {
        await _nodes[tracker].Tracker.StopAsync();
        await CoordinatedShutdown.Get(_nodes[tracker].System).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);
    }

    /// <summary>Makes one tracker remove another from the cluster, as if the removed one had failed.</summary>
    public async Task GiveUpAsync(int tracker, int by)
    {
        var lost = Cluster.Get(_nodes[tracker].System).SelfAddress;
        Cluster.Get(_nodes[by].System).Down(lost);
        await UntilAsync(
            () => Cluster.Get(_nodes[by].System).State.Members.All(member => !member.Address.Equals(lost)),
            "the lost tracker is no longer a member");
    }

    /// <summary>Silently drops all traffic between a tracker and the others from now on.</summary>
    public async Task CutAsync(int tracker)
    {
        for (var other = 0; other < _nodes.Count; other++)
        {
            if (other != tracker)
                await CutAsync(tracker, other);
        }
    }

    /// <summary>Silently drops all traffic between two trackers from now on.</summary>
    public Task CutAsync(int one, int other) => ThrottleAsync(one, other, Blackhole.Instance);

    /// <summary>Lets the traffic between a tracker and the others pass again.</summary>
    public async Task HealAsync(int tracker)
    {
        for (var other = 0; other < _nodes.Count; other++)
        {
            if (other != tracker)
                await ThrottleAsync(tracker, other, Unthrottled.Instance);
        }
    }

    /// <summary>Returns the number of trackers in the cluster, as a tracker sees it.</summary>
    public int Members(int tracker) => Telemetry(tracker).Standing.Members;

    /// <summary>Waits until a tracker is no longer a member.</summary>
    public Task RemovedAsync(int tracker) => _nodes[tracker].Tracker.Removed.WaitAsync(Patience);

    public async Task<RawTspClient> ConnectAsync(int tracker)
    {
        var client = await RawTspClient.Connect(this[tracker].Address);
        _clients.Add(client);
        return client;
    }

    /// <summary>Registers a peer, shares its songs and returns their ids.</summary>
    public async Task<(RawTspClient Client, IReadOnlyList<int> Ids)> ShareAsync(int tracker, int peer, params SharedSong[] songs)
    {
        var client = await ConnectAsync(tracker);
        await client.Register(PeerClient.Hello(peer));
        return (client, await ShareAsync(client, songs));
    }

    /// <summary>
    /// Registers a peer that has just lost its tracker. Like a real peer, it asks again for as long as the cluster still counts it as
    /// connected to that tracker. Then shares its songs and returns their ids.
    /// </summary>
    public async Task<IReadOnlyList<int>> MoveAsync(int tracker, int peer, params SharedSong[] songs)
    {
        var client = await ConnectAsync(tracker);
        await UntilAsync(
            async () =>
            {
                // A refusal leaves the connection open.
                await client.Send(Operation.Init, 0, PeerClient.Hello(peer));
                return (await client.Receive())?.Operation == Operation.Init;
            },
            () => "the peer is welcome at the other tracker");
        await client.Expect(Operation.List);
        return await ShareAsync(client, songs);
    }

    private static async Task<IReadOnlyList<int>> ShareAsync(RawTspClient client, SharedSong[] songs)
    {
        await client.Send(Operation.Share, 0, Samples.Complete(songs));
        var ids = new List<int>();
        while (ids.Count < songs.Length)
            ids.AddRange((await client.Expect<Assign>(Operation.Assign)).Songs.Select(song => song.Refusal.Length == 0 ? song.Id
                : throw new InvalidOperationException(song.Refusal)));
        return ids;
    }

    /// <summary>Returns all songs that a tracker lists.</summary>
    public async Task<IReadOnlyList<Song>> ListAsync(int tracker)
    {
        using var client = await RawTspClient.Connect(this[tracker].Address);
        var songs = new List<Song>();
        var cursor = 0;
        do
        {
            await client.Send(Operation.List, cursor, new ListRequest { Limit = 1000 });
            var page = await client.Expect<SongPage>(Operation.List);
            songs.AddRange(page.Songs);
            cursor = page.NextCursor;
        }
        while (cursor != 0);
        return songs;
    }

    /// <summary>Waits until a tracker lists the expected songs.</summary>
    public async Task<IReadOnlyList<Song>> ListsAsync(int tracker, Func<IReadOnlyList<Song>, bool> expected)
    {
        IReadOnlyList<Song> songs = [];
        await UntilAsync(async () => expected(songs = await ListAsync(tracker)), () => $"tracker {tracker} lists the expected songs; it lists {songs.Count}: {string.Join(", ", songs.Take(5).Select(song => $"{song.Id} at {song.Hosts.Count} hosts"))}");
        return songs;
    }

    public static Task UntilAsync(Func<bool> holds, string what) => UntilAsync(() => Task.FromResult(holds()), () => what);

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> what)
    {
        for (var deadline = DateTime.UtcNow + Patience; !await holds();)
        {
            Assert.True(DateTime.UtcNow < deadline, $"this did not happen in time: {what()}");
            await Task.Delay(Pause);
        }
    }

    private async Task ThrottleAsync(int one, int other, ThrottleMode mode)
    {
        await SetThrottleAsync(_nodes[one].System, _nodes[other].System, mode);
        await SetThrottleAsync(_nodes[other].System, _nodes[one].System, mode);
    }

    private static async Task SetThrottleAsync(ActorSystem at, ActorSystem to, ThrottleMode mode)
    {
        var transport = TransportOf(at);
        var command = new SetThrottle(Cluster.Get(to).SelfAddress, ThrottleTransportAdapter.Direction.Both, mode);
        Assert.True(await (Task<bool>)transport.GetType().GetMethod("ManagementCommand", [typeof(object)])!.Invoke(transport, [command])!);
    }

    private static object TransportOf(ActorSystem system)
    {
        var provider = ((ExtendedActorSystem)system).Provider;
        return provider.GetType().GetProperty("Transport")!.GetValue(provider)!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await Task.WhenAll(_nodes.Select(node => node.System.Terminate()));
    }
}
