using TspActors.Gateway.Library;

namespace TspActors.Gateway.Tests.Library;

public sealed class PeerTableSpecs : LibrarySpec
{
    private readonly PeerTable _table = new();

    [Fact]
    public void Peers_that_come_and_go_do_not_take_up_room()
    {
        _table.AddSong();
        _table.AddSong();
        for (var number = 1; number <= 2_000; number++)
            _table.SetHosts(number % 2, [HostOf(number), HostOf(number + 1)]);

        Assert.Equal(3, _table.All.Count());
        Assert.InRange(_table.Room.Peers, 3, 5);
        Assert.InRange(_table.Room.Sets, 3, 5);
        _table.Clear(0);
        _table.Clear(1);
        Assert.Empty(_table.All);
    }

    [Fact]
    public void Songs_with_the_same_peers_in_any_order_share_a_set()
    {
        for (var song = 0; song < 100; song++)
        {
            _table.AddSong();
            _table.SetHosts(song, song % 2 == 0 ? [HostOf(1), HostOf(2)] : [HostOf(2), HostOf(1), HostOf(2)]);
        }

        Assert.Equal((2, 2), _table.Room);
        Assert.All(_table.All, peer => Assert.Equal(100, peer.SongCount));
    }

    [Fact]
    public void A_tracker_that_keeps_making_up_peers_fills_only_a_bounded_table()
    {
        for (var song = 0; song <= PeerTable.MaxPeers / 8; song++)
        {
            _table.AddSong();
            _table.SetHosts(song, [.. Enumerable.Range(song * 8, 8).Select(number => HostOf(number + 1))]);
        }

        Assert.Equal(PeerTable.MaxPeers, _table.Room.Peers);
        Assert.Equal(PeerTable.MaxPeers, _table.All.Count());
    }
}
