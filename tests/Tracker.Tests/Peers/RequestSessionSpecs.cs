using System.Net;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Peers;
using TspActors.Tracker.Search;
using TspActors.Transport;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>Checks how a session limits its work for one client, and what it counts.</summary>
public sealed class RequestSessionSpecs : ProbeSpec
{
    private const int MostAtOnce = 512 * 1024;

    private readonly PublishedCatalog _catalog = new() { Current = Samples.Catalog(Samples.Songs(1000)) };

    [Fact]
    public async Task The_session_reads_more_only_after_its_replies_have_been_sent()
    {
        var connection = CreateTestProbe();
        var session = Sys.ActorOf(RequestSessionActor.Props(Parts(new TrackerSettings())));
        session.Tell(new ConnectionOpened(connection, new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)));
        await connection.ExpectMsgAsync<ReadMore>();

        var list = new Frame(Operation.List, 0, false, default);
        session.Tell(new FramesReceived([.. Enumerable.Repeat(list, 3_000)]));
        var answers = 0;
        while (answers < 3_000)
        {
            var send = await connection.ExpectMsgAsync<Send>();
            Assert.InRange(send.First.Length, 1, MostAtOnce);
            answers += Count(send.First);
            // When the session answers this, it has handled all earlier messages. It must not have sent or read anything more.
            await session.Ask<ActorIdentity>(new Identify(null));
            Assert.False(connection.HasMessages);
            session.Tell(new Sent(send.Token!), connection);
        }

        Assert.Equal(3_000, answers);
        await connection.ExpectMsgAsync<ReadMore>();
    }

    [Fact]
    public async Task Many_simultaneous_searches_are_answered_in_order_over_several_turns()
    {
        var connection = CreateTestProbe();
        var session = Sys.ActorOf(RequestSessionActor.Props(Parts(new TrackerSettings())));
        session.Tell(new ConnectionOpened(connection, new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)));
        await connection.ExpectMsgAsync<ReadMore>();

        var search = FrameEncoder.Encode(Operation.List, 0, new ListRequest { Query = "nothing has these words" });
        session.Tell(Received((byte[])[.. Enumerable.Range(1,
            3_000).SelectMany(n => (byte[])[.. search, .. FrameEncoder.Encode(Operation.Ping, n)])]));
        // The session answers this while searches are still pending; if it ran all of them in one turn, it would answer afterwards.
        await session.Ask<ActorIdentity>(new Identify(null));
        var answers = new List<Frame>();
        while (connection.HasMessages)
            Take(await connection.ExpectMsgAsync<Send>());
        Assert.True(answers.Count < 6_000, "the session ran all searches in one turn");
        while (answers.Count < 6_000)
            Take(await connection.ExpectMsgAsync<Send>());

        await connection.ExpectMsgAsync<ReadMore>();
        Assert.Equal(Enumerable.Range(1, 3_000), answers.Where((_, index) => index % 2 == 1).Select(frame => frame.SongId));

        void Take(Send send)
        {
            answers.AddRange(Received(send.First).Frames);
            session.Tell(new Sent(send.Token!), connection);
        }
    }

    [Fact]
    public async Task The_session_does_not_read_while_a_share_is_being_applied()
    {
        var connection = CreateTestProbe();
        var peer = CreateTestProbe();
        var session = Sys.ActorOf(RequestSessionActor.Props(Parts(new TrackerSettings())));
        session.Tell(new ConnectionOpened(connection, new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)));
        await connection.ExpectMsgAsync<ReadMore>();
        session.Tell(Received(FrameEncoder.Encode(Operation.Init, 0, PeerClient.Hello(1))));
        Assert.Equal(Samples.Peer(1), (await ExpectMsgAsync<JoinPeer>()).Host.Id);
        session.Tell(new PeerJoined(peer));
        await connection.ExpectMsgAsync<KeepAlive>();
        await connection.ExpectMsgAsync<ReadMore>();

        session.Tell(Received((byte[])[.. FrameEncoder.Encode(Operation.Share, 0, Samples.Complete(Samples.Songs(1))),
            .. FrameEncoder.Encode(Operation.Ping, 4)]));
        await peer.ExpectMsgAsync<ReceiveShare>();
        await session.Ask<ActorIdentity>(new Identify(null));
        Assert.False(connection.HasMessages);
        session.Tell(ShareApplied.Instance);
        Assert.Equal(4, Samples.Frame((await connection.ExpectMsgAsync<Send>()).First).SongId);
    }

    [Fact]
    public async Task A_share_over_the_rate_waits_and_so_do_the_frames_behind_it()
    {
        // The rate is so low that the share has to wait for longer than this test can take.
        var (session, peer, connection) = await Registered(new TrackerSettings { RequestsPerSecond = 1, RequestBurst = 10 });
        session.Tell(Received((byte[])[.. FrameEncoder.Encode(Operation.Share, 0, LargeShare), .. FrameEncoder.Encode(Operation.Ping, 4)]));
        await session.Ask<ActorIdentity>(new Identify(null));
        Assert.False(peer.HasMessages);
        Assert.False(connection.HasMessages);
    }

    [Fact]
    public async Task A_share_over_the_rate_is_served_as_soon_as_the_rate_allows_and_so_are_the_frames_behind_it()
    {
        var (session, peer, connection) = await Registered(new TrackerSettings { RequestsPerSecond = 10_000, RequestBurst = 10 });
        session.Tell(Received((byte[])[.. FrameEncoder.Encode(Operation.Share, 0, LargeShare), .. FrameEncoder.Encode(Operation.Info, 4)]));
        Assert.Equal(1_000, (await peer.ExpectMsgAsync<ReceiveShare>()).Share.Added.Count);
        session.Tell(ShareApplied.Instance);
        Assert.Equal(4, Samples.Frame((await connection.ExpectMsgAsync<Send>()).First).SongId);
    }

    [Fact]
    public async Task After_a_share_that_exhausts_the_pace_the_connection_rests_and_the_session_reads_on()
    {
        var (session, peer, connection) = await Registered(SharesSlowly(perSecond: 500), Stranger);
        await UseUpBurst(session, peer, connection);
        session.Tell(Received(FrameEncoder.Encode(Operation.Share, 0, LargeShare)));
        await peer.ExpectMsgAsync<ReceiveShare>();
        session.Tell(ShareApplied.Instance);
        Assert.Equal(TimeSpan.FromSeconds(2), (await connection.ExpectMsgAsync<Rest>()).Duration);
        await connection.ExpectMsgAsync<ReadMore>();
    }

    [Fact]
    public async Task A_new_connection_from_a_network_that_rests_begins_with_a_rest()
    {
        var parts = Parts(SharesSlowly(perSecond: 1));
        var (session, peer, connection) = await Registered(parts, Stranger);
        await UseUpBurst(session, peer, connection);
        session.Tell(Received(FrameEncoder.Encode(Operation.Share, 0, LargeShare)));
        await peer.ExpectMsgAsync<ReceiveShare>();

        await Registered(parts, Stranger, rests: true);
        await Registered(parts, IPAddress.Parse("198.51.100.1"));
    }

    [Fact]
    public async Task Withdrawals_and_the_load_of_a_host_never_make_a_connection_rest()
    {
        var (session, peer, connection) = await Registered(SharesSlowly(perSecond: 1), Stranger);
        await UseUpBurst(session, peer, connection);
        foreach (var share in new[]
        {
            new Share { Last = true, Removed = { Samples.Songs(1_000).Select(song => song.ContentHash) } },
            new Share { Last = true, Load = new HostLoad { ActiveStreams = 1, MaxStreams = 9 } },
        })
        {
            session.Tell(Received(FrameEncoder.Encode(Operation.Share, 0, share)));
            await peer.ExpectMsgAsync<ReceiveShare>();
            session.Tell(ShareApplied.Instance);
            await connection.ExpectMsgAsync<ReadMore>();
        }
    }

    [Fact]
    public async Task A_search_is_timed_until_its_reply()
    {
        var (connection, searcher, timed) = (CreateTestProbe(), CreateTestProbe(), new List<string>());
        var counts = new TrackerCounts { Timed = (operation, _) => timed.Add(TrackerCounts.NameOf(operation)) };
        var session = Sys.ActorOf(RequestSessionActor.Props(Parts(new TrackerSettings()) with { Searcher = searcher, Counts = counts }));
        session.Tell(new ConnectionOpened(connection, new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)));
        session.Tell(Received(FrameEncoder.Encode(Operation.List, 0, new ListRequest { Query = "blue" })));
        await searcher.ExpectMsgAsync<SearchCatalog>();
        await session.Ask<ActorIdentity>(new Identify(null));
        Assert.Empty(timed);

        session.Tell(new CatalogSearched(new AnswerBuffer()));
        await session.Ask<ActorIdentity>(new Identify(null));
        Assert.Equal(["search"], timed);
    }

    [Theory]
    [InlineData(CloseReason.Violation, ErrorCode.TooLarge, "too_large")]
    [InlineData(CloseReason.Violation, ErrorCode.BadFrame, "bad_frame")]
    [InlineData(CloseReason.TimedOut, null, "timeout")]
    public async Task A_connection_that_the_tracker_closes_is_counted_under_its_error_or_reason(
        CloseReason reason, ErrorCode? told, string counted)
    {
        var counts = new TrackerCounts();
        var session = Sys.ActorOf(RequestSessionActor.Props(Parts(new TrackerSettings()) with { Counts = counts }));
        Watch(session);
        session.Tell(new ConnectionClosed(reason, "", told));
        await ExpectTerminatedAsync(session);
        Assert.Equal([counted], Refused(counts));
    }

    [Fact]
    public async Task Refusals_by_a_cluster_without_a_majority_and_by_a_draining_tracker_are_counted()
    {
        var (connection, counts) = (CreateTestProbe(), new TrackerCounts());
        var session = Sys.ActorOf(RequestSessionActor.Props(
            Parts(new TrackerSettings()) with { Counts = counts, Standing = new PublishedStanding(ClusterStanding.Outside) }));
        session.Tell(new ConnectionOpened(connection, new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)));
        session.Tell(Received(FrameEncoder.Encode(Operation.Init, 0, PeerClient.Hello(1))));
        session.Tell(DrainRequested.Instance);
        session.Tell(DrainRequested.Instance);
        await session.Ask<ActorIdentity>(new Identify(null));
        Assert.Equal(["busy", "shutting_down"], Refused(counts));
    }

    private SessionDependencies Parts(TrackerSettings settings) =>
        new(
            settings, _catalog, new TrackerCounts(), new PublishedStanding(ClusterStanding.Single), TestActor,
            Sys.ActorOf(SearcherActor.Props(othersPerSecond: 0)), null, null);

    private static IEnumerable<string> Refused(TrackerCounts counts) =>
        counts.Rejected.Where(reason => reason.Value == 1).Select(reason => reason.Key).Order(StringComparer.Ordinal);

    private static Share LargeShare => Samples.Complete(Samples.Songs(1_000));

    private static async Task UseUpBurst(IActorRef session, TestProbe peer, TestProbe connection)
    {
        session.Tell(Received(FrameEncoder.Encode(Operation.Share, 0, LargeShare)));
        await peer.ExpectMsgAsync<ReceiveShare>();
        session.Tell(ShareApplied.Instance);
        await connection.ExpectMsgAsync<ReadMore>();
    }

    private static IPAddress Stranger { get; } = IPAddress.Parse("192.0.2.1");

    private static TrackerSettings SharesSlowly(int perSecond) =>
        new() { Shares = new ShareLimits { Burst = 1, PerSecond = perSecond, FreeTime = TimeSpan.Zero } };

    private Task<(IActorRef Session, TestProbe Peer, TestProbe Connection)> Registered(TrackerSettings settings, IPAddress? from = null) =>
        Registered(Parts(settings), from);

    private async Task<(IActorRef Session, TestProbe Peer, TestProbe Connection)> Registered(
        SessionDependencies parts, IPAddress? from, bool rests = false)
    {
        var (connection, peer) = (CreateTestProbe(), CreateTestProbe());
        var session = Sys.ActorOf(RequestSessionActor.Props(parts));
        session.Tell(new ConnectionOpened(
            connection, new IPEndPoint(from ?? IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)));
        await connection.ExpectMsgAsync<ReadMore>();
        session.Tell(Received(FrameEncoder.Encode(Operation.Init, 0, PeerClient.Hello(1))));
        await ExpectMsgAsync<JoinPeer>();
        session.Tell(new PeerJoined(peer));
        await connection.ExpectMsgAsync<KeepAlive>();
        if (rests)
            Assert.InRange((await connection.ExpectMsgAsync<Rest>()).Duration, TimeSpan.FromTicks(1), SharePace.LongestRest);
        await connection.ExpectMsgAsync<ReadMore>();
        return (session, peer, connection);
    }

    private static FramesReceived Received(ReadOnlyMemory<byte> bytes)
    {
        var decoder = new FrameDecoder();
        decoder.Feed(bytes);
        var frames = new List<Frame>();
        while (decoder.TryRead(out var frame) == FrameReadResult.Frame)
            frames.Add(frame);
        return new FramesReceived([.. frames]);
    }

    private static int Count(ReadOnlyMemory<byte> bytes) => Received(bytes).Frames.Length;
}
