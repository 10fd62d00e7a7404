using TspActors.Peer.Listening;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks when a host of a live feed counts as too slow. Each period is 15 s, and each chunk 0.5 s.</summary>
public sealed class LivePaceSpecs
{
    private readonly LivePace _pace = new(TimeSpan.FromSeconds(15));

    [Theory]
    [InlineData(0.95)]
    [InlineData(0.8)]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void A_host_that_sends_less_sound_than_is_played_is_too_slow_after_two_periods(double speed)
    {
        var heard = 0;
        while (!Hear(0.5 / speed))
            heard++;
        // Includes the chunk that begins before the end of a period.
        Assert.InRange((heard + 1) * 0.5 / speed, 30, 30 + 2 * 0.5 / speed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.98)]
    public void A_host_whose_clock_is_a_little_slow_is_never_too_slow(double speed)
    {
        for (var chunk = 0; chunk < 10_000; chunk++)
            Assert.False(Hear(0.5 / speed));
    }

    [Fact]
    public void A_disturbance_after_which_the_sound_catches_up_does_not_count()
    {
        for (var round = 0; round < 100; round++)
        {
            // Eight seconds without sound, which then arrives at once.
            Assert.False(Hear(8));
            for (var chunk = 0; chunk < 15; chunk++)
                Assert.False(Hear(0));
            for (var chunk = 0; chunk < 120; chunk++)
                Assert.False(Hear(0.5));
        }
    }

    [Fact]
    public void The_time_during_which_the_listener_pauses_does_not_count()
    {
        for (var chunk = 0; chunk < 1_000; chunk++)
            Assert.False(Hear(0.01));
    }

    private bool Hear(double waited) => _pace.IsTooSlow(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(waited));
}
