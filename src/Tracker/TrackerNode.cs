using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Configuration;
using TspActors.Protocol;
using TspActors.Tracker.AkkaInternals;
using TspActors.Tracker.Calls;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Discovery;
using TspActors.Tracker.Ids;
using TspActors.Tracker.Members;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Peers;
using TspActors.Tracker.Reachability;
using TspActors.Tracker.Relays;
using TspActors.Tracker.Search;
using TspActors.Transport;
using TspActors.Transport.Relays;
using TspActors.Transport.Tls;

namespace TspActors.Tracker;

/// <summary>A running tracker: it creates its actors in an actor system and opens its port.</summary>
public sealed class TrackerNode
{
    /// <summary>How long <see cref="StopAsync"/> waits beyond the server's own deadlines.</summary>
    private static readonly TimeSpan DrainMargin = TimeSpan.FromSeconds(5);

    private readonly ActorSystem _system;
    private readonly IActorRef _server;
    private readonly TrackerSettings _settings;
    private readonly TrackerTelemetry _telemetry;
    private readonly ClusterNode? _cluster;
    private readonly TlsIdentity? _identity;
    private readonly CertificateWatch? _certificate;
    private readonly IActorRef? _mdns;
    private readonly Membership? _members;
    private volatile bool _stopping;

    private TrackerNode(
        ActorSystem system, IPEndPoint address, IActorRef server, TlsIdentity? identity, TrackerSettings settings,
        TrackerTelemetry telemetry, ClusterNode? cluster, IActorRef? mdns, Membership? members)
    {
        _system = system;
        (_mdns, _members) = (mdns, members);
        _telemetry = telemetry;
        _cluster = cluster;
        Address = address;
        _identity = identity;
        _server = server;
        _settings = settings;
        Announce();
        if (identity is not null && settings.Tls.Certificate is not null)
            _certificate = CertificateWatch.Start(system, settings.Tls, identity, Announce);
        Lost = WatchPortAsync();
    }

    /// <summary>The endpoint that the server is bound to.</summary>
    public IPEndPoint Address { get; }

    /// <summary>The id of the tracker's current TLS key; null = the tracker does not accept TLS.</summary>
    public KeyId? KeyId => _identity?.KeyId;

    /// <summary>The address with the key id, as peers write it: tsps://host:port#key-id; null = the tracker does not accept TLS.</summary>
    public string? SecureAddress => KeyId is { } key
        ? TrackerAddressText.Of(PublicAddress(_settings, Address, Environment.MachineName), key)
        : null;

    /// <summary>The host:port at which other trackers reach this one; null = this is a single tracker.</summary>
    public string? ClusterAddress =>
        _cluster is { Address: var address } ? HostPort.Format(address.Host ?? "", address.Port ?? 0) : null;

    /// <summary>Completes when this tracker is no longer a member of its cluster. Never completes for a single tracker.</summary>
    public Task Removed => _cluster?.Ended ?? new TaskCompletionSource().Task;

    /// <summary>True once this tracker is no longer a member, or its actor system is shutting down (which may be noticed first).</summary>
    public bool IsOver => _cluster is { IsOver: true } || ShutdownHold.IsEnding(_system);

    /// <summary>
    /// Completes when the port has closed for any reason. By then, all connections have been closed, and no peer can connect.
    /// </summary>
    public Task Lost { get; }

    /// <summary>Starts the tracker's actors, joins the cluster if one is configured, and opens the port.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="telemetry">Receives the state that health checks and metrics report; null = it is not needed.</param>
    /// <param name="beginsCluster">Whether the tracker may start a new cluster if it is the first seed node and no other seed node
    ///   replies.</param>
    /// <param name="ending">Cancels the wait for the other trackers.</param>
    /// <exception cref="RemovedException">The tracker left its cluster, or its actor system was shutting down, before the tracker was
    ///   ready. The caller may start it again in a new actor system.</exception>
    /// <exception cref="ListenException">The port could not be opened; the message says why.</exception>
    /// <exception cref="IOException">The data folder cannot be used; the message says why and what to do.</exception>
    public static Task<TrackerNode> StartAsync(
        ActorSystem system, TrackerSettings settings, TrackerTelemetry? telemetry = null, bool beginsCluster = true,
        CancellationToken ending = default) => StartAsync(system, settings, ReceiptKeys.New(), null, telemetry, beginsCluster, ending);

    /// <summary>
    /// Starts a tracker that signs its receipts with <paramref name="keys"/>, unless its data folder supplies other keys, and contributes
    /// the <paramref name="ids"/> of an earlier membership to its cluster.
    /// </summary>
    internal static async Task<TrackerNode> StartAsync(
        ActorSystem system, TrackerSettings settings, ReceiptKeys keys, IdTable? ids, TrackerTelemetry? telemetry, bool beginsCluster,
        CancellationToken ending)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        TrackerDispatchers.AddTo(system);
        telemetry ??= new TrackerTelemetry();
        var catalog = telemetry.Catalog;
        var memory = IdMemory.Open(settings, keys, ids, warning => system.Log.Warning("{0}", warning));
        // The memory is disposed of only after the actors have stopped, because they add ids to it.
        system.RegisterOnTermination(memory.Dispose);
        var identity = settings.Encryption == TrackerEncryption.Off
            ? null
            : TrackerKey.Load(settings, warning => system.Log.Warning("{0}", warning));
        var cluster = settings.Cluster.Port is null
            ? null
            : await ClusterNode.StartAsync(
                system, settings, memory, current => telemetry.Standing = current, ending).ConfigureAwait(false);
        var standing = cluster?.Standing ?? new PublishedStanding(ClusterStanding.Single);
        var searcher = system.ActorOf(SearcherActor.Props(settings.SearchesPerSecond), "search");
        var elsewhere = new RemoteRegistrations();
        var peers = system.ActorOf(
            PeerRegistryActor.Props(memory.Keys, elsewhere, 2 * settings.Transport.StalledWriterTimeout), PeerRegistryActor.Name);
        // In a cluster, the IdReplicaActor stores the ids.
        var songIds = cluster is null ? new SongIds(memory.Offers, memory.Store, memory.StartAbove) : new SongIds();
        var tracker = system.ActorOf(
            TrackerActor.Props(settings, catalog, telemetry.Counts, peers, cluster?.Actors, songIds, elsewhere, standing), "tracker");
        var ports = settings.Reachability.Enabled
            ? system.ActorOf(PortWatchActor.Props(settings.Reachability, telemetry.Counts, tracker, identity), "ports")
            : null;
        // A relay serves only peers that know each other's TLS keys, so a tracker without TLS arranges no relays.
        var relays = identity is null || ports is null ? null : new KnownRelays(hasOwn: settings.Relay.Enabled);
        var relayDesk = relays is not null && settings.Relay.Enabled
            ? system.ActorOf(RelayDeskActor.Props(settings.Relay, telemetry.Counts.Relay), "relay")
            : null;
        var relayBroker = relays is null
            ? null
            : system.ActorOf(RelayBrokerActor.Props(relays, relayDesk, () => identity!.KeyId.ToPeerId()), "relay-broker");
        var calls = ports is null
            ? null
            : system.ActorOf(CallDeskActor.Props(catalog, peers, ports, elsewhere, telemetry.Counts, relayBroker), CallDeskActor.Name);
        var members = Membership.For(settings, warning => system.Log.Warning("{0}", warning));
        var dependencies = new SessionDependencies(
            settings, catalog, telemetry.Counts, standing, peers, searcher, ports, calls, identity, members)
        {
            RelayDesk = relayDesk,
            RelayBroker = relayBroker,
            Relays = relays,
        };
        if (cluster is not null)
            await cluster.JoinAsync(beginsCluster, ending).ConfigureAwait(false);
        var (address, server) = await ListenAsync(system, settings, identity, dependencies, telemetry, cluster).ConfigureAwait(false);
        telemetry.Readiness.Has(TrackerTelemetry.Port);
        var mdns = TrackerDiscovery.Start(system, settings, address, identity?.KeyId, members);
        return new TrackerNode(system, address, server, identity, settings, telemetry, cluster, mdns, members);
    }

    /// <summary>
    /// Stops accepting connections, announces the shutdown on the open ones, and waits a limited time for them to close.
    /// </summary>
    public async Task StopAsync()
    {
        _stopping = true;
        _telemetry.Readiness.Await(TrackerTelemetry.Port, "the tracker is going down");
        if (_mdns is not null)
            _system.Stop(_mdns);
        // The other trackers are informed first, so that they do not send this tracker's peers back to it.
        if (_cluster is { Ended.IsCompleted: false })
            await _cluster.DrainAsync().ConfigureAwait(false);
        var deadline = _settings.DrainTimeout + _settings.Transport.CloseTimeout + DrainMargin;
        var drained = _server.Ask<Drained>(new Drain(_settings.DrainTimeout), deadline);
        await Task.WhenAny(drained, Lost).ConfigureAwait(false);
        if (drained.IsFaulted && !Lost.IsCompleted)
            _system.Log.Warning("connections were still open {0} after the tracker was asked to stop; they will be closed", deadline);
    }

    /// <summary>Replaces the members that the configuration allows.</summary>
    internal void SetAllowedMembers(IReadOnlyList<Member> allowed) => _members?.SetAllowed(allowed);

    /// <summary>Checks now whether the tracker's certificate has been renewed.</summary>
    public void CheckCertificate() => _certificate?.Check();

    private static async Task<(IPEndPoint Address, IActorRef Server)> ListenAsync(
        ActorSystem system, TrackerSettings settings, TlsIdentity? identity, SessionDependencies dependencies, TrackerTelemetry telemetry,
        ClusterNode? cluster)
    {
        try
        {
            return await system.ListenAsync(
                settings.Endpoint, settings.Transport with
                {
                    Bodies = TrackerBodies.OfStrangers,
                    Identity = identity,
                    AnswersPings = settings.Encryption != TrackerEncryption.Require,
                },
                () => RequestSessionActor.Props(dependencies), "tsp", telemetry.Connections).ConfigureAwait(false);
        }
        catch (Exception error) when (cluster is { IsOver: true } && error is not ListenException)
        {
            // An actor system that is shutting down may throw almost anything.
            throw new RemovedException(error);
        }
    }

    private void Announce()
    {
        _cluster?.Announce(TrackerAddressText.Of(PublicAddress(_settings, Address, _settings.Cluster.Host), KeyId));
        _mdns?.Tell(new AnnounceKey(KeyId));
    }

    private async Task WatchPortAsync()
    {
        await _server.WatchAsync().ConfigureAwait(false);
        if (!_stopping)
            _telemetry.Readiness.Await(TrackerTelemetry.Port, $"the tracker no longer listens on {Address}");
    }

    // If the tracker listens on all addresses, the result contains a name instead of an address.
    private static string PublicAddress(TrackerSettings settings, IPEndPoint address, string nameOfAny) => settings.Cluster.PublicAddress
        ?? (address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any)
            ? new HostPort(nameOfAny, address.Port).ToString()
            : address.ToString());
}
