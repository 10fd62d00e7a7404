using System.Collections.Concurrent;
using System.Net;
using Akka.Actor;
using Akka.Configuration;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Reachability;
using TspActors.Transport;

namespace TspActors.Tracker.Tests;

/// <summary>The base class of tests that run a tracker on a free loopback port, with clients on raw sockets.</summary>
public abstract class TrackerSpec : IAsyncLifetime
{
    private static readonly Config Hocon = ConfigurationFactory.ParseString(TspTransport.Hocon + """

        akka.loglevel = ERROR
        akka.stdout-loglevel = OFF
        akka.loggers = []
        akka.log-dead-letters = off
        """);

    private readonly List<ActorSystem> _systems = [];
    private readonly ConcurrentBag<IDisposable> _clients = [];
    private protected TrackerNode _tracker = null!;

    /// <summary>Settings with deadlines that no test reaches by accident and with broadcasts that are sent almost immediately.</summary>
    protected static readonly TrackerSettings Patient = new()
    {
        Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
        Name = "specs",
        HeartbeatInterval = TimeSpan.FromMinutes(1),
        BroadcastDelay = TimeSpan.FromMilliseconds(1),
        Changes = ChangeLimits.None,
        // The peers of these tests have no real ports.
        Reachability = new ReachabilitySettings { Enabled = false },
        Transport = new TransportSettings
        {
            FirstFrameTimeout = TimeSpan.FromMinutes(1),
            IdleTimeout = TimeSpan.FromMinutes(1),
            StalledWriterTimeout = TimeSpan.FromMinutes(1),
            CloseTimeout = TimeSpan.FromMinutes(1),
        },
    };

    protected static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    protected virtual TrackerSettings Settings => Patient;

    private protected ActorSystem System => _systems[^1];

    public async Task InitializeAsync() => await StartTracker(Settings);

    public virtual async Task DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        foreach (var system in _systems)
            await system.Terminate();
    }

    /// <summary>Starts a tracker. Clients that connect afterwards connect to this one.</summary>
    private protected async Task StartTracker(TrackerSettings settings, TrackerTelemetry? telemetry = null)
    {
        _systems.Add(ActorSystem.Create("tracker", Hocon));
        _tracker = await TrackerNode.StartAsync(System, settings, telemetry);
    }

    /// <summary>Returns a connection that has sent nothing yet.</summary>
    private protected async Task<RawTspClient> Connect(int? receiveBuffer = null, IPAddress? from = null)
    {
        var client = await RawTspClient.Connect(_tracker.Address, receiveBuffer, from);
        _clients.Add(client);
        return client;
    }

    /// <summary>Returns a registered peer that has named 7071 as its listen port and has shared nothing yet.</summary>
    private protected async Task<RawTspClient> Join(int peer, bool broadcasts = false)
    {
        var client = await Connect();
        await client.Register(PeerClient.Hello(peer, broadcasts));
        return client;
    }

    /// <summary>Returns a registered peer that hosts these songs.</summary>
    private protected async Task<RawTspClient> Host(int peer, params IEnumerable<SharedSong> songs)
    {
        var client = await Join(peer);
        await client.Share(Samples.Complete(songs));
        return client;
    }

    /// <summary>Returns a registered peer that hosts nothing and receives every broadcast.</summary>
    private protected Task<RawTspClient> Watch() => Join(200, broadcasts: true);
}
