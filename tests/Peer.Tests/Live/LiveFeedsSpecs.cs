using Akka.Actor;
using Google.Protobuf;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Live;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks what this peer tells the library and the tracker about its live feeds.</summary>
public sealed class LiveFeedsSpecs : PeerSpec
{
    private readonly TlsIdentity _identity = TlsIdentity.CreateNew();
    private readonly Akka.TestKit.TestProbe _library;
    private readonly Akka.TestKit.TestProbe _link;
    private readonly IActorRef _feeds;

    public LiveFeedsSpecs(ITestOutputHelper output)
        : base(output)
    {
        (_library, _link) = (CreateTestProbe(), CreateTestProbe());
        var settings = new LiveSettings { Relay = true };
        var requester = new Requester(PeerId.NewRandom(), "relay", null);
        _feeds = Sys.ActorOf(LiveFeedsActor.Props(
            settings, _identity, new FeedSources(_ => null, _ => null), new SourceDoors("127.0.0.1", () => ("hush", false)), _library,
            new RelayWork(settings, new ListeningSettings(), requester, null, _link)));
    }

    [Fact]
    public async Task A_relay_that_moves_to_another_host_is_shared_again_with_its_new_depth()
    {
        var feed = new FeedIdentity(PeerId.NewRandom(), "Ana's radio", ByteString.Empty);
        _feeds.Tell(
            new OfferRelay(new Song
            {
                Id = 1,
                ContentHash = ByteString.CopyFrom(feed.Hash.ToArray()),
                Live = true,
                Tags = new SongTags { Title = feed.Name },
            }),
            TestActor);
        var relay = (await ExpectMsgAsync<TapFeed>()).Feed;

        _feeds.Tell(new FeedOnAir(Snapshot(feed), 1), relay);
        _feeds.Tell(new FeedOnAir(Snapshot(feed), 4), relay);
        _feeds.Tell(new FeedOnAir(Snapshot(feed), 4), relay);
        _feeds.Tell(new FeedOffAir("the test is over"), relay);

        Assert.Equal(1u, (await _library.ExpectMsgAsync<ShareFeed>()).Feed.Depth);
        var moved = await _library.ExpectMsgAsync<ShareFeed>();
        Assert.Equal((4u, 128_000u), (moved.Feed.Depth, moved.Feed.BitrateBps));
        await _library.ExpectMsgAsync<WithdrawFeed>();
    }

    [Fact]
    public async Task The_tracker_link_learns_whether_this_peer_passes_feeds_on()
    {
        _feeds.Tell(new SetRelay(false), TestActor);
        await ExpectMsgAsync<LiveDone>();
        _feeds.Tell(new SetRelay(true), TestActor);
        await ExpectMsgAsync<LiveDone>();

        Assert.False((await _link.ExpectMsgAsync<PassFeedsOn>()).On);
        Assert.True((await _link.ExpectMsgAsync<PassFeedsOn>()).On);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _identity.Dispose();
    }

    private static FeedSnapshot Snapshot(FeedIdentity feed) => new(
        feed, [new FeedChunk(new LiveChunk { Sequence = 1, DurationMs = 500 }, new byte[8_000], FeedTitle.None)], [feed.Source],
        TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(6), new AudioFormat())
    {
        BitrateBps = 128_000,
    };
}
