using Akka.Actor;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class OtherClusterWatchSpecs
{
    private static readonly Address A = new("akka.tcp", "trackers", "127.0.0.1", 1);
    private static readonly Address B = new("akka.tcp", "trackers", "127.0.0.1", 2);
    private static readonly Address C = new("akka.tcp", "trackers", "127.0.0.1", 3);

    [Fact]
    public void A_lone_tracker_gives_way_to_a_larger_cluster_after_three_reports()
    {
        var watch = new OtherClusterWatch(3, namesOnlySelf: false);

        Assert.Equal([false, false, true], Report(watch, View(A), B, 2));
    }

    [Fact]
    public void The_larger_cluster_stays()
    {
        var watch = new OtherClusterWatch(3, namesOnlySelf: false);

        Assert.DoesNotContain(true, Report(watch, View(A, B), C, 1));
    }

    [Fact]
    public void One_of_two_lone_trackers_gives_way()
    {
        Assert.DoesNotContain(true, Report(new OtherClusterWatch(3, namesOnlySelf: false), View(A), B, 1));
        Assert.Contains(true, Report(new OtherClusterWatch(3, namesOnlySelf: false), View(B), A, 1));
    }

    [Fact]
    public void A_cluster_with_a_majority_stays_whatever_other_trackers_report()
    {
        var watch = new OtherClusterWatch(3, namesOnlySelf: false);

        Assert.DoesNotContain(true, Report(watch, View(B, C), A, 5));
    }

    [Fact]
    public void A_report_that_a_tracker_is_in_no_cluster_restarts_the_count_of_its_reports()
    {
        var watch = new OtherClusterWatch(3, namesOnlySelf: false);
        Report(watch, View(A), B, 2, times: 2);
        watch.RecordReport(View(A), true, B, new Membership());

        Assert.Equal([false, false, true], Report(watch, View(A), B, 2));
    }

    [Fact]
    public void Without_an_expected_cluster_size_the_smaller_cluster_gives_way_to_one_with_a_majority_of_its_own_members()
    {
        Assert.Equal([false, false, true], Report(Unsized(false), View(A), B, 2));
        Assert.DoesNotContain(true, Report(Unsized(false), View(A), B, 2, hasMajority: false));
        Assert.DoesNotContain(true, Report(Unsized(true), View(A, C), B, 1));
    }

    [Fact]
    public void A_remainder_without_a_majority_gives_way_to_a_smaller_cluster_that_has_one()
    {
        Assert.Equal([false, false, true], Report(Unsized(false), View(A, C), B, 1, isCutOff: true));
        Assert.DoesNotContain(true, Report(Unsized(false), View(A, C), B, 1, hasMajority: false, isCutOff: true));
    }

    [Fact]
    public void Without_an_expected_cluster_size_the_only_seed_node_gives_way_to_a_cluster_of_the_same_size()
    {
        Assert.Equal([false, false, true], Report(Unsized(true), View(A), B, 1));
        Assert.DoesNotContain(true, Report(Unsized(false), View(B), A, 1));
    }

    [Theory]
    [InlineData(false, 7L, true, true, 8L, true)]
    [InlineData(true, 7L, true, true, 8L, false)] // This tracker has the majority itself.
    [InlineData(false, 7L, true, true, 7L, false)] // The member has not started again.
    [InlineData(false, 7L, true, false, 8L, false)] // Its new cluster has no majority, either.
    [InlineData(false, 7L, false, true, 8L, false)] // It is in no cluster yet.
    [InlineData(false, 7L, true, true, 0L, false)] // A tracker of an older version.
    [InlineData(false, null, true, true, 8L, false)] // It is not a member.
    public void A_tracker_that_is_cut_off_joins_the_cluster_that_its_members_have_formed_since_they_started_again(
        bool hasMajority, long? member, bool isIn, bool theyHaveMajority, long uid, bool expected) =>
        Assert.Equal(expected, OtherClusterWatch.IsSuperseded(
            hasMajority, member, new Membership { IsIn = isIn, HasMajority = theyHaveMajority, Uid = uid }));

    private static List<bool> Report(
        OtherClusterWatch watch, ClusterView view, Address tracker, int members, int times = 3, bool hasMajority = true,
        bool isCutOff = false) =>
        [.. Enumerable.Range(0, times).Select(_ => watch.RecordReport(
            view, !isCutOff, tracker, new Membership { IsIn = true, Members = members, HasMajority = hasMajority }))];

    private static OtherClusterWatch Unsized(bool namesOnlySelf) => new(0, namesOnlySelf);

    private static ClusterView View(params Address[] members)
    {
        var view = new ClusterView(members[0], 0);
        foreach (var member in members)
            view.Up(member);
        return view;
    }
}
