using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Streams;

namespace TspActors.Peer.Tests.Hosting.Streams;

/// <summary>Checks when the next chunk of a stream may be sent.</summary>
public sealed class PacerSpecs
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(10);

    [Fact]
    public void The_burst_is_sent_immediately_and_the_rest_waits()
    {
        var pacer = new Pacer(Burst);

        pacer.Sent(TimeSpan.FromSeconds(4), TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, pacer.Delay(TimeSpan.Zero));
        pacer.Sent(TimeSpan.FromSeconds(6), TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, pacer.Delay(TimeSpan.Zero));
        pacer.Sent(TimeSpan.FromSeconds(1), TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromSeconds(1), pacer.Delay(TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromSeconds(0.25), pacer.Delay(TimeSpan.FromSeconds(0.75)));
    }

    [Fact]
    public void After_a_stall_exactly_the_due_audio_is_sent_immediately()
    {
        var pacer = new Pacer(Burst);
        pacer.Sent(Burst, TimeSpan.Zero);

        var parts = 0;
        for (; pacer.Delay(TimeSpan.FromSeconds(60)) == TimeSpan.Zero; parts++)
            pacer.Sent(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(60));

        Assert.Equal(21, parts);
        Assert.Equal(TimeSpan.FromSeconds(3), pacer.Delay(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void The_pause_after_a_chunk_with_long_audio_is_limited()
    {
        var pacer = new Pacer(Burst, Pacer.LongestGap);
        pacer.Sent(TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(5));

        Assert.Equal(Pacer.LongestGap, pacer.Delay(TimeSpan.FromSeconds(5)));
        Assert.Equal(TimeSpan.Zero, pacer.Delay(TimeSpan.FromSeconds(8)));
    }

    [Fact]
    public void Without_pacing_there_is_no_delay()
    {
        var pacer = new Pacer(null);
        pacer.Sent(TimeSpan.FromDays(100), TimeSpan.Zero);

        Assert.Equal(TimeSpan.Zero, pacer.Delay(TimeSpan.Zero));
        Assert.False(pacer.IsBehind(TimeSpan.FromDays(200)));
    }

    [Fact]
    public void A_listener_with_less_than_half_of_the_burst_left_is_behind_except_at_the_start_of_the_stream()
    {
        var pacer = new Pacer(Burst);
        pacer.Sent(TimeSpan.FromSeconds(1), TimeSpan.Zero);
        Assert.False(pacer.IsBehind(TimeSpan.FromSeconds(9)));
        Assert.True(pacer.IsBehind(TimeSpan.FromSeconds(11)));
        pacer.Sent(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(11));
        Assert.False(pacer.IsBehind(TimeSpan.FromSeconds(11)));
        Assert.True(pacer.IsBehind(TimeSpan.FromSeconds(11.1)));
    }

    /// <summary>Holds for any mix of loud and quiet passages, and however late the host sends.</summary>
    [Property]
    public bool The_pacer_keeps_a_listener_ahead_by_the_burst_and_by_at_most_one_chunk_more(int seed, PositiveInt burstMs)
    {
        var random = new System.Random(seed);
        var (burst, pacer) = (TimeSpan.FromMilliseconds(burstMs.Get), new Pacer(TimeSpan.FromMilliseconds(burstMs.Get), Pacer.LongestGap));
        var (now, sent) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var part = 0; part < 500; part++)
        {
            var delay = pacer.Delay(now);
            // Until the delay is over, the listener stays ahead by the burst, and the host is not silent for long.
            if (delay > TimeSpan.Zero && sent < now + delay + burst)
                return false;
            if (delay > Pacer.LongestGap)
                return false;
            now += delay;
            if (pacer.Delay(now) != TimeSpan.Zero)
                return false;
            if (delay > TimeSpan.Zero && random.Next(10) == 0)
                now += TimeSpan.FromMilliseconds(random.Next(20_000));
            // No chunk here is longer than LongestGap. After a longer chunk, the next one would be sent early, and the lead could grow.
            var audio = TimeSpan.FromMilliseconds(random.Next(100, 3_000));
            if (sent > now + burst)
                return false;
            sent += audio;
            pacer.Sent(audio, now);
        }

        return true;
    }
}
