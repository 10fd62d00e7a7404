using Akka.Actor;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class PeerOwnershipSpecs
{
    private static readonly Address A = new("akka.tcp", "trackers", "127.0.0.1", 1);
    private static readonly Address B = new("akka.tcp", "trackers", "127.0.0.1", 2);
    private readonly PeerOwnership _claims = new(TimeProvider.System, null);

    [Fact]
    public void The_later_registration_counts_whichever_is_heard_of_first()
    {
        var other = new PeerOwnership(TimeProvider.System, null);

        Assert.True(_claims.Claim(Samples.Peer(1), A, 10));
        Assert.True(_claims.Claim(Samples.Peer(1), B, 11));
        Assert.True(other.Claim(Samples.Peer(1), B, 11));
        Assert.False(other.Claim(Samples.Peer(1), A, 10));

        Assert.True(_claims.Holds(Samples.Peer(1), B, 11));
        Assert.True(other.Holds(Samples.Peer(1), B, 11));
    }

    [Fact]
    public void Of_two_at_the_same_moment_all_choose_the_same()
    {
        var other = new PeerOwnership(TimeProvider.System, null);
        _claims.Claim(Samples.Peer(1), A, 10);
        _claims.Claim(Samples.Peer(1), B, 10);
        other.Claim(Samples.Peer(1), B, 10);
        other.Claim(Samples.Peer(1), A, 10);

        Assert.Equal(_claims.Holds(Samples.Peer(1), A, 10), other.Holds(Samples.Peer(1), A, 10));
    }

    [Fact]
    public void Of_two_registrations_at_the_same_moment_at_two_trackers_both_choose_the_same()
    {
        var time = new ManualTime();
        var (a, b) = (new PeerOwnership(time, A), new PeerOwnership(time, B));
        var stamp = a.ClaimHere(Samples.Peer(1));
        Assert.Equal(stamp, b.ClaimHere(Samples.Peer(1)));

        Assert.True(a.Claim(Samples.Peer(1), B, stamp));
        Assert.False(b.Claim(Samples.Peer(1), A, stamp));

        Assert.False(a.IsHere(Samples.Peer(1)));
        Assert.True(b.IsHere(Samples.Peer(1)));
    }

    [Fact]
    public void One_that_comes_here_counts_though_the_clock_it_was_registered_by_before_is_ahead()
    {
        var ahead = (ulong)DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();
        _claims.Claim(Samples.Peer(1), A, ahead);

        Assert.Equal(ahead + 1, _claims.ClaimHere(Samples.Peer(1)));
        Assert.True(_claims.IsHere(Samples.Peer(1)));
    }

    [Fact]
    public void The_end_of_a_registration_that_does_not_count_any_more_changes_nothing()
    {
        var stamp = _claims.ClaimHere(Samples.Peer(1));
        Assert.True(_claims.Claim(Samples.Peer(1), A, stamp + 1));

        Assert.False(_claims.ReleaseHere(Samples.Peer(1)));
        Assert.False(_claims.Release(Samples.Peer(1), A, stamp));
        Assert.False(_claims.Claim(Samples.Peer(1), A, stamp + 1));
        Assert.Equal([(Samples.Peer(1), stamp + 1)], _claims.Of(A));
        Assert.True(_claims.Release(Samples.Peer(1), A, stamp + 1));
        Assert.Empty(_claims.Of(A));
    }
}
