using Akka.Actor;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class OtherClusterWatchSpecs
{
    private static readonly Address A = new("akka.tcp", "trackers", "127.0.0.1", 1);
    private static readonly Address B = new("akka.tcp", "trackers", "127.0.0.1", 2);
    private static readonly Address C = new("akka.tcp", "trackers", "127.0.0.1", 3);

    [Fact]
    public void One_alone_ends_for_the_cluster_of_the_others_once_it_is_sure()
    {
        var watch = new OtherClusterWatch(3);

        Assert.Equal([false, false, true], Report(watch, View(A), B, 2));
    }

    [Fact]
    public void The_greater_cluster_stays()
    {
        var watch = new OtherClusterWatch(3);

        Assert.DoesNotContain(true, Report(watch, View(A, B), C, 1));
    }

    [Fact]
    public void Of_two_alone_one_ends()
    {
        Assert.DoesNotContain(true, Report(new OtherClusterWatch(3), View(A), B, 1));
        Assert.Contains(true, Report(new OtherClusterWatch(3), View(B), A, 1));
    }

    [Fact]
    public void One_with_a_majority_has_registered_peers_and_stays_whatever_it_hears()
    {
        var watch = new OtherClusterWatch(3);

        Assert.DoesNotContain(true, Report(watch, View(B, C), A, 5));
    }

    [Fact]
    public void One_that_was_in_another_cluster_for_a_moment_only_was_joining()
    {
        var watch = new OtherClusterWatch(3);
        Report(watch, View(A), B, 2, times: 2);
        watch.RecordReport(View(A), B, false, 0);

        Assert.Equal([false, false, true], Report(watch, View(A), B, 2));
    }

    [Fact]
    public void Where_nobody_knows_how_many_there_are_to_be_none_ends() =>
        Assert.DoesNotContain(true, Report(new OtherClusterWatch(0), View(A), B, 9));

    private static List<bool> Report(OtherClusterWatch watch, ClusterView view, Address tracker, int members, int times = 3) =>
        [.. Enumerable.Range(0, times).Select(_ => watch.RecordReport(view, tracker, true, members))];

    private static ClusterView View(params Address[] members)
    {
        var view = new ClusterView(members[0], 0);
        foreach (var member in members)
            view.Up(member);
        return view;
    }
}
