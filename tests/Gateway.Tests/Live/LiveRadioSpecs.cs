using Akka.Actor;
using TspActors.Gateway.Library;
using TspActors.Gateway.Live;
using TspActors.Gateway.Media;
using TspActors.Gateway.Swarm;
using TspActors.Gateway.Tests.Web;
using TspActors.Protocol;
using TspActors.Shared;

namespace TspActors.Gateway.Tests.Live;

/// <summary>Checks how long the gateway receives a feed, and how many feeds it receives.</summary>
public sealed class LiveRadioSpecs : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("radio");
    private readonly ManualClock _clock = new();
    private readonly FakeRadio _peer = new();
    private readonly FetchSlots _seats = new(10, 1);
    private readonly LiveRadio _radio;

    public LiveRadioSpecs() => _radio = new LiveRadio(
        _system.ActorOf(Props.Create(() => new RadioPeer(_peer))), new GatewayMediaSettings(), _seats, _clock);

    [Fact]
    public async Task The_feed_is_left_some_time_after_the_last_listener()
    {
        var feed = FeedOf(1);
        Assert.True(_radio.TryJoin(feed, "phone", out var listener, out _));
        await _peer.Joined.WaitAsync(GatewayBench.Patience);

        _radio.Leave(feed, listener);
        _clock.Advance(LiveRadio.Linger - TimeSpan.FromSeconds(1));
        Assert.False(_seats.TryTake("phone"));
        _clock.Advance(TimeSpan.FromSeconds(1));

        await _peer.Left.WaitAsync(GatewayBench.Patience);
        Assert.True(_seats.TryTake("phone"));
    }

    [Fact]
    public async Task A_listener_that_comes_back_keeps_the_feed()
    {
        var feed = FeedOf(1);
        Assert.True(_radio.TryJoin(feed, "phone", out var listener, out _));
        await _peer.Joined.WaitAsync(GatewayBench.Patience);
        _radio.Leave(feed, listener);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_radio.TryJoin(feed, "laptop", out _, out _));
        _clock.Advance(LiveRadio.Linger);

        Assert.Equal((1, 1), (_radio.ListenersOf(feed), _peer.Joins));
        Assert.False(_peer.Left.IsCompleted);
    }

    [Fact]
    public void A_device_that_changes_the_station_need_not_wait_for_the_one_that_it_left()
    {
        Assert.True(_radio.TryJoin(FeedOf(1), "phone", out var listener, out _));
        Assert.False(_radio.TryJoin(FeedOf(2), "phone", out _, out var fault));
        Assert.Equal(FetchFaultKind.TooMany, fault.Kind);

        _radio.Leave(FeedOf(1), listener);

        Assert.True(_radio.TryJoin(FeedOf(2), "phone", out _, out _));
    }

    [Fact]
    public async Task A_feed_that_has_ended_is_joined_again_for_the_next_listener()
    {
        var feed = FeedOf(1);
        Assert.True(_radio.TryJoin(feed, "phone", out var listener, out _));
        await _peer.Joined.WaitAsync(GatewayBench.Patience);

        _peer.End(new FetchFault(FetchFaultKind.NoHost, "gone"));

        Assert.Null(await listener.ReadAsync(GatewayBench.Patience, TimeProvider.System, CancellationToken.None));
        Assert.Equal("gone", listener.Fault!.Reason);
        Assert.True(_radio.TryJoin(feed, "phone", out var next, out _));
        Assert.Null(next.Fault);
    }

    [Fact]
    public async Task A_slow_listener_loses_the_oldest_chunks_and_keeps_no_more_than_its_backlog()
    {
        const int size = 100_000;
        var listener = new LiveListener(512 << 10);
        for (var number = 0; number < 10; number++)
            listener.Add(new LiveSound(new byte[size], TimeSpan.FromSeconds(1), $"{number}"));
        listener.End(null);

        var kept = new List<string>();
        while (await listener.ReadAsync(GatewayBench.Patience, TimeProvider.System, CancellationToken.None) is { } sound)
            kept.Add(sound.Title);

        Assert.Equal(["5", "6", "7", "8", "9"], kept);
        Assert.InRange(kept.Count * size, 1, 512 << 10);
        Assert.Equal(5, listener.Skipped);
    }

    [Fact]
    public void A_listing_replaces_the_feeds_and_changes_add_and_remove_them()
    {
        var feeds = new LiveFeeds();
        feeds.Listed([FakeRadio.FeedOf(1, "b"), FakeRadio.FeedOf(2, "a"), MadeUpSongs.Of(3, "song", "", "")], isFirst: true, isLast: true);
        Assert.Equal(["a", "b"], feeds.All.Select(feed => feed.Name));

        feeds.Changed([FakeRadio.FeedOf(4, "c")], [1]);
        Assert.Equal(["a", "c"], feeds.All.Select(feed => feed.Name));
        Assert.Equal("c", feeds.Find(feeds.All[1].Id)!.Name);

        feeds.Listed([FakeRadio.FeedOf(4, "\u202ec\n")], isFirst: true, isLast: false);
        feeds.Listed([FakeRadio.FeedOf(5, "")], isFirst: false, isLast: true);
        Assert.Equal(["c", "[Unnamed feed]"], feeds.All.Select(feed => feed.Name));
    }

    [Fact]
    public void One_peer_cannot_hide_the_feeds_of_others()
    {
        var feeds = new LiveFeeds();
        var made = Enumerable.Range(1, 5_000).Select(number => FakeRadio.FeedOf(number, "made up", peer: 1 + number % 20)).ToList();
        feeds.Listed(made, isFirst: true, isLast: true);
        Assert.Equal(1_000, feeds.All.Count);

        feeds.Changed([FakeRadio.FeedOf(6_001, "first of Anna's", peer: 99), FakeRadio.FeedOf(6_002, "second of Anna's", peer: 99)], []);

        Assert.Equal(2, feeds.All.Count(feed => feed.Name.EndsWith("Anna's", StringComparison.Ordinal)));
        Assert.Equal(1_000, feeds.All.Count);
    }

    [Fact]
    public void A_feed_for_which_there_was_no_room_is_shown_when_there_is()
    {
        var feeds = new LiveFeeds();
        feeds.Listed(
            [.. Enumerable.Range(1, 1_200).Select(number => FakeRadio.FeedOf(number, "made up", peer: number))], isFirst: true,
            isLast: true);
        feeds.Changed([FakeRadio.FeedOf(2_000, "Anna's", peer: 2_000)], []);
        Assert.DoesNotContain(feeds.All, feed => feed.Name == "Anna's");

        feeds.Changed([], [.. Enumerable.Range(1, 400)]);

        Assert.Contains(feeds.All, feed => feed.Name == "Anna's");
        Assert.Equal(801, feeds.All.Count);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _radio.DisposeAsync();
        await _system.Terminate();
    }

    private static LiveFeed FeedOf(int number)
    {
        var hash = new ContentHash(FakeRadio.FeedOf(number, "").ContentHash.Span);
        return new LiveFeed { Hash = hash, Id = LibraryIds.OfFeed(hash), TrackerId = number, Name = "feed" };
    }

    private sealed class RadioPeer(FakeRadio radio) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is ReceiveFeed hear)
                Sender.Tell(radio.Join(hear, Context));
        }
    }
}
