using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class HostReachabilitySpecs
{
    private readonly SongRegistry _registry = Samples.Registry(100);
    private readonly CatalogHost _host = Samples.Host(1);

    public HostReachabilitySpecs()
    {
        _registry.Join(_host);
        _registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(3)));
    }

    [Fact]
    public void A_change_in_reachability_shows_in_every_song_of_an_already_published_snapshot()
    {
        var snapshot = _registry.Publish();
        Assert.All(snapshot.After(0), song => Assert.False(song.Message().Hosts.Single().Reachable));
        Assert.True(_registry.SetReach(_host, PortReach.Reachable));
        Assert.All(snapshot.After(0), song => Assert.True(song.Message().Hosts.Single().Reachable));
        _registry.SetReach(Samples.Peer(1), PortReach.Unreachable);
        Assert.All(snapshot.After(0), song => Assert.False(song.Message().Hosts.Single().Reachable));
    }

    [Fact]
    public void A_host_may_already_be_marked_as_reachable_when_it_registers()
    {
        var host = new CatalogHost(Samples.Peer(2), "two", "10.0.0.2", 7071, reach: PortReach.Reachable);
        var bytes = new byte[host.EncodedLength];
        Assert.Equal(bytes.Length, host.WriteTo(bytes));
        Assert.True(Host.Parser.ParseFrom(bytes).Reachable);
    }

    [Fact]
    public void A_late_probe_result_does_not_change_a_newer_registration()
    {
        var again = Samples.Host(1);
        _registry.Join(again);
        Assert.False(_registry.SetReach(_host, PortReach.Reachable));
        Assert.Equal(PortReach.Unknown, again.Reachability.Current);
        _registry.Leave(Samples.Peer(1));
        Assert.False(_registry.SetReach(again, PortReach.Reachable));
    }
}
