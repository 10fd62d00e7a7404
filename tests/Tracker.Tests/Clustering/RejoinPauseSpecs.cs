using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class RejoinPauseSpecs
{
    private readonly ManualClock _time = new();

    [Fact]
    public void A_tracker_that_is_removed_once_joins_again_at_once()
    {
        var pause = new RejoinPause(_time);

        Assert.Equal(TimeSpan.Zero, pause.AfterRemoval());
        _time.Advance(RejoinPause.Window + TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, pause.AfterRemoval());
    }

    [Fact]
    public void A_tracker_that_is_removed_again_within_the_window_stays_away_longer_and_longer()
    {
        var pause = new RejoinPause(_time);
        var pauses = new List<TimeSpan>();
        for (var removal = 0; removal < 7; removal++)
        {
            var wait = pause.AfterRemoval();
            pauses.Add(wait);
            _time.Advance(wait + TimeSpan.FromSeconds(20));
        }

        Assert.Equal([0, 1, 2, 4, 8, 8, 8], pauses.Select(wait => wait.TotalMinutes));
    }

    [Fact]
    public void After_a_quiet_time_the_pauses_start_again()
    {
        var pause = new RejoinPause(_time);
        pause.AfterRemoval();
        Assert.Equal(RejoinPause.Shortest, pause.AfterRemoval());
        _time.Advance(RejoinPause.Shortest + RejoinPause.Window + TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, pause.AfterRemoval());
    }
}
