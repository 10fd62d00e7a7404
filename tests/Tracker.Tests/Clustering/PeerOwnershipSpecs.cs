using Akka.Actor;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class PeerOwnershipSpecs
{
    private static readonly Address A = new("akka.tcp", "trackers", "127.0.0.1", 1);
    private static readonly Address B = new("akka.tcp", "trackers", "127.0.0.1", 2);
    private readonly PeerOwnership _ownership = new(TimeProvider.System, null);

    [Fact]
    public void The_later_registration_wins_regardless_of_the_order_of_arrival()
    {
        var other = new PeerOwnership(TimeProvider.System, null);

        Assert.True(_ownership.Claim(Samples.Peer(1), A, 10));
        Assert.True(_ownership.Claim(Samples.Peer(1), B, 11));
        Assert.True(other.Claim(Samples.Peer(1), B, 11));
        Assert.False(other.Claim(Samples.Peer(1), A, 10));

        Assert.True(_ownership.Holds(Samples.Peer(1), B, 11));
        Assert.True(other.Holds(Samples.Peer(1), B, 11));
    }

    [Fact]
    public void All_trackers_choose_the_same_winner_of_two_simultaneous_registrations()
    {
        var other = new PeerOwnership(TimeProvider.System, null);
        _ownership.Claim(Samples.Peer(1), A, 10);
        _ownership.Claim(Samples.Peer(1), B, 10);
        other.Claim(Samples.Peer(1), B, 10);
        other.Claim(Samples.Peer(1), A, 10);

        Assert.Equal(_ownership.Holds(Samples.Peer(1), A, 10), other.Holds(Samples.Peer(1), A, 10));
    }

    [Fact]
    public void Two_trackers_agree_on_which_of_their_simultaneous_registrations_wins()
    {
        var time = new ManualClock();
        var (a, b) = (new PeerOwnership(time, A), new PeerOwnership(time, B));
        var stamp = a.ClaimHere(Samples.Peer(1));
        Assert.Equal(stamp, b.ClaimHere(Samples.Peer(1)));

        Assert.True(a.Claim(Samples.Peer(1), B, stamp));
        Assert.False(b.Claim(Samples.Peer(1), A, stamp));

        Assert.False(a.IsHere(Samples.Peer(1)));
        Assert.True(b.IsHere(Samples.Peer(1)));
    }

    [Fact]
    public void A_local_registration_wins_even_if_the_previous_trackers_clock_was_ahead()
    {
        var ahead = (ulong)DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();
        _ownership.Claim(Samples.Peer(1), A, ahead);

        Assert.Equal(ahead + 1, _ownership.ClaimHere(Samples.Peer(1)));
        Assert.True(_ownership.IsHere(Samples.Peer(1)));
    }

    [Fact]
    public void The_end_of_an_outdated_registration_changes_nothing()
    {
        var stamp = _ownership.ClaimHere(Samples.Peer(1));
        Assert.True(_ownership.Claim(Samples.Peer(1), A, stamp + 1));

        Assert.False(_ownership.ReleaseHere(Samples.Peer(1)));
        Assert.False(_ownership.Release(Samples.Peer(1), A, stamp));
        Assert.False(_ownership.Claim(Samples.Peer(1), A, stamp + 1));
        Assert.Equal([(Samples.Peer(1), stamp + 1)], _ownership.RegistrationsAt(A));
        Assert.True(_ownership.Release(Samples.Peer(1), A, stamp + 1));
        Assert.Empty(_ownership.RegistrationsAt(A));
    }
}
