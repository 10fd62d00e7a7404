using TspActors.Shared;

namespace TspActors.Playback.Tests;

public class ManualClockSpecs
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_timer_that_is_set_again_while_it_fires_is_not_lost()
    {
        for (var round = 0; round < 100_000; round++)
        {
            var clock = new ManualClock();
            using var timer = clock.CreateTimer(_ => { }, null, Millisecond, Timeout.InfiniteTimeSpan);
            using var start = new Barrier(2);
            var passing = Task.Run(() =>
            {
                start.SignalAndWait();
                clock.Jump(Millisecond);
            });
            start.SignalAndWait();
            Thread.SpinWait(round % 50);
            timer.Change(2 * Millisecond, Timeout.InfiniteTimeSpan);
            await passing;

            // The new setting is due in the future, whichever came first.
            Assert.True(clock.TimerWaits().IsCompleted, $"The timer was lost in round {round}.");
        }
    }
}
