using Akka.Actor;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class RemovalRulesSpecs
{
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(4);
    private static readonly Address A = Tracker(1);
    private static readonly Address B = Tracker(2);
    private static readonly Address C = Tracker(3);
    private static readonly Address D = Tracker(4);
    private static readonly Address E = Tracker(5);

    [Fact]
    public void The_majority_removes_a_tracker_that_it_cannot_reach()
    {
        var links = Links(A, (A, [C]), (B, [C]));

        Assert.Equal([C], Decide(A, 3, [A, B, C], links));
    }

    [Fact]
    public void Only_the_oldest_of_the_majority_acts() =>
        Assert.Empty(Decide(B, 3, [A, B, C], Links(B, (A, [C]), (B, [C]))));

    [Fact]
    public void A_tracker_that_reaches_neither_of_two_others_removes_nobody() =>
        Assert.Empty(Decide(A, 3, [A, B, C], Links(A, (A, [B, C]))));

    [Fact]
    public void A_bad_link_between_two_of_three_costs_the_younger_one_only()
    {
        Assert.Equal([B], Decide(A, 3, [A, B, C], Links(A, (A, [B]), (C, []))));
        Assert.Empty(Decide(B, 3, [A, B, C], Links(B, (B, [A]), (C, []))));
        Assert.Empty(Decide(C, 3, [A, B, C], Links(C, (A, [B]), (B, [A]))));
    }

    [Fact]
    public void A_bad_link_between_the_two_youngest_costs_the_youngest()
    {
        Assert.Equal([C], Decide(A, 3, [A, B, C], Links(A, (B, [C]), (C, [B]))));
        Assert.Empty(Decide(B, 3, [A, B, C], Links(B, (B, [C]), (A, []))));
        Assert.Empty(Decide(C, 3, [A, B, C], Links(C, (C, [B]), (A, []))));
    }

    [Fact]
    public void A_report_of_a_tracker_that_is_not_reached_does_not_count() =>
        // B reported before it was lost that it could not reach C.
        Assert.Equal([B], Decide(A, 3, [A, B, C], Links(A, (B, [C]), (A, [B]))));

    [Fact]
    public void Of_two_trackers_the_older_one_continues()
    {
        Assert.Equal([B], Decide(A, 0, [A, B], Links(A, (A, [B]))));
        Assert.Empty(Decide(B, 0, [A, B], Links(B, (B, [A]))));
    }

    [Fact]
    public void Two_of_five_that_reach_only_each_other_remove_nobody()
    {
        var links = Links(A, (A, [C, D, E]), (B, [C, D, E]));

        Assert.Empty(Decide(A, 5, [A, B, C, D, E], links));
    }

    [Fact]
    public void With_two_halves_nobody_is_removed()
    {
        Assert.Empty(Decide(A, 4, [A, B, C, D], Links(A, (A, [C, D]), (B, [C, D]))));
        Assert.Empty(Decide(C, 4, [A, B, C, D], Links(C, (C, [A, B]), (D, [A, B]))));
    }

    [Fact]
    public void A_lonely_tracker_removes_a_dead_one_when_the_other_dead_one_has_started_again()
    {
        var links = Links(C, (C, [A, B]));
        RemovalCandidate[] members = [new(A, true), new(B, true, IsReplaced: true), new(C, true)];

        Assert.Equal([A, B], Decide(C, 3, members, links).Order());
    }

    [Fact]
    public void A_joining_tracker_does_not_count_towards_a_majority_but_is_removed_if_it_is_lost()
    {
        RemovalCandidate[] members = [new(A, true), new(B, true), new(C, false)];

        Assert.Equal([C], Decide(A, 0, members, Links(A, (A, [C]), (B, [C]))));
        Assert.Empty(Decide(A, 3, members, Links(A, (A, [B]))));
    }

    [Fact]
    public void Nobody_is_removed_until_the_decision_has_been_the_same_for_long_enough()
    {
        var rules = new RemovalRules(A, 3, StableAfter);
        var members = Members([A, B, C]);
        var (both, one) = (Links(A, (A, [C]), (B, [C])), Links(A, (B, [C])));
        Assert.Empty(rules.Decide(members, both, Seconds(0)));
        Assert.Empty(rules.Decide(members, both, Seconds(2)));
        // The link works for a moment, so the time starts again.
        Assert.Empty(rules.Decide(members, Links(A), Seconds(3)));
        Assert.Empty(rules.Decide(members, one, Seconds(4)));
        Assert.Empty(rules.Decide(members, one, Seconds(6)));
        Assert.Equal([C], rules.Decide(members, one, Seconds(8)));
    }

    [Fact]
    public void A_tracker_that_was_paused_itself_waits_again()
    {
        var rules = new RemovalRules(A, 3, StableAfter);
        var members = Members([A, B, C]);
        var links = Links(A, (A, [C]));
        Assert.Empty(rules.Decide(members, links, Seconds(0)));
        Assert.Empty(rules.Decide(members, links, Seconds(30)));
        Assert.Empty(rules.Decide(members, links, Seconds(32)));
        Assert.Equal([C], rules.Decide(members, links, Seconds(34)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(16)]
    public void For_any_partition_at_most_one_side_removes_the_other(int size)
    {
        var random = new Random(size);
        var all = Enumerable.Range(1, size).Select(Tracker).ToArray();
        for (var round = 0; round < 300; round++)
        {
            var sides = all.ToDictionary(tracker => tracker, _ => random.Next(3));
            var acting = new List<(Address By, HashSet<Address> Removed)>();
            foreach (var self in all)
            {
                var reports = all.Where(other => sides[other] == sides[self])
                    .Select(other => (other, all.Where(far => sides[far] != sides[other]).ToArray())).ToArray();
                if (Decide(self, size, all, Links(self, reports)).ToHashSet() is { Count: > 0 } removed)
                    acting.Add((self, removed));
            }

            Assert.True(acting.Count <= 1, $"{acting.Count} trackers act in round {round}");
            foreach (var (by, removed) in acting)
            {
                Assert.Equal(all.Where(tracker => sides[tracker] != sides[by]).Order(), removed.Order());
                Assert.True((size - removed.Count) * 2 > size);
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void One_bad_link_costs_exactly_one_end_of_it(int size)
    {
        var all = Enumerable.Range(1, size).Select(Tracker).ToArray();
        for (var one = 0; one < size; one++)
        {
            for (var other = one + 1; other < size; other++)
            {
                var reports = all.Select(
                    (tracker, at) => (tracker, at == one ? [all[other]] : at == other ? new[] { all[one] } : [])).ToArray();
                var removed = all.SelectMany(self => Decide(self, size, all, Links(self, reports))).ToList();
                Assert.Equal([all[other]], removed);
            }
        }
    }

    private static Address Tracker(int number) => new("akka.tcp", "trackers", "127.0.0.1", number);

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(100 + seconds);

    private static RemovalCandidate[] Members(IEnumerable<Address> members) =>
        [.. members.Select(member => new RemovalCandidate(member, true))];

    private static TrackerLinks Links(Address self, params (Address Observer, Address[] Unreachable)[] reports)
    {
        var links = new TrackerLinks(self);
        foreach (var (observer, unreachable) in reports)
            links.Record(observer, unreachable);
        return links;
    }

    private static IReadOnlyCollection<Address> Decide(Address self, int expected, Address[] members, TrackerLinks links) =>
        Decide(self, expected, Members(members), links);

    private static IReadOnlyCollection<Address> Decide(Address self, int expected, RemovalCandidate[] members, TrackerLinks links)
    {
        var rules = new RemovalRules(self, expected, StableAfter);
        for (var second = 0; second < 4; second++)
            Assert.Empty(rules.Decide(members, links, Seconds(second)));
        return rules.Decide(members, links, Seconds(4));
    }
}
