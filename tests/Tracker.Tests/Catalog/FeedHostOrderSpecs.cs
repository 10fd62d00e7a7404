using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

/// <summary>Checks the hosts that a tracker names for a live feed, and which relays it accepts.</summary>
public sealed class FeedHostOrderSpecs
{
    private const string Name = "Ana's radio";

    private static readonly GrantView Relay = new(IPAddress.Parse("10.0.9.9"), false) { PassesFeedsOn = true };

    private readonly SongRegistry _registry = Samples.Registry(int.MaxValue);
    private readonly HashSet<int> _joined = [];

    [Fact]
    public void A_listener_that_passes_the_feed_on_goes_as_near_to_the_source_as_there_is_room()
    {
        Share(1, depth: 0);
        Share(2, depth: 1);
        Share(3, depth: 2);
        Share(4, depth: 4);

        Assert.Equal([(1, 0u), (2, 1u), (3, 2u)], Grant(Relay));
        _registry.Apply(Samples.Peer(1), Batch(Samples.Load(7, 7)));
        Assert.Equal([(2, 1u), (3, 2u), (1, 0u)], Grant(Relay));
    }

    [Fact]
    public void Any_other_listener_goes_to_relays_and_finds_the_source_behind_two_of_them()
    {
        Share(1, depth: 0);
        foreach (var relay in Enumerable.Range(2, 20))
            Share(relay, depth: 1);

        for (var round = 0; round < 50; round++)
            Assert.Equal(1, Grant(Relay with { PassesFeedsOn = false })[2].Peer);
        Assert.Equal(0u, Grant(Relay with { PassesFeedsOn = false })[2].Depth);
    }

    [Fact]
    public void Half_of_the_source_is_kept_for_listeners_that_pass_the_feed_on()
    {
        Share(1, depth: 0);
        foreach (var relay in Enumerable.Range(2, 5))
            Share(relay, depth: 1);
        _registry.Apply(Samples.Peer(1), Batch(Samples.Load(3, 6)));

        // While relays have room, the source comes after all of them, but it stays in the grant, so made-up relays cannot hide it.
        Assert.Equal(1, Grant(Relay with { PassesFeedsOn = false })[^1].Peer);
        Assert.Equal(1, Grant(Relay)[0].Peer);
        foreach (var relay in Enumerable.Range(2, 5))
            _registry.Apply(Samples.Peer(relay), Batch(Samples.Load(4, 4)));
        Assert.DoesNotContain(Grant(Relay with { PassesFeedsOn = false }), host => host.Peer == 1);
        Assert.Equal(1, Grant(Relay)[0].Peer);
        foreach (var relay in Enumerable.Range(2, 5))
        {
            _registry.Apply(Samples.Peer(relay), Batch(Samples.Load(0, 4)));
            _registry.SetReach(Samples.Peer(relay), PortReach.Unreachable);
        }

        Assert.Equal(1, Grant(Relay with { PassesFeedsOn = false })[0].Peer);
        foreach (var relay in Enumerable.Range(2, 5))
            _registry.Leave(Samples.Peer(relay));
        Assert.Equal(1, Assert.Single(Grant(Relay with { PassesFeedsOn = false })).Peer);
    }

    [Fact]
    public void A_feed_without_relays_is_granted_from_its_source()
    {
        Share(1, depth: 0);

        Assert.Equal([1], Encode(default).Song.Hosts.Select(host => NumberOf(host.PeerId)));
        Assert.Empty(Encode(Relay).Reach);
    }

    [Fact]
    public void A_peer_that_falsely_claims_to_be_the_source_counts_as_a_relay()
    {
        Share(1, depth: 0);
        Share(2, depth: 0);

        Assert.Equal([(1, 0u), (2, 1u)], Grant(Relay));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_copy_of_a_song_that_claims_to_be_live_does_not_turn_the_song_into_a_feed(bool passesOn)
    {
        Join(1);
        Join(2);
        _registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Song(1)));
        _registry.Apply(Samples.Peer(1), Batch(Samples.Load(3, 6)));
        var live = Samples.Song(1);
        live.Live = true;
        _registry.Apply(Samples.Peer(2), Samples.Complete(live));

        var hosts = Grant(Relay with { PassesFeedsOn = passesOn });
        Assert.Equal([1, 2], hosts.Select(host => host.Peer).Order());
        Assert.All(hosts, host => Assert.Equal(0u, host.Depth));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Copies_of_a_feed_that_claim_to_be_a_song_come_last_even_if_they_are_the_majority(bool passesOn, bool isLiveFirst)
    {
        foreach (var peer in isLiveFirst ? [1, 2, 3] : (int[])[2, 3, 1])
            Share(peer, depth: 0, isLive: peer == 1);
        _registry.Apply(Samples.Peer(1), Batch(Samples.Load(3, 6)));

        var hosts = Grant(Relay with { PassesFeedsOn = passesOn });
        Assert.Equal((1, 0u), hosts[0]);
        Assert.Equal([(2, 4u), (3, 4u)], hosts.Skip(1).Order());
    }

    [Fact]
    public void A_host_that_shares_its_feed_as_a_song_is_no_longer_its_source()
    {
        Share(1, depth: 0);
        Share(2, depth: 1);
        Share(3, depth: 2);
        Assert.Empty(Share(1, depth: 0, isLive: false).Refusal);
        Assert.Equal([(2, 1u), (3, 2u), (1, 4u)], Grant(Relay));
    }

    [Fact]
    public void A_feed_has_64_relays_and_no_relay_beyond_four_steps()
    {
        Share(1, depth: 0);
        foreach (var relay in Enumerable.Range(2, 64))
            Assert.Empty(Share(relay, depth: 1).Refusal);

        Assert.Equal("this feed already has 64 relays, which is the maximum", Share(66, depth: 1).Refusal);
        Assert.Equal("a feed can be passed on over at most 4 steps", Share(66, depth: 5).Refusal);
        Assert.Empty(Share(65, depth: 2).Refusal);
        _registry.Leave(Samples.Peer(65));
        Assert.Empty(Share(66, depth: 1).Refusal);
    }

    [Fact]
    public void One_address_has_at_most_eight_relays_of_a_feed()
    {
        Share(1, depth: 0);
        foreach (var relay in Enumerable.Range(2, 9))
            JoinAt(relay, "2001:db8:0:1::" + relay);
        foreach (var relay in Enumerable.Range(2, 8))
            Assert.Empty(Share(relay, depth: 1).Refusal);

        Assert.Equal("this feed already has 8 relays at this address, which is the maximum", Share(10, depth: 1).Refusal);
        Assert.Empty(Share(9, depth: 2).Refusal);
        JoinAt(11, "2001:db8:0:2::1");
        Assert.Empty(Share(11, depth: 1).Refusal);
        _registry.Leave(Samples.Peer(9));
        Assert.Empty(Share(10, depth: 1).Refusal);

        void JoinAt(int peer, string address)
        {
            _joined.Add(peer);
            _registry.Join(new CatalogHost(Samples.Peer(peer), $"peer {peer}", address, 7071, IPAddress.Parse(address), PortReach.Reachable));
        }
    }

    [Fact]
    public void The_title_now_playing_and_the_distance_are_not_in_lists()
    {
        Share(1, depth: 0);
        var before = Song();

        Share(2, depth: 1);

        var after = Song();
        Assert.Equal("", after.Tags.NowPlaying);
        after.Hosts.RemoveAt(1);
        Assert.Equal(before, after);
    }

    [Fact]
    public void A_grant_and_the_reply_about_one_song_contain_the_title_that_the_source_reports()
    {
        Share(1, depth: 0);
        Share(2, depth: 1);

        Assert.Equal((Name, "Song of peer 1"), (Encode(default).Song.Tags.Title, Encode(default).Song.Tags.NowPlaying));
        var described = Samples.Body<SongInfoPage>(Samples.Frame(CatalogReplies.Info(_registry.Publish(), 1, new InfoRequest())));
        Assert.Equal((Name, "Song of peer 1", 2), (
            described.Songs[0].Tags.Title, described.Songs[0].Tags.NowPlaying, described.Songs[0].Hosts.Count));
        var version = _registry.Publish().Version;
        Share(1, depth: 0, title: "Another song");
        Assert.Equal("Another song", Encode(default).Song.Tags.NowPlaying);
        Assert.Equal(version, _registry.Publish().Version);
        _registry.Leave(Samples.Peer(1));
        Assert.Equal("", Encode(default).Song.Tags.NowPlaying);
    }

    private static int NumberOf(ByteString peer) =>
        Enumerable.Range(1, 100).First(n => Samples.Peer(n).ToArray().AsSpan().SequenceEqual(peer.Span));

    private void Join(int peer) =>
        _registry.Join(new CatalogHost(Samples.Peer(peer), $"peer {peer}", $"10.0.{peer}.1", 7071, reach: PortReach.Reachable));

    private AssignedSong Share(int peer, uint depth, string? title = null, bool isLive = true)
    {
        if (_joined.Add(peer))
            Join(peer);
        return Assert.Single(_registry.Apply(Samples.Peer(peer), Batch(Samples.Change([new SharedSong
        {
            ContentHash = ByteString.CopyFrom(LiveProof.HashOf(Samples.Peer(1), Name).ToArray()),
            Tags = new SongTags { Title = Name, NowPlaying = title ?? $"Song of peer {peer}" },
            Format = new AudioFormat { BitrateBps = 128_000, SampleRateHz = 44_100, Channels = 2, PayloadBytes = isLive ? 0u : 1u },
            Live = isLive,
            RelayDepth = depth,
        }]))));
    }

    private static SharedBatch Batch(Share share) => new(
        share.Complete, share.Last, [.. share.Added.Select(song => OfferedSong.FromShared(song))],
        [.. share.Removed.Select(hash => new ContentHash(hash.Span))], share.Load);

    private List<(int Peer, uint Depth)> Grant(GrantView view)
    {
        var grant = Encode(view);
        return [.. grant.Song.Hosts.Select((host, index) =>
            (NumberOf(host.PeerId), grant.Reach.Count > 0 ? grant.Reach[index].RelayDepth : 0))];
    }

    private PlayGrant Encode(GrantView view) =>
        Samples.Body<PlayGrant>(Samples.Frame(CatalogReplies.Grant(_registry.Publish(), 1, view)));

    private Song Song() => CatalogReplies.Page(_registry.Publish(), 0, new ListRequest()).Songs[0];
}
