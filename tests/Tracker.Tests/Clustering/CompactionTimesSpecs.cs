using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks that the trackers of a cluster compact their heaps one after another.</summary>
public sealed class CompactionTimesSpecs
{
    private static readonly DateTimeOffset Begun = new(2026, 7, 1, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_tracker_begins_only_when_the_pause_of_every_other_one_is_over(int trackers)
    {
        var begins = new List<(DateTimeOffset At, int Tracker)>();
        for (var now = Begun; now < Begun + (3 * trackers * CompactionTimes.Interval); now += Step)
        {
            for (var tracker = 0; tracker < trackers; tracker++)
            {
                if (CompactionTimes.WaitAt(now, Standing(tracker, trackers)) == TimeSpan.Zero)
                    begins.Add((now, tracker));
            }
        }

        Assert.Equal(Enumerable.Range(0, trackers), begins.Select(begin => begin.Tracker).Distinct().Order());
        // The clocks may differ by this much.
        var margin = TimeSpan.FromSeconds(1.5);
        Assert.All(begins.Zip(begins.Skip(1)).Where(pair => pair.First.Tracker != pair.Second.Tracker), pair =>
            Assert.True(pair.Second.At - pair.First.At >= HeapCompaction.LongestPause + margin, $"{pair.First} and {pair.Second}"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_tracker_that_has_waited_may_begin(int tracker)
    {
        var standing = Standing(tracker, 3);
        for (var now = Begun; now < Begun + (3 * CompactionTimes.Interval); now += Step)
        {
            var wait = CompactionTimes.WaitAt(now, standing);

            Assert.InRange(wait, TimeSpan.Zero, 3 * CompactionTimes.Interval);
            Assert.Equal(TimeSpan.Zero, CompactionTimes.WaitAt(now + wait, standing));
        }
    }

    [Fact]
    public void A_tracker_without_others_need_not_wait()
    {
        for (var now = Begun; now < Begun + (2 * CompactionTimes.Interval); now += Step)
        {
            Assert.Equal(TimeSpan.Zero, CompactionTimes.WaitAt(now, ClusterStanding.Single));
            Assert.Equal(TimeSpan.Zero, CompactionTimes.WaitAt(now, ClusterStanding.Outside));
            Assert.Equal(TimeSpan.Zero, CompactionTimes.WaitAt(now, Standing(0, 1)));
        }
    }

    private static ClusterStanding Standing(int self, int trackers) => ClusterStanding.Outside with
    {
        Trackers = [.. Enumerable.Range(0, trackers).Select(tracker => new ClusterMember(tracker == self, "up", true, tracker == 0, true))],
    };
}
