using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Hosting;

namespace TspActors.Peer.Tests;

/// <summary>When the next bytes of a stream may go.</summary>
public sealed class PacerSpecs
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(10);

    [Fact]
    public void the_burst_goes_at_once_and_the_byte_after_it_waits()
    {
        var pacer = new Pacer(16_000, Burst);

        Assert.Equal(TimeSpan.Zero, pacer.Delay(0, TimeSpan.Zero));
        Assert.Equal(TimeSpan.Zero, pacer.Delay(160_000, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromSeconds(1), pacer.Delay(176_000, TimeSpan.Zero));
    }

    [Fact]
    public void after_a_stall_everything_that_is_due_goes_at_once()
    {
        var pacer = new Pacer(16_000, Burst);

        Assert.Equal(TimeSpan.Zero, pacer.Delay(16_000 * 69, TimeSpan.FromSeconds(60)));
        Assert.Equal(TimeSpan.FromSeconds(1), pacer.Delay(16_000 * 71, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void a_song_is_paced_by_its_own_average()
    {
        var pacer = Pacer.RealTime(payloadBytes: 4_000_000, TimeSpan.FromSeconds(250), Burst);

        Assert.Equal(TimeSpan.FromSeconds(2), pacer.Delay(12 * 16_000, TimeSpan.Zero));
    }

    [Fact]
    public void a_song_of_unknown_duration_goes_as_fast_as_it_can()
    {
        var pacer = Pacer.RealTime(4_000_000, TimeSpan.Zero, Burst);

        Assert.Equal(TimeSpan.Zero, pacer.Delay(long.MaxValue, TimeSpan.Zero));
        Assert.Equal(65_536, pacer.ChunkBytes(65_536));
    }

    [Fact]
    public void a_chunk_is_a_fifth_of_the_burst_and_never_more_than_allowed()
    {
        Assert.Equal(32_000, new Pacer(16_000, Burst).ChunkBytes(65_536));
        Assert.Equal(32_000, new Pacer(16_000, Burst * 10).ChunkBytes(65_536));
        Assert.Equal(16_000, new Pacer(16_000, Burst / 2).ChunkBytes(65_536));
        Assert.Equal(4_000, new Pacer(16_000, TimeSpan.Zero).ChunkBytes(65_536));
        Assert.Equal(65_536, new Pacer(200_000, Burst).ChunkBytes(65_536));
        Assert.Equal(1024, new Pacer(3, Burst).ChunkBytes(65_536));
        Assert.Equal(512, new Pacer(3, Burst).ChunkBytes(512));
    }

    [Property]
    public bool whoever_waits_as_told_is_never_early_and_never_told_to_wait_again(PositiveInt rate, NonNegativeInt sent, NonNegativeInt elapsedMs)
    {
        var pacer = new Pacer(rate.Get, Burst);
        var elapsed = TimeSpan.FromMilliseconds(elapsedMs.Get);
        var delay = pacer.Delay(sent.Get, elapsed);
        var allowed = (elapsed + delay + Burst).TotalSeconds * rate.Get;

        return delay >= TimeSpan.Zero
            && allowed >= sent.Get - rate.Get * 1e-6
            && pacer.Delay(sent.Get, elapsed + delay) == TimeSpan.Zero;
    }
}
