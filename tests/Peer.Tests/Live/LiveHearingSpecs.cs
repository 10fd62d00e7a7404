using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks how far the sound is behind the source, as the listener sees it.</summary>
public sealed class LiveHearingSpecs
{
    [Theory]
    [InlineData(0ul, 0)]
    [InlineData(10_000ul, 10)]
    [InlineData(1ul << 62, 86_400)]
    [InlineData(ulong.MaxValue, 0)]
    public void A_distance_is_never_negative_or_longer_than_a_day(ulong edge, int seconds)
    {
        var hearing = new LiveHearing();

        hearing.Started(new LiveStart { EdgeTimeMs = edge }, TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromSeconds(seconds), hearing.Behind(TimeSpan.Zero, TimeSpan.Zero));
    }
}
