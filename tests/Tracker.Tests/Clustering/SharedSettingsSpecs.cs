using TspActors.Protocol;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class SharedSettingsSpecs
{
    private const string Other = "10.0.0.2:7071";

    [Fact]
    public void Equal_settings_have_no_difference() =>
        Assert.Null(Of(3, "a key of some length").DifferenceFrom(Other, Report(Of(3, "a key of some length"))));

    [Fact]
    public void A_different_number_of_trackers_is_named_with_both_numbers()
    {
        var difference = Of(1, null).DifferenceFrom(Other, Report(Of(3, null)));

        Assert.Equal(
            "this tracker expects 1 tracker in its cluster, but 10.0.0.2:7071 expects 3 trackers; set the same tsp.tracker.cluster.seed-nodes and "
            + "cluster.size on all trackers", difference);
    }

    [Fact]
    public void A_different_access_key_is_named_without_showing_it()
    {
        var difference = Of(3, "a key of some length").DifferenceFrom(Other, Report(Of(3, "another key of some length")));

        Assert.Equal("tsp.tracker.access-key differs between this tracker and 10.0.0.2:7071; set the same value on all trackers", difference);
    }

    [Fact]
    public void A_missing_access_key_is_named() =>
        Assert.StartsWith(
            "tsp.tracker.access-key is not set on this tracker, but set on 10.0.0.2:7071",
            Of(3, null).DifferenceFrom(Other, Report(Of(3, "a key of some length"))), StringComparison.Ordinal);

    [Fact]
    public void A_tracker_of_an_older_version_has_no_settings_to_compare() =>
        Assert.Null(Of(3, "a key of some length").DifferenceFrom(Other, new Membership { IsIn = true, Members = 2 }));

    [Fact]
    public void A_value_of_another_tracker_is_shown_short_and_without_control_characters()
    {
        var report = Report(Of(3, null));
        report.Settings[0].Value = "\u001b[2J" + new string('9', 1000);

        var difference = Of(3, null).DifferenceFrom(Other, report);

        Assert.DoesNotContain('\u001b', difference!);
        Assert.InRange(difference!.Length, 1, 250);
    }

    [Theory]
    [InlineData(0, 3, 2, 3, true)]
    [InlineData(2, 3, 1, 5, false)]
    [InlineData(1, 0, 1, 3, true)]
    [InlineData(1, 3, 1, 0, false)]
    public void The_smaller_cluster_gives_way_and_of_two_equal_ones_the_one_that_expects_fewer_trackers(
        int members, int size, int theirMembers, int theirSize, bool expected)
    {
        var report = Report(Of(theirSize, null), theirMembers);

        Assert.Equal(expected, Of(size, null).GiveWay(members, "10.0.0.1:7071", Other, report));
    }

    [Fact]
    public void Of_two_trackers_that_differ_only_in_the_key_exactly_one_gives_way()
    {
        var (one, two) = (Of(3, "a key of some length"), Of(3, null));

        Assert.NotEqual(one.GiveWay(1, "10.0.0.1:7071", Other, Report(two)), two.GiveWay(1, Other, "10.0.0.1:7071", Report(one)));
    }

    private static SharedSettings Of(int size, string? key) => SharedSettings.Of(new TrackerSettings
    {
        AccessKey = key is null ? null : new AccessKey(key),
        Cluster = new ClusterSettings { Size = size },
    });

    private static Membership Report(SharedSettings settings, int members = 1)
    {
        var membership = new Membership { IsIn = true, Members = members };
        settings.AddTo(membership);
        return membership;
    }
}
