using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks which hosts are remembered as silent, for how long, and when a fetch asks them.</summary>
public sealed class HostMemorySpecs
{
    private readonly ManualClock _time = new();
    private readonly HostMemory _memory;

    public HostMemorySpecs() => _memory = new HostMemory(_time);

    [Fact]
    public void A_silent_host_is_remembered_for_ten_minutes()
    {
        var host = PeerId.NewRandom();
        Assert.False(_memory.IsSilent(host));
        _memory.Silent(host);
        _time.Pass(TimeSpan.FromMinutes(9));
        Assert.True(_memory.IsSilent(host));
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.False(_memory.IsSilent(host));
    }

    [Fact]
    public void A_host_that_has_begun_to_send_a_song_no_longer_counts_as_silent()
    {
        var host = PeerId.NewRandom();
        _memory.Silent(host);
        _memory.Sent(host);
        Assert.False(_memory.IsSilent(host));
    }

    [Fact]
    public void Only_the_newest_thousand_silent_hosts_are_remembered()
    {
        var hosts = Enumerable.Range(0, 1_500).Select(_ => PeerId.NewRandom()).ToList();
        foreach (var host in hosts)
        {
            _memory.Silent(host);
            _time.Pass(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(hosts.Skip(500), hosts.Where(_memory.IsSilent));
    }

    [Fact]
    public void A_round_asks_the_known_good_host_first_and_silent_hosts_last()
    {
        var hosts = new[] { "silent", "new", "good" }.Select(
            name => new Host { Name = name, PeerId = Google.Protobuf.ByteString.CopyFrom(PeerId.NewRandom().ToArray()) }).ToList();
        _memory.Silent(new PeerId(hosts[0].PeerId.Span));
        var known = KnownHosts.None with { Good = new PeerId(hosts[2].PeerId.Span) };
        var selection = new HostSelection(3, TimeSpan.FromMinutes(1), known, _time, _memory);

        selection.BeginRound(hosts.Select(host => new HostRoute(host)));

        Assert.Equal(["good", "new", "silent"], new[] { selection.Next(), selection.Next(), selection.Next() }.Select(route => route!.Host.Name));
    }

    [Fact]
    public void A_fetch_records_silent_hosts_for_later_fetches()
    {
        var host = new Host { Name = "a", PeerId = Google.Protobuf.ByteString.CopyFrom(PeerId.NewRandom().ToArray()) };
        var id = new PeerId(host.PeerId.Span);
        var selection = new HostSelection(3, TimeSpan.FromMinutes(1), KnownHosts.None, _time, _memory);

        selection.Failed(new StreamFailed(host, FailureKind.Cut, "it sent no data for 10 s", null) { HostSentBytes = true });
        Assert.False(_memory.IsSilent(id));
        selection.Failed(new StreamFailed(host, FailureKind.Refused, "busy", null));
        Assert.False(_memory.IsSilent(id));
        selection.Failed(new StreamFailed(host, FailureKind.Cut, "it sent no data for 10 s", null));
        Assert.True(_memory.IsSilent(id));
        selection.Began(host);
        Assert.False(_memory.IsSilent(id));
        selection.Lost(new HostRoute(host), isSilent: true);
        Assert.True(_memory.IsSilent(id));
        Assert.True(selection.HasNext);
    }
}
