using Akka.Actor;
using TspActors.Transport.Limits;
using TspActors.Transport.Relays;

namespace TspActors.Transport.Tests.Relays;

/// <summary>Checks how much the two directions of a relayed pair let pass.</summary>
public sealed class RelayFlowSpecs
{
    private static readonly RelayEnd End = new(ActorRefs.Nobody, ActorRefs.Nobody);

    [Fact]
    public void Both_directions_of_a_pair_share_the_rate_that_the_relay_has_reserved()
    {
        var now = TimeSpan.FromHours(1);
        var flows = RelayFlow.Pair(End, End, new TokenBucket(1_000, 3_000, now), new RelayBudget(0, now));
        foreach (var flow in flows)
            flow.Add(new byte[2_000]);

        Assert.Equal(2_000, flows[0].Take(now, out _).Length);
        Assert.True(flows[1].Take(now, out var wait).IsEmpty);

        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        Assert.Equal(2_000, flows[1].Take(now + wait, out _).Length);
    }
}
