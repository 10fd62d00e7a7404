using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks how long the songs of a peer that has left a tracker stay listed.</summary>
public sealed class FarewellsSpecs
{
    private static readonly Address A = new("akka.tcp", "trackers", "127.0.0.1", 1);
    private static readonly Address B = new("akka.tcp", "trackers", "127.0.0.1", 2);
    private static readonly PeerId Anna = Samples.Peer(1);

    private readonly ManualClock _time = new();
    private readonly Farewells _farewells;

    public FarewellsSpecs() => _farewells = new Farewells(_time);

    [Fact]
    public void A_peer_of_a_single_tracker_cannot_have_moved() => Assert.False(_farewells.Begin(Anna));

    [Fact]
    public void A_peer_has_left_for_good_once_all_other_trackers_have_been_heard_from_long_enough_afterwards()
    {
        Hear(A, B);
        Assert.True(_farewells.Begin(Anna));
        Assert.Empty(Hear(A, B));
        Later();
        Assert.Empty(Hear(A));
        Assert.Empty(Hear(A));
        Assert.Equal([Anna], Hear(B));
        Assert.Empty(Hear(A, B));
    }

    [Fact]
    public void A_tracker_that_is_gone_is_not_waited_for()
    {
        Hear(A, B);
        _farewells.Begin(Anna);
        Later();
        Hear(A);
        Assert.Equal([Anna], _farewells.Gone(B));
        _farewells.Begin(Anna);
        Later();
        Assert.Equal([Anna], Hear(A));
    }

    [Fact]
    public void A_peer_that_is_back_is_not_waited_for()
    {
        Hear(A);
        _farewells.Begin(Anna);
        Later();
        _farewells.Cancel(Anna);
        Assert.Empty(Hear(A));
    }

    private List<PeerId> Hear(params Address[] trackers) => [.. trackers.SelectMany(_farewells.Heard)];

    private void Later() => _time.Advance(TimeSpan.FromSeconds(1));
}
