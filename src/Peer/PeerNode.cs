using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Gateway;
using TspActors.Media.Library;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Covers;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Live;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Live.Stations;
using TspActors.Peer.Monitoring;
using TspActors.Peer.Reaching;
using TspActors.Peer.Reaching.Mapping;
using TspActors.Peer.Saving;
using TspActors.Peer.Serving;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Relays;
using TspActors.Transport.Sessions;
using TspActors.Transport.Tls;

namespace TspActors.Peer;

/// <summary>A running peer and its actors. A sharing peer has a library and a port for requesters; a guest has neither.</summary>
internal sealed class PeerNode
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(5);

    // A slow disk may take a long time to write the last bytes of a large file.
    private static readonly TimeSpan StopFilesDeadline = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system;
    private readonly Sharing? _sharing;
    private readonly Requester _requester;
    private readonly OwnHost? _own;
    private readonly TaskCompletionSource _portLost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;
    private PeerMonitoring? _monitoring;
    private bool _hasShared;

    private PeerNode(
        ActorSystem system, PeerSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, Func<AudioPipeline> speakers,
        Sharing? sharing)
    {
        _system = system;
        Settings = settings;
        TrackerLink = trackerLink;
        CanBeCalled = !requester.Calls.IsNobody();
        UsesRelays = requester.UsesRelays;
        Playback = system.ActorOf(PlaybackActor.Props(settings.Listening, requester, own, trackerLink, speakers, sharing?.Live), "listening");
        Saving = system.ActorOf(SavingActor.Props(settings.Listening, requester, own, trackerLink), "saving");
        Recordings = system.ActorOf(
            RecordingsActor.Props(settings.Listening, requester, own, trackerLink, sharing?.Live), "recordings");
        _sharing = sharing;
        (_requester, _own) = (requester, own);
        if (sharing is not null)
            _ = WatchPortAsync(sharing.Listener);
    }

    /// <summary>The peer's settings.</summary>
    public PeerSettings Settings { get; }

    /// <summary>The TrackerLinkActor, which answers questions about the catalog.</summary>
    public IActorRef TrackerLink { get; }

    /// <summary>The PlaybackActor, which plays songs.</summary>
    public IActorRef Playback { get; }

    /// <summary>The SavingActor, which saves songs.</summary>
    public IActorRef Saving { get; }

    /// <summary>The RecordingsActor, which records live feeds.</summary>
    public IActorRef Recordings { get; }

    /// <summary>The LiveFeedsActor, which makes this peer's live feeds; Nobody for a guest.</summary>
    public IActorRef Live => _sharing?.Live ?? ActorRefs.Nobody;

    /// <summary>The LibraryActor; Nobody for a guest.</summary>
    public IActorRef Library => _sharing?.Library ?? ActorRefs.Nobody;

    /// <summary>The HostingActor; Nobody for a guest.</summary>
    public IActorRef Hosting => _sharing?.Hosting ?? ActorRefs.Nobody;

    /// <summary>Changes which requesters may receive streams from now on.</summary>
    internal void SetHostingAccess(HostingAccess access)
    {
        if (_sharing is not null)
            _sharing.Access.Current = access;
    }

    /// <summary>Whether hosts that this peer cannot reach can call it back.</summary>
    public bool CanBeCalled { get; }

    /// <summary>Whether a relay can connect this peer to hosts.</summary>
    public bool UsesRelays { get; }

    /// <summary>The PortMappingActor, which asks the router to forward the port; Nobody for a guest.</summary>
    public IActorRef PortMapper => _sharing?.PortMapper ?? ActorRefs.Nobody;

    /// <summary>The counters of the relay; null if this peer does not relay.</summary>
    public RelayCounts? Relay => _sharing?.Relay;

    /// <summary>The number of songs that are currently shared.</summary>
    public int SongsShared => _sharing?.Songs.Current.ByHash.Count ?? 0;

    /// <summary>The endpoint on which this peer accepts requesters; null for a guest.</summary>
    public IPEndPoint? Address => _sharing?.Address;

    /// <summary>Completes if the port closes while the peer is not stopping. From then on, nobody can connect.</summary>
    public Task PortLost => _portLost.Task;

    /// <summary>The path of the file with the console's command history; null for a guest.</summary>
    public string? HistoryPath => _sharing is { } sharing ? Path.Combine(sharing.Data.Path, "history") : null;

    /// <summary>
    /// The folder with the listener's own lists: favourites, played songs and the queue; null if there is no data folder. A guest only
    /// reads them, because the peer that owns the folder may be running.
    /// </summary>
    public string? ListsFolder => _sharing?.Data.Path ?? (Settings.DataFolder.Length > 0 ? Settings.DataFolder : null);

    /// <summary>A message for the user about a problem with the library index; null if there is none.</summary>
    public string? IndexNotice => _sharing?.Notice;

    /// <summary>Whether the music has been scanned and offered to the tracker at least once.</summary>
    public bool HasShared
    {
        get => Volatile.Read(ref _hasShared);
        set => Volatile.Write(ref _hasShared, value);
    }

    /// <summary>The endpoint that serves health checks and metrics; null if they are off, or not started yet.</summary>
    public IPEndPoint? MonitoringAddress => _monitoring?.Address;

    /// <summary>The gateway; null if it is off, or not started yet.</summary>
    public GatewayServer? Gateway { get; private set; }

    /// <summary>
    /// A function that describes the status of the port mapping, or returns null if the router has not been asked for one. The only
    /// exception it throws is AskTimeoutException. Null if this peer never asks the router.
    /// </summary>
    public Func<Task<string?>>? DescribeMapping => PortMapper.IsNobody() ? null : DescribeMappingAsync;

    /// <summary>
    /// Starts a guest, a peer that shares nothing, for a single command. The guest has a new key unless this peer has joined a tracker
    /// by invitation.
    /// </summary>
    public static PeerNode StartGuest(ActorSystem system, PeerSettings settings, Func<AudioPipeline> speakers)
    {
        var self = GuestSelf(system, settings);
        var link = StartGuestLink(system, settings, Identity(system, settings, self, 0, wantsBroadcasts: false));
        return new PeerNode(system, settings, RequesterOf(settings, self), null, link, speakers, null);
    }

    /// <summary>
    /// Starts a guest that fetches songs. It opens a port that the operating system chooses, so that hosts it cannot reach can call it
    /// back. If no port can be opened, the guest fetches only from hosts that it can reach.
    /// </summary>
    public static async Task<PeerNode> StartListenerAsync(ActorSystem system, PeerSettings settings, Func<AudioPipeline> speakers)
    {
        // A guest with a peer's key may be a visitor at the tracker, and a visitor cannot be called back.
        if (HasJoined(settings))
            return StartGuest(system, settings, speakers);
        var self = GuestSelf(system, settings);
        var calls = system.ActorOf(CallDeskActor.Props(ActorRefs.Nobody), "calls");
        var security = SecurityOf(settings, self) with { Calls = calls };
        IPEndPoint address;
        try
        {
            (address, _) = await system.ListenAsync(
                new IPEndPoint(settings.Endpoint.Address, 0),
                settings.Transport with
                {
                    Bodies = HostBodies.All,
                    Identity = self.Tls,
                },
                () => HostSessionActor.Props(security, new OwnSongsCell(), ActorRefs.Nobody), "tsp").ConfigureAwait(false);
        }
        catch (ListenException error)
        {
            system.Log.Debug("could not open a port for hosts that call back: {0}", error.Message);
            return StartGuest(system, settings, speakers);
        }

        var link = StartGuestLink(system, settings, Identity(system, settings, self, address.Port, wantsBroadcasts: false) with
        {
            Features = PeerFeatures.Callable | RelayFeatures(settings, relays: false),
            LocalEndpoints = LocalEndpointsOf(settings, address),
            Calls = calls,
        });
        calls.Tell(new UseLink(link));
        var requester = RequesterOf(settings, self) with { Calls = calls, UsesRelays = settings.Encryption != PeerEncryption.Off };
        return new PeerNode(system, settings, requester, null, link, speakers, null);
    }

    /// <summary>Starts a tracker link that joins by invitation. The invitation's code is the access key in the settings.</summary>
    /// <returns>The TrackerLinkActor.</returns>
    public static IActorRef StartJoining(ActorSystem system, PeerSettings settings)
    {
        var identity = KeyFile.LoadOrCreate(settings.DataFolder);
        system.RegisterOnTermination(identity.Dispose);
        var library = system.ActorOf(EmptyLibraryActor.Props, "library");
        return system.ActorOf(
            TrackerLinkActor.Props(
                Identity(system, settings, SelfOf(settings, identity), 0, wantsBroadcasts: false) with { IsInvited = true },
                settings.Link,
                library),
            "tracker-link");
    }

    /// <summary>Starts a peer that shares its music folders.</summary>
    /// <param name="system">The actor system that runs the peer.</param>
    /// <param name="settings">The peer's settings.</param>
    /// <param name="speakers">Opens an audio output.</param>
    /// <param name="remembersSongs">Whether to remember songs that the tracker names, and to receive changes to them. Only the console and
    ///   the gateway need this.</param>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    /// <exception cref="LibraryIndexException">The index cannot be used.</exception>
    /// <exception cref="ListenException">The port cannot be opened.</exception>
    public static async Task<PeerNode> StartAsync(
        ActorSystem system, PeerSettings settings, Func<AudioPipeline> speakers, bool remembersSongs)
    {
        var data = DataFolder.Open(settings.DataFolder);
        LibraryIndex? index = null;
        IActorRef? started = null;
        try
        {
            index = LibraryIndex.Open(data.IndexPath, out var notice);
            var songs = new OwnSongsCell();
            var opened = index;
            var library = system.ActorOf(
                LibraryActor.Props(index, settings.Library.Roots(settings.Music), settings.Library, songs), "library");
            started = library;
            index.Rebuilt += damage =>
            {
                system.Log.Warning("{0}", damage.Text);
                // If only some rows are invalid, the scan that finds them reads their files again, so no other scan is needed.
                if (damage.SetAsidePath is not null)
                    library.Tell(Rescan.Instance, ActorRefs.NoSender);
            };
            var counts = new HostingCounts();
            var covers = new SharedCovers(songs, settings.Hosting.Limits.CoverMemory);
            var hosting = system.ActorOf(
                HostingActor.Props(
                    settings.Hosting, song => opened.Leaves(song.Hash), library, liveHeld: settings.Live.Held, counts: counts,
                    covers: covers),
                "hosting");
            var identity = data.Identity;
            var isEncrypted = settings.Encryption != PeerEncryption.Off;
            var self = SelfOf(settings, identity);
            var access = new HostingAccessCell(settings.Hosting.Access);
            var security = SecurityOf(settings, self) with { Listeners = access };
            var callBacks = system.ActorOf(
                CallBackActor.Props(
                    new CallBackRules(security, songs, isEncrypted ? identity : null),
                    call => HostSessionActor.Props(
                        security, songs, hosting, settings.Hosting.Limits.MaxPlaysPerSecond, call, covers),
                    hosting),
                "call-backs");
            var calls = system.ActorOf(CallDeskActor.Props(callBacks), "calls");
            var relayed = new RelayCounts();
            var relayDesk = settings.Relay.Enabled && isEncrypted
                ? system.ActorOf(RelayDeskActor.Props(settings.Relay, relayed), "relay")
                : ActorRefs.Nobody;
            security = security with { Calls = calls, RelayDesk = relayDesk };
            if (data.FormerPeer is { } former)
                system.Log.Info("This peer's id was {0}; from now on it is the id of its key, {1}", former, data.Peer);
            var connections = new ServerCounts();
            var (address, listener) = await system.ListenAsync(
                settings.Endpoint, settings.Transport with
                {
                    Bodies = HostBodies.All,
                    Identity = isEncrypted ? identity : null,
                    AnswersPings = settings.Encryption != PeerEncryption.Require,
                },
                () => HostSessionActor.Props(
                    security, songs, hosting, settings.Hosting.Limits.MaxPlaysPerSecond, covers: covers), "tsp",
                connections).ConfigureAwait(false);
            var link = system.ActorOf(
                TrackerLinkActor.Props(
                    Identity(system, settings, self, address.Port, remembersSongs || settings.Http.Enabled) with
                    {
                        Features = PeerFeatures.Call | PeerFeatures.Callable | PeerFeatures.Cover
                            | (settings.Live.Relay ? PeerFeatures.LiveRelay : PeerFeatures.None)
                            | RelayFeatures(settings, settings.Relay.Enabled),
                        IsFirstStart = data.IsNew,
                        CallsBack = true,
                        LocalEndpoints = LocalEndpointsOf(settings, address),
                        Calls = calls,
                        RelayDesk = relayDesk,
                    },
                    settings.Link, library, data.ResumeSecretsPath),
                "tracker-link");
            calls.Tell(new UseLink(link));
            var requester = RequesterOf(settings, self) with { Calls = calls, UsesRelays = isEncrypted };
            var own = new OwnHost(data.Peer, Loopback(address.Address), address.Port);
            var live = system.ActorOf(
                LiveFeedsActor.Props(
                    settings.Live, identity, SourcesOf(settings, data, songs), DoorsOf(settings, data), library,
                    new RelayWork(settings.Live, settings.Listening, requester, own, link)),
                "live");
            return new PeerNode(
                system, settings, requester, own, link, speakers, new Sharing(
                    data, index, library, hosting, listener, StartPortMapper(system, settings, address, data.Peer, link), address, songs,
                    notice?.Text)
                {
                    Relay = relayDesk.IsNobody() ? null : relayed,
                    CallBacks = callBacks,
                    Live = live,
                    Covers = covers,
                    Access = access,
                    Counts = counts,
                    Connections = connections,
                });
        }
        catch
        {
            // Stop a running scan before closing its index.
            if (started is not null)
                await started.GracefulStop(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
            index?.Dispose();
            data.Dispose();
            throw;
        }
    }

    /// <summary>Starts a sharing peer's gateway if it is enabled.</summary>
    /// <param name="system">The peer's actor system.</param>
    /// <param name="hasSpeaker">Whether this peer can play songs itself.</param>
    /// <exception cref="ListenException">The configured port cannot be opened.</exception>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    public async Task StartGatewayAsync(ActorSystem system, bool hasSpeaker) =>
        Gateway = await PeerGateway.StartAsync(system, Settings, new ServedPeer
        {
            Name = Settings.Name,
            Address = Address?.ToString() ?? "",
            Requester = _requester,
            Own = _own,
            TrackerLink = TrackerLink,
            Library = Library,
            Hosting = Hosting,
            Playback = hasSpeaker ? Playback : ActorRefs.Nobody,
            Live = _sharing?.Live ?? ActorRefs.Nobody,
            Covers = _sharing?.Covers,
            SongsShared = () => SongsShared,
        }).ConfigureAwait(false);

    /// <summary>Starts the HTTP server for a sharing peer's health checks and metrics if it is enabled.</summary>
    /// <exception cref="ListenException">The configured port cannot be opened.</exception>
    public async Task StartMonitoringAsync() =>
        _monitoring = _sharing is not { } sharing ? null : await PeerMonitoring.StartAsync(_system, Settings.Monitoring, new MonitoredPeer
        {
            TrackerLink = TrackerLink,
            Library = Library,
            Hosting = Hosting,
            Counts = sharing.Counts,
            Connections = sharing.Connections,
            Relay = Relay,
            SongsShared = () => SongsShared,
        }, () => HasShared).ConfigureAwait(false);

    /// <summary>Starts an actor that belongs to one of this peer's user interfaces.</summary>
    public IActorRef StartInterfaceActor(Props props, string name) => _system.ActorOf(props, name);

    /// <summary>Returns the content hash of the song at a path; null if this peer shares no song there.</summary>
    public ContentHash? FindShared(string path) =>
        _sharing is { } sharing && sharing.Index.Find(path) is SongFile file && sharing.Songs.Current.ByHash.ContainsKey(file.Hash)
            ? file.Hash
            : null;

    /// <summary>Stops the running saves and drops the waiting ones.</summary>
    /// <returns>The partial files that a later save can continue.</returns>
    public async Task<IReadOnlyList<string>> StopSavesAsync() =>
        await TryAskAsync<SavesStopped>(Saving, StopSaves.Instance, StopFilesDeadline, "the saves did not stop").ConfigureAwait(false)
            is { } stopped ? stopped.LeftPartials : [];

    /// <summary>Stops recording live feeds. The files keep everything recorded so far.</summary>
    public Task StopRecordingsAsync() =>
        TryAskAsync<RecordingsStopped>(Recordings, StopRecordings.Instance, StopFilesDeadline, "the recordings did not stop");

    /// <summary>Withdraws the peer's songs, gives running streams some time to finish, and closes everything.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        if (Gateway is { } gateway)
            await gateway.DisposeAsync().ConfigureAwait(false);
        if (_monitoring is not null)
            await _monitoring.DisposeAsync().ConfigureAwait(false);
        Playback.Tell(StopPlaying.Instance);
        await TryAskAsync<PlaybackDone>(Playback, AwaitSilence.Instance, StopDeadline, "the player did not stop").ConfigureAwait(false);
        await StopSavesAsync().ConfigureAwait(false);
        await StopRecordingsAsync().ConfigureAwait(false);
        _sharing?.Hosting.Tell(RefuseStreams.Instance);
        // The port mapping is released while the peer leaves the tracker.
        var released = PortMapper.IsNobody()
            ? Task.CompletedTask
            : TryAskAsync<MappingReleased>(PortMapper, ReleaseMapping.Instance, StopDeadline, "the port mapping was not released");
        await TryAskAsync<Left>(TrackerLink, Leave.Instance, StopDeadline, "the peer did not leave the tracker").ConfigureAwait(false);
        await released.ConfigureAwait(false);
        if (_sharing is null)
            return;
        var drain = Settings.Hosting.DrainTimeout;
        await Task.WhenAll(
            PortLost.IsCompleted
                ? Task.CompletedTask
                : TryAskAsync<Drained>(_sharing.Listener, new Drain(drain), drain + StopDeadline, "the streams did not finish"),
            TryAskAsync<Drained>(_sharing.CallBacks, new DrainCallBacks(drain), drain + StopDeadline, "the callbacks did not finish"))
            .ConfigureAwait(false);
        try
        {
            await _sharing.Library.GracefulStop(StopDeadline).ConfigureAwait(false);
        }
        catch (TaskCanceledException)
        {
            _system.Log.Warning("the music folders are still being scanned; the scan is aborted");
        }

        _sharing.Index.Dispose();
        _sharing.Data.Dispose();
    }

    private async Task WatchPortAsync(IActorRef listener)
    {
        await listener.WatchAsync().ConfigureAwait(false);
        if (!_isStopping)
            _portLost.TrySetResult();
    }

    // While the peer is stopping, a step that takes too long must not prevent the next steps.
    private async Task<TReply?> TryAskAsync<TReply>(IActorRef actor, object message, TimeSpan deadline, string what)
        where TReply : class
    {
        try
        {
            return await actor.Ask<TReply>(message, deadline).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            _system.Log.Warning("{0} within {1} s", what, deadline.TotalSeconds);
            return null;
        }
    }

    private static FeedSources SourcesOf(PeerSettings settings, DataFolder data, OwnSongsCell songs)
    {
        var roots = settings.Library.Roots(settings.Music);
        return new FeedSources(
            feed => feed.Source switch
            {
                FeedSource.StandardInput => PipeSourceActor.Props(),
                FeedSource.Command command => CommandSourceActor.Props(command.CommandLine),
                FeedSource.Station => StationActor.Props(feed, songs, roots, data.StationPath(feed.Name)),
                _ => null,
            },
            feed => feed.Fallback.Length == 0
                ? null
                : StationActor.Props(feed with { Source = new FeedSource.Station(feed.Fallback), Jingles = "" }, songs, roots, null));
    }

    private static SourceDoors DoorsOf(PeerSettings settings, DataFolder data) => new(
        settings.Live.SourceAddress,
        () => settings.Live.Password.Length > 0 ? (settings.Live.Password, false) : SourcePassword.LoadOrCreate(data.SourcePasswordPath));

    // Relayed bytes are encrypted, so only a peer that speaks TLS can use a relay.
    private static PeerFeatures RelayFeatures(PeerSettings settings, bool relays) =>
        settings.Encryption == PeerEncryption.Off ? PeerFeatures.None
        : relays ? PeerFeatures.RelayUser | PeerFeatures.RelayVolunteer
        : PeerFeatures.RelayUser;

    private async Task<string?> DescribeMappingAsync() =>
        await PortMapper.Ask<MappingStatus>(GetMapping.Instance, TimeSpan.FromSeconds(5)).ConfigureAwait(false)
            is { State: not (MappingState.Off or MappingState.Idle) } status ? status.Text : null;

    private static HostSecurity SecurityOf(PeerSettings settings, Self self) => new(
        AccessCheck.For(settings.AccessKey, settings.AccessKeyDelay, "host"), self.Tls?.KeyId, settings.Encryption == PeerEncryption.Require)
    {
        Peer = self.Id,
    };

    private static Func<IReadOnlyList<string>> LocalEndpointsOf(PeerSettings settings, IPEndPoint address) =>
        settings.LocalEndpoints ? () => OwnEndpoints.Of(address) : () => [];

    // Starts the port mapper. It learns about the tracker's probes from the event stream, and sends ReachableAt to the link. A port that
    // only this machine can reach needs no mapping.
    private static IActorRef StartPortMapper(ActorSystem system, PeerSettings settings, IPEndPoint address, PeerId peer, IActorRef link)
    {
        var mapping = settings.PortMapping.Resolve(Container.IsPresent);
        if (IPAddress.IsLoopback(address.Address))
            mapping = mapping with { Mode = PortMappingMode.Off };
        return system.ActorOf(PortMappingActor.Props(mapping, address.Port, peer, DefaultGateway.Find, link), "port-mapper");
    }

    private static LinkIdentity Identity(ActorSystem system, PeerSettings settings, Self self, int port, bool wantsBroadcasts) =>
        new(self.Id, settings.Name, port, settings.AdvertisedAddress, wantsBroadcasts, settings.Trackers, settings.AccessKey)
        {
            Tls = self.Tls is { } identity
                ? new TrackerTls(identity, settings.Encryption == PeerEncryption.Require, KnownKeys(system, settings))
                : null,
        };

    private static IActorRef StartGuestLink(ActorSystem system, PeerSettings settings, LinkIdentity identity) => system.ActorOf(
        TrackerLinkActor.Props(identity, settings.Link, system.ActorOf(EmptyLibraryActor.Props, "library")), "tracker-link");

    // A tracker that this peer has joined by invitation knows the peer by its key. To any other tracker, each guest is a new peer,
    // which needs a key only if it speaks TLS.
    private static Self GuestSelf(ActorSystem system, PeerSettings settings)
    {
        if (!HasJoined(settings) && settings.Encryption == PeerEncryption.Off)
            return new Self(PeerId.NewRandom(), null);
        var identity = HasJoined(settings) ? KeyFile.LoadOrCreate(settings.DataFolder) : TlsIdentity.CreateNew();
        system.RegisterOnTermination(identity.Dispose);
        return SelfOf(settings, identity);
    }

    private static Self SelfOf(PeerSettings settings, TlsIdentity identity) =>
        new(identity.KeyId.ToPeerId(), settings.Encryption == PeerEncryption.Off ? null : identity);

    private static bool HasJoined(PeerSettings settings) =>
        settings.DataFolder.Length > 0 && File.Exists(Path.Combine(settings.DataFolder, DataFolder.JoinedName));

    private static TrackerKeys KnownKeys(ActorSystem system, PeerSettings settings) => new(
        settings.DataFolder.Length == 0 ? null : Path.Combine(settings.DataFolder, TrackerKeys.FileName),
        warning => system.Log.Warning("{0}", warning));

    private static Requester RequesterOf(PeerSettings settings, Self self) =>
        new(self.Id, settings.Name, settings.AccessKey)
        {
            Tls = self.Tls,
            RequiresTls = settings.Encryption == PeerEncryption.Require,
        };

    // A peer reaches its own port through the address that the port is bound to, or through loopback if it is bound to all addresses.
    private static string Loopback(IPAddress bound) =>
        bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any) ? "127.0.0.1" : bound.ToString();

    /// <summary>This peer's id, and the TLS identity that proves it. Without TLS, there is no identity.</summary>
    private sealed record Self(PeerId Id, TlsIdentity? Tls);

    private sealed record Sharing(
        DataFolder Data, LibraryIndex Index, IActorRef Library, IActorRef Hosting, IActorRef Listener, IActorRef PortMapper,
        IPEndPoint Address, OwnSongsCell Songs, string? Notice)
    {
        public RelayCounts? Relay { get; init; }

        public required IActorRef CallBacks { get; init; }

        public required IActorRef Live { get; init; }

        public required SharedCovers Covers { get; init; }

        public required HostingAccessCell Access { get; init; }

        public required HostingCounts Counts { get; init; }

        public required ServerCounts Connections { get; init; }
    }
}
