using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks which of the hosts that are tried in parallel wins, and which losers count as silent.</summary>
public sealed class HostRaceSpecs
{
    private static readonly TestSong Song = new(50_000);

    private readonly HostRace<string> _race = new(3);

    [Fact]
    public void At_most_three_hosts_are_tried_at_the_same_time()
    {
        _race.Add("a", HostOf("a"));
        _race.Add("b", HostOf("b"));
        Assert.True(_race.HasRoom);
        _race.Add("c", HostOf("c"));
        Assert.False(_race.HasRoom);
        Assert.Equal(["a", "b", "c"], _race.Receivers);
    }

    [Fact]
    public void When_all_places_are_taken_the_first_host_gives_up_its_place_and_may_still_win()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Assert.True(_race.MakeRoom());
            _race.Add(name, HostOf(name));
        }

        Assert.True(_race.MakeRoom());
        _race.Add("d", HostOf("d"));
        Assert.False(_race.HasRoom);
        _race.End("a", out var losers);
        Assert.Equal(["b", "c", "d"], losers.Select(loser => loser.Receiver));
        Assert.All(losers, loser => Assert.False(loser.IsSilent));
    }

    [Fact]
    public void A_failed_host_leaves_its_place_even_if_another_gave_up_its_own_for_it()
    {
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            _race.MakeRoom();
            _race.Add(name, HostOf(name));
        }

        _race.Remove("a");
        Assert.False(_race.HasRoom);
        _race.Remove("c");
        Assert.True(_race.HasRoom);
    }

    [Fact]
    public void Three_times_as_many_hosts_as_places_are_asked_at_most()
    {
        for (var number = 0; number < 9; number++)
        {
            Assert.True(_race.MayGrow);
            Assert.True(_race.MakeRoom());
            _race.Add($"{number}", HostOf($"{number}"));
        }

        Assert.False(_race.MayGrow);
        Assert.False(_race.MakeRoom());
        _race.Remove("0");
        Assert.True(_race.MakeRoom());
    }

    [Fact]
    public void A_single_host_wins_if_no_other_can_be_tried()
    {
        _race.Add("a", HostOf("a"));
        Assert.False(_race.IsDecided(areOthersLeft: true));
        Assert.True(_race.IsDecided(areOthersLeft: false));
        _race.Add("b", HostOf("b"));
        Assert.False(_race.IsDecided(areOthersLeft: false));
    }

    [Fact]
    public void With_a_limit_of_one_a_single_host_wins_even_if_others_are_left()
    {
        var alone = new HostRace<string>(1);
        alone.Add("a", HostOf("a"));
        Assert.True(alone.IsDecided(areOthersLeft: true));
        Assert.False(alone.HasRoom);
        Assert.False(alone.MayGrow);
        Assert.False(alone.MakeRoom());
    }

    [Fact]
    public void Losers_that_were_asked_before_the_winner_and_sent_nothing_are_silent()
    {
        _race.Add("silent", HostOf("silent"));
        _race.Add("slow", HostOf("slow"));
        _race.Add("winner", HostOf("winner"));
        _race.Began("slow", Started("slow"));
        var began = Started("winner");
        _race.Began("winner", began);

        Assert.Same(began, _race.End("winner", out var losers));
        Assert.Equal([("silent", true), ("slow", false)], losers.Select(loser => (loser.Receiver, loser.IsSilent)));
        Assert.Equal(["winner"], _race.Receivers);
    }

    [Fact]
    public void A_loser_that_announced_the_song_but_delivered_nothing_until_it_was_overdue_is_silent()
    {
        foreach (var name in new[] { "liar", "slow", "other" })
        {
            _race.Add(name, HostOf(name));
            _race.Began(name, Started(name));
        }

        Assert.True(_race.MakeRoom());
        _race.Add("winner", HostOf("winner"));
        _race.End("winner", out var losers);
        Assert.Equal(
            [("liar", true), ("slow", false), ("other", false)], losers.Select(loser => (loser.Receiver, loser.IsSilent)));
    }

    [Fact]
    public void A_loser_that_was_asked_after_the_winner_is_not_silent()
    {
        _race.Add("winner", HostOf("winner"));
        _race.Add("late", HostOf("late"));
        _race.End("winner", out var losers);
        Assert.False(Assert.Single(losers).IsSilent);
    }

    [Fact]
    public void A_receiver_that_has_failed_leaves_the_race()
    {
        _race.Add("a", HostOf("a"));
        Assert.True(_race.Remove("a"));
        Assert.False(_race.Remove("a"));
        Assert.True(_race.IsEmpty);
        Assert.False(_race.Contains("a"));
    }

    private static HostRoute HostOf(string name) =>
        new(new Host { Name = name, PeerId = Google.Protobuf.ByteString.CopyFrom(PeerId.NewRandom().ToArray()) });

    private static StreamStarted Started(string name) => new(
        new StreamOrder(Song.ToSong(1), HostOf(name).Host, 0, Pace.Full, new Requester(PeerId.NewRandom(), "ear", null), TimeSpan.Zero), Song.Tree);
}
