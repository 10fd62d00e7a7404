using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks how long a tracker that joins its cluster waits for the other trackers' songs.</summary>
public sealed class ProgressWaitSpecs
{
    // No working code takes this long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new();
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(0, 30)]
    [InlineData(29, 60)]
    [InlineData(100, 150)]
    [InlineData(3_000, 3_030)]
    public async Task The_wait_lasts_until_nothing_has_arrived_for_a_whole_timeout(int arrivesUntil, int waits)
    {
        // Something arrives in each second until then.
        var wait = new ProgressWait(() => Math.Min((int)_clock.Elapsed.TotalSeconds, arrivesUntil), Timeout, _clock);

        await _clock.RunUntil(wait.UntilAsync(_complete.Task, CancellationToken.None));

        Assert.Equal(TimeSpan.FromSeconds(waits), _clock.Elapsed);
    }

    [Fact]
    public async Task The_wait_ends_as_soon_as_everything_has_arrived()
    {
        var waiting = new ProgressWait(() => 0, Timeout, _clock).UntilAsync(_complete.Task, CancellationToken.None);
        await _clock.TimerWaits();
        Assert.False(waiting.IsCompleted);

        _complete.SetResult();

        await waiting.WaitAsync(Patience);
        Assert.Equal(TimeSpan.Zero, _clock.Elapsed);
    }

    [Fact]
    public async Task A_tracker_that_is_stopped_stops_waiting()
    {
        using var ending = new CancellationTokenSource();
        var waiting = new ProgressWait(() => 0, Timeout, _clock).UntilAsync(_complete.Task, ending.Token);
        await _clock.TimerWaits();

        await ending.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting).WaitAsync(Patience);
    }
}
