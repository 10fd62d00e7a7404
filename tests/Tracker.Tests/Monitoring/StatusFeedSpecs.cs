using TspActors.Tracker.Monitoring;

namespace TspActors.Tracker.Tests.Monitoring;

/// <summary>Checks how often the values of the status page are collected.</summary>
public sealed class StatusFeedSpecs
{
    private readonly ManualClock _clock = new();
    private int _collected;

    [Fact]
    public void A_report_is_collected_only_when_somebody_asks_and_at_most_twice_a_second()
    {
        var feed = new StatusFeed(Collect, _clock);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _collected);

        var first = feed.Read();
        _clock.Advance(StatusFeed.MaxAge - TimeSpan.FromMilliseconds(1));
        Assert.True(first.Equals(feed.Read()));
        Assert.Equal(1, _collected);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(first.Equals(feed.Read()));
        Assert.Equal(2, _collected);
    }

    [Fact]
    public async Task Many_askers_at_once_share_one_report()
    {
        var feed = new StatusFeed(Collect, _clock);
        var reports = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(feed.Read)));
        Assert.Single(reports.Distinct());
        Assert.Equal(1, _collected);
    }

    private StatusReport Collect()
    {
        _collected++;
        return StatusReport.Collect(new TrackerTelemetry());
    }
}
