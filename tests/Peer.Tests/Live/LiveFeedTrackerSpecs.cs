using TspActors.Peer.Listening;
using TspActors.Peer.Live.Feeds;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks how far the sound is behind the source, as the listener sees it.</summary>
public sealed class LiveFeedTrackerSpecs
{
    [Theory]
    [InlineData(0ul, 0)]
    [InlineData(10_000ul, 10)]
    [InlineData(1ul << 62, 86_400)]
    [InlineData(ulong.MaxValue, 0)]
    public void A_distance_is_never_negative_or_longer_than_a_day(ulong edge, int seconds)
    {
        var hearing = new LiveFeedTracker();

        hearing.Started(new LiveStart { EdgeTimeMs = edge }, TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromSeconds(seconds), hearing.Behind(TimeSpan.Zero, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0.9999)]
    [InlineData(1)]
    [InlineData(1.0001)]
    public void The_distance_does_not_grow_although_the_clocks_of_the_source_and_of_the_listener_differ(double speed)
    {
        const ulong start = 1_790_000_000_000;
        var hearing = new LiveFeedTracker();
        hearing.Started(new LiveStart { EdgeTimeMs = start }, TimeSpan.Zero);

        // A day of chunks that arrive when they are made.
        for (var second = 1; second <= 86_400; second++)
        {
            var chunk = new LiveChunk { Sequence = (ulong)second, TimeMs = start + (ulong)((second - 1) * 1_000), DurationMs = 1_000 };
            hearing.Add(new FeedChunk(chunk, default, FeedTitle.None), TimeSpan.FromSeconds(second / speed));
        }

        Assert.InRange(
            hearing.Behind(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(86_400 / speed)), TimeSpan.FromSeconds(5.9),
            TimeSpan.FromSeconds(6.1));
    }
}
