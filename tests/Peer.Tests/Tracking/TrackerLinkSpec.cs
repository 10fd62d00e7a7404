using System.Collections.Immutable;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using Google.Protobuf;
using TspActors.Gateway.Swarm;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Base class for tests of a TrackerLinkActor. The trackers are raw sockets, and the test itself acts as the library.</summary>
public abstract class TrackerLinkSpec(ITestOutputHelper output) : PeerSpec(output)
{
    private readonly List<Socket> _trackers = [];

    private protected static readonly PeerId Peer = PeerId.NewRandom();

    private protected static readonly LinkSettings Calm = new()
    {
        ReconnectMin = TimeSpan.FromMilliseconds(1),
        ReconnectMax = TimeSpan.FromMilliseconds(10),
        RequestTimeout = TimeSpan.FromMinutes(1),
        NextTrackerAfter = TimeSpan.FromMinutes(1),
        Transport = Patient,
    };

    private protected IActorRef Link { get; private set; } = ActorRefs.Nobody;

    /// <summary>Opens ports for trackers, and starts a link that tries these trackers in order.</summary>
    private protected void Start(
        int trackers = 1, LinkSettings? settings = null, bool wantsBroadcasts = false, AccessKey? key = null, int listenPort = 7071)
    {
        OpenTrackers(trackers);
        Start([.. Enumerable.Range(0, trackers).Select(AddressOf)], settings, wantsBroadcasts, key, listenPort: listenPort);
    }

    /// <summary>Opens ports for this many more trackers.</summary>
    private protected void OpenTrackers(int count)
    {
        for (var i = 0; i < count; i++)
            _trackers.Add(RawTspClient.Listen());
    }

    /// <summary>Starts a link that is configured with these trackers.</summary>
    private protected void Start(
        IReadOnlyList<TrackerAddress> addresses, LinkSettings? settings = null, bool wantsBroadcasts = false, AccessKey? key = null,
        TrackerTls? tls = null, PeerFeatures features = PeerFeatures.None, IActorRef? calls = null, int listenPort = 7071)
    {
        var identity = new LinkIdentity(Peer, "ann", listenPort, "ann.example", wantsBroadcasts, addresses, key)
        {
            Tls = tls,
            Features = features,
            Calls = calls ?? ActorRefs.Nobody,
        };
        Link = Sys.ActorOf(TrackerLinkActor.Props(identity, settings ?? Calm, TestActor));
        ExpectMsg<WatchLibrary>();
    }

    /// <summary>Whether a port for a tracker is open.</summary>
    private protected bool HasTrackers => _trackers.Count > 0;

    /// <summary>Returns whether a connection is waiting to be accepted.</summary>
    private protected bool HasPending(int tracker) => _trackers[tracker].Poll(0, SelectMode.SelectRead);

    private protected TrackerAddress AddressOf(int tracker) => new("127.0.0.1", _trackers[tracker].Address().Port);

    /// <summary>Accepts the link's next connection to a tracker.</summary>
    private protected async Task<RawTspClient> AcceptAsync(int tracker = 0)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return new RawTspClient(await _trackers[tracker].AcceptAsync(patience.Token));
    }

    /// <summary>Accepts the link's next connection and completes the handshake.</summary>
    private protected async Task<RawTspClient> RegisterAsync(
        int tracker = 0, string name = "the tracker", params IEnumerable<TrackerAddress> alternatives)
    {
        var remote = await AcceptAsync(tracker);
        await remote.Expect(Operation.Init);
        await WelcomeAsync(remote, name, alternatives);
        return remote;
    }

    private protected static Task WelcomeAsync(
        RawTspClient remote, string name = "the tracker", params IEnumerable<TrackerAddress> alternatives) => remote.Send(
        Operation.Init, 0, new Init
        {
            Welcome = new Welcome
            {
                TrackerName = name,
                HeartbeatIntervalMs = 600_000,
                CatalogVersion = 1,
                AlternativeTrackers = { alternatives.Select(tracker => $"{tracker}") },
            },
        });

    /// <summary>Requests the peer's songs and returns the first SHARE.</summary>
    private protected static async Task<Share> AskForSongsAsync(RawTspClient tracker)
    {
        await tracker.Send(Operation.List);
        return await tracker.Expect<Share>(Operation.Share);
    }

    /// <summary>Creates an actor that follows the catalog and confirms everything immediately.</summary>
    private protected TestProbe Follow()
    {
        var follower = CreateTestProbe();
        follower.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is CatalogListed or CatalogChanged)
                sender.Tell(CatalogApplied.Instance, follower.Ref);
            return AutoPilot.KeepRunning;
        }));
        Link.Tell(new FollowCatalog(follower.Ref));
        return follower;
    }

    /// <summary>Returns the ids of the next songs in the catalog that a follower receives.</summary>
    private protected static async Task<(int[] Ids, bool IsFirst, bool IsLast)> PartAsync(TestProbe follower)
    {
        var part = await follower.ExpectMsgAsync<CatalogListed>(TimeSpan.FromSeconds(30));
        return ([.. part.Songs.Select(song => song.Id)], part.IsFirst, part.IsLast);
    }

    private protected Task<object> AskAsync(object question) => Link.Ask(question, TimeSpan.FromSeconds(30));

    private protected async Task<LinkStatus> StatusAsync() => (LinkStatus)await AskAsync(GetLinkStatus.Instance);

    private protected Task StatusBecomesAsync(Func<LinkStatus, bool> expected) =>
        AwaitAssertAsync(async () => Assert.True(expected(await StatusAsync())), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(10));

    private protected static Song SongOf(int id, string title = "t") => new()
    {
        Id = id,
        ContentHash = ByteString.CopyFrom(new TestHash(id).Value.ToArray()),
        Tags = new SongTags { Title = title },
        Format = new AudioFormat { PayloadBytes = 100 },
        Hosts = { new Host { PeerId = ByteString.CopyFrom(new byte[16]), Name = "ben", Address = "10.0.0.1", Port = 7071 } },
    };

    /// <summary>Creates a library of songs, each with its stored id (0 = none).</summary>
    private protected static LibraryChanged Library(params (int Seed, int Id)[] songs)
    {
        var own = songs.Select(song => new OwnSong(song.Id, new SongFile(
            $"{song.Seed}.mp3", default, 0, 100, new TestHash(song.Seed).Value, new AudioFormat { PayloadBytes = 100 }, new SongTags { Title = $"song {song.Seed}" })));
        return new LibraryChanged(new OwnSongs(
            own.ToImmutableDictionary(song => song.File.Hash),
            own.Where(song => song.Id > 0).ToImmutableDictionary(song => song.Id, song => song.File.Hash)));
    }

    private protected static AssignedSong Assigned(int seed, int id) =>
        new() { ContentHash = ByteString.CopyFrom(new TestHash(seed).Value.ToArray()), Id = id };

    protected override void AfterAll()
    {
        base.AfterAll();
        foreach (var tracker in _trackers)
            tracker.Dispose();
    }
}
