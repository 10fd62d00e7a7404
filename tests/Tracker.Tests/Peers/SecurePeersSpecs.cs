using TspActors.Protocol;
using TspActors.Tracker.Peers;

namespace TspActors.Tracker.Tests.Peers;

public sealed class SecurePeersSpecs
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_peer_is_remembered_for_a_day_after_it_last_left()
    {
        var peers = new SecurePeers(_clock);
        peers.Add(Samples.Peer(1));
        _clock.Advance(TimeSpan.FromHours(20));
        peers.Add(Samples.Peer(1));
        _clock.Advance(TimeSpan.FromHours(23));
        Assert.True(peers.Contains(Samples.Peer(1)));
        Assert.False(peers.Contains(Samples.Peer(2)));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.False(peers.Contains(Samples.Peer(1)));
    }

    [Fact]
    public void A_peer_that_leaves_repeatedly_does_not_displace_any_other()
    {
        var peers = new SecurePeers(_clock);
        peers.Add(Samples.Peer(1));
        for (var i = 0; i < SecurePeers.Most; i++)
            peers.Add(Samples.Peer(2));
        Assert.True(peers.Contains(Samples.Peer(1)));
    }

    [Fact]
    public void Those_that_left_first_are_forgotten_when_too_many_have_left()
    {
        var peers = new SecurePeers(_clock);
        var first = PeerId.NewRandom();
        peers.Add(first);
        for (var i = 0; i < SecurePeers.Most - 1; i++)
            peers.Add(PeerId.NewRandom());
        Assert.True(peers.Contains(first));
        var last = PeerId.NewRandom();
        peers.Add(last);
        Assert.False(peers.Contains(first));
        Assert.True(peers.Contains(last));
    }
}
