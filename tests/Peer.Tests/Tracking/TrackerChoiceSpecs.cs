using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks which tracker is tried next, and which one is preferred.</summary>
public sealed class TrackerChoiceSpecs
{
    private static readonly TrackerAddress A = new("a", 7070);
    private static readonly TrackerAddress B = new("b", 7070);
    private static readonly TrackerAddress C = new("c", 7070);

    private static readonly LinkSettings Settings = new()
    {
        ReconnectMin = TimeSpan.FromSeconds(1),
        ReconnectMax = TimeSpan.FromSeconds(4),
        SpreadInterval = TimeSpan.FromSeconds(30),
        SpreadIntervalMax = TimeSpan.FromMinutes(10),
        MaxLearnedTrackers = 4,
    };

    private readonly ManualClock _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void All_trackers_are_tried_in_the_configured_order_before_a_wait()
    {
        var choice = Choice(A, B, C);

        Assert.Equal([A, B, C], Round(choice));
        Assert.InRange(choice.NextRound(), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));
        Assert.Equal([A, B, C], Round(choice));
    }

    [Fact]
    public void After_a_steady_connection_is_lost_the_other_trackers_are_tried_immediately()
    {
        var choice = Choice(A, B, C);
        choice.TryNext(out _);

        choice.Lost(A, wasSteady: true);

        Assert.Equal([B, C], Round(choice));
        choice.NextRound();
        Assert.Equal([A, B, C], Round(choice));
    }

    [Fact]
    public void Trackers_that_accept_and_then_drop_a_peer_are_not_retried_without_a_wait()
    {
        var choice = Choice(A, B);
        choice.TryNext(out _);
        choice.Lost(A, wasSteady: false);
        Assert.Equal([B], Round(choice));
        choice.Lost(B, wasSteady: false);

        Assert.Empty(Round(choice));
    }

    [Fact]
    public void Waits_between_rounds_grow_until_a_connection_lasts()
    {
        var choice = Choice(A);
        for (var i = 0; i < 5; i++)
            choice.NextRound();
        Assert.InRange(choice.NextRound(), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));

        choice.Lost(A, wasSteady: true);

        Assert.InRange(choice.NextRound(), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public void The_peer_waits_for_a_busy_tracker_only_if_there_is_no_other_tracker_to_try()
    {
        var single = Choice(A);
        single.Avoid(A, TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(20), single.NextRound());

        var several = Choice(A, B);
        several.Avoid(A, TimeSpan.FromSeconds(20));
        Assert.InRange(several.NextRound(), TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public void Without_a_cluster_no_tracker_is_preferred()
    {
        var choice = Choice(A, B);
        choice.Welcomed(B, []);

        Assert.Null(choice.Preferred(B));
    }

    [Fact]
    public void Each_tracker_of_a_cluster_is_preferred_by_about_the_same_number_of_peers()
    {
        var preferred = new List<TrackerAddress>();
        for (var i = 0; i < 600; i++)
        {
            var peer = PeerId.NewRandom();
            var told = Choice(peer, A);
            told.Welcomed(A, ["b:7070", "c:7070"]);
            var configured = Choice(peer, C, B, A);
            configured.Welcomed(C, ["a:7070", "B:7070"]);
            Assert.Equal(told.Known, configured.Known);
            preferred.Add(told.Known[0]);
        }

        Assert.All([A, B, C], tracker => Assert.InRange(preferred.Count(one => one == tracker), 120, 280));
    }

    [Fact]
    public void An_absent_preferred_tracker_is_tried_less_and_less_often()
    {
        var choice = Choice(A, B, C);
        choice.Welcomed(A, ["b:7070", "c:7070"]);
        var best = choice.Known[0];
        var other = choice.Known[1];
        Assert.Equal(best, choice.Preferred(other));
        Assert.Null(choice.Preferred(best));

        choice.Missed(best);
        Assert.Null(choice.Preferred(other));
        _time.Pass(TimeSpan.FromSeconds(46));
        Assert.Equal(best, choice.Preferred(other));
        choice.Missed(best);
        _time.Pass(TimeSpan.FromSeconds(29));
        Assert.Null(choice.Preferred(other));
        _time.Pass(TimeSpan.FromSeconds(62));
        Assert.Equal(best, choice.Preferred(other));
        Assert.NotEqual(best, choice.Elsewhere(best));
    }

    [Fact]
    public void An_absent_tracker_comes_last_even_after_a_welcome_but_not_after_a_connection_that_lasted()
    {
        var choice = Choice(A, B, C);
        choice.Missed(A);

        choice.Lost(B, wasSteady: true);

        Assert.Equal([C, A], Round(choice));
        choice.NextRound();
        Assert.Equal([B, C, A], Round(choice));
        choice.Welcomed(A, []);
        choice.NextRound();
        Assert.Equal([B, C, A], Round(choice));
        choice.Held(A);
        choice.NextRound();
        Assert.Equal([A, B, C], Round(choice));
    }

    [Fact]
    public void A_tracker_that_accepts_and_then_drops_a_peer_is_avoided_longer_each_time()
    {
        var choice = Choice(A, B, C);
        choice.Welcomed(A, ["b:7070", "c:7070"]);
        var (best, other) = (choice.Known[0], choice.Known[1]);
        for (var i = 0; i < 3; i++)
        {
            choice.Welcomed(best, []);
            choice.Lost(best, wasSteady: false);
        }

        _time.Pass(TimeSpan.FromSeconds(59));
        Assert.Null(choice.Preferred(other));
        choice.Held(best);
        Assert.Equal(best, choice.Preferred(other));
    }

    [Fact]
    public void While_the_first_choice_is_absent_the_second_one_is_preferred_unless_the_peer_is_already_there()
    {
        var choice = Choice(A, B, C);
        choice.Welcomed(A, ["b:7070", "c:7070"]);
        var known = choice.Known;
        choice.Missed(known[0]);

        Assert.Equal(known[1], choice.Preferred(known[2]));
        Assert.Null(choice.Preferred(known[1]));
    }

    [Fact]
    public void The_refusal_is_final_only_when_every_tracker_has_been_tried_and_all_configured_ones_refused_in_one_round()
    {
        var choice = Choice(A, B);
        choice.Welcomed(A, ["c:7070"]);
        choice.Lost(A, wasSteady: true);
        Round(choice);
        Assert.True(choice.Refused(B, "wrong key"));
        Assert.Null(choice.FinalRefusal);

        choice.NextRound();
        Assert.False(choice.Refused(B, "wrong key"));
        Assert.True(choice.Refused(A, "wrong key, too"));
        Assert.Null(choice.FinalRefusal);
        Round(choice);

        Assert.Equal((A, "wrong key, too"), choice.FinalRefusal);
    }

    [Fact]
    public void The_refusal_of_a_single_tracker_is_final_and_is_not_reported_separately()
    {
        var choice = Choice(A);
        Round(choice);

        Assert.False(choice.Refused(A, "wrong key"));
        Assert.Equal((A, "wrong key"), choice.FinalRefusal);
    }

    [Fact]
    public void A_tracker_displaced_by_newly_named_ones_is_forgotten_together_with_its_waits()
    {
        var choice = Choice(A);
        choice.Welcomed(A, ["b:7070"]);
        choice.Missed(B);
        choice.Avoid(B, TimeSpan.FromHours(1));
        choice.Welcomed(A, ["c:7070", "d:7070", "e:7070", "f:7070"]);
        Assert.DoesNotContain(B, choice.Known);

        choice.Welcomed(A, ["b:7070"]);
        foreach (var other in choice.Known.Where(other => other != B))
            choice.Missed(other);

        Assert.Equal(B, choice.Elsewhere(A));
    }

    [Fact]
    public void A_named_tracker_is_remembered_even_if_the_next_tracker_names_none()
    {
        var choice = Choice(A);
        choice.Welcomed(A, ["b:7070"]);
        choice.Welcomed(B, []);

        Assert.Equal([A, B], choice.Known.OrderBy(tracker => tracker.Host));
    }

    [Theory]
    [InlineData("")]
    [InlineData("b")]
    [InlineData("b:0")]
    [InlineData("b:70000")]
    [InlineData("b:7070\n")]
    [InlineData("a b:7070")]
    [InlineData("http://b:7070")]
    public void Text_that_is_not_an_address_is_ignored(string told)
    {
        var choice = Choice(A);

        choice.Welcomed(A, [told, new string('b', 4000) + ":7070", "c:7070"]);

        Assert.Equal(["a", "c"], choice.Known.Select(tracker => tracker.Host).Order());
    }

    [Fact]
    public void The_number_of_remembered_trackers_is_limited_and_the_newest_are_kept()
    {
        var choice = Choice(A);
        choice.Welcomed(A, Enumerable.Range(0, 1000).Select(n => $"old{n}:7070"));
        Assert.Equal(5, choice.Known.Count);

        choice.Welcomed(A, ["b:7070", "c:7070"]);

        Assert.Equal(5, choice.Known.Count);
        Assert.Contains(B, choice.Known);
        Assert.Contains(C, choice.Known);
    }

    private static List<TrackerAddress> Round(TrackerChoice choice)
    {
        var tried = new List<TrackerAddress>();
        while (choice.TryNext(out var tracker))
            tried.Add(tracker);
        return tried;
    }

    private TrackerChoice Choice(params TrackerAddress[] configured) => Choice(PeerId.NewRandom(), configured);

    private TrackerChoice Choice(PeerId peer, params TrackerAddress[] configured) => new(peer, configured, Settings, _time, new Random(1));
}
