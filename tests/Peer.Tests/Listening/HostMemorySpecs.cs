using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks which hosts are remembered as silent or as good ones, for how long, and when a fetch asks them.</summary>
public sealed class HostMemorySpecs
{
    private const int First = 0;
    private const int InOrder = 1;
    private const int Last = 2;

    private readonly ManualClock _time = new();
    private readonly HostMemory _memory;

    public HostMemorySpecs() => _memory = new HostMemory(_time);

    [Fact]
    public void A_silent_host_is_asked_last_for_ten_minutes()
    {
        var host = PeerId.NewRandom();
        Assert.Equal(InOrder, _memory.RankOf(host));
        _memory.Silent(host);
        _time.Pass(TimeSpan.FromMinutes(9));
        Assert.Equal(Last, _memory.RankOf(host));
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(InOrder, _memory.RankOf(host));
    }

    [Fact]
    public void A_host_that_has_delivered_no_longer_counts_as_silent()
    {
        var host = PeerId.NewRandom();
        _memory.Silent(host);
        _memory.Delivered(host);
        Assert.NotEqual(Last, _memory.RankOf(host));
    }

    [Fact]
    public void Hosts_that_have_delivered_come_first_for_ten_minutes_once_another_host_was_silent()
    {
        var host = PeerId.NewRandom();
        _memory.Delivered(host);
        Assert.Equal(InOrder, _memory.RankOf(host));
        _memory.Silent(PeerId.NewRandom());
        Assert.Equal(First, _memory.RankOf(host));
        _time.Pass(TimeSpan.FromMinutes(9));
        _memory.Silent(PeerId.NewRandom());
        Assert.Equal(First, _memory.RankOf(host));
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(InOrder, _memory.RankOf(host));
    }

    [Fact]
    public void The_order_of_the_tracker_counts_again_ten_minutes_after_the_last_silent_host()
    {
        var host = PeerId.NewRandom();
        _memory.Silent(PeerId.NewRandom());
        _time.Pass(TimeSpan.FromMinutes(9));
        _memory.Delivered(host);
        Assert.Equal(First, _memory.RankOf(host));
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(InOrder, _memory.RankOf(host));
    }

    [Fact]
    public void A_host_that_delivered_and_then_was_silent_is_asked_last()
    {
        var host = PeerId.NewRandom();
        _memory.Delivered(host);
        _memory.Silent(host);
        Assert.Equal(Last, _memory.RankOf(host));
    }

    [Fact]
    public void Only_the_newest_thousand_hosts_of_each_kind_are_remembered()
    {
        var hosts = Enumerable.Range(0, 3_000).Select(_ => PeerId.NewRandom()).ToList();
        for (var number = 0; number < hosts.Count; number++)
        {
            if (number % 2 == 0)
                _memory.Silent(hosts[number]);
            else
                _memory.Delivered(hosts[number]);
            _time.Pass(TimeSpan.FromMilliseconds(1));
        }

        Assert.All(hosts.Take(1_000), host => Assert.Equal(InOrder, _memory.RankOf(host)));
        Assert.All(hosts.Skip(1_000).Index(), entry => Assert.Equal(entry.Index % 2 == 0 ? Last : First, _memory.RankOf(entry.Item)));
    }

    [Fact]
    public void A_round_asks_the_known_good_host_first_then_those_that_delivered_before_and_silent_hosts_last()
    {
        var hosts = new[] { "silent", "new", "delivered", "good" }.Select(HostOf).ToList();
        _memory.Silent(IdOf(hosts[0]));
        _memory.Delivered(IdOf(hosts[2]));
        var known = KnownHosts.None with { Good = IdOf(hosts[3]) };
        var selection = new HostSelection(3, TimeSpan.FromMinutes(1), known, _time, _memory);

        selection.BeginRound(hosts.Select(host => new HostRoute(host)));

        Assert.Equal(
            ["good", "delivered", "new", "silent"],
            Enumerable.Range(0, hosts.Count).Select(_ => selection.Next()!.Host.Name));
    }

    [Fact]
    public void A_fetch_records_silent_hosts_and_those_that_delivered_for_later_fetches()
    {
        var host = HostOf("a");
        var selection = new HostSelection(3, TimeSpan.FromMinutes(1), KnownHosts.None, _time, _memory);

        selection.Failed(new StreamFailed(host, FailureKind.Cut, "it sent no data for 10 s", null) { HostSentBytes = true });
        Assert.Equal(InOrder, _memory.RankOf(IdOf(host)));
        selection.Failed(new StreamFailed(host, FailureKind.Refused, "busy", null));
        Assert.Equal(InOrder, _memory.RankOf(IdOf(host)));
        selection.Failed(new StreamFailed(host, FailureKind.Cut, "it sent no data for 10 s", null));
        Assert.Equal(Last, _memory.RankOf(IdOf(host)));
        selection.Began(host);
        Assert.Equal(Last, _memory.RankOf(IdOf(host)));
        selection.Progressed();
        Assert.Equal(First, _memory.RankOf(IdOf(host)));
        selection.Lost(new HostRoute(host), isSilent: true);
        Assert.Equal(Last, _memory.RankOf(IdOf(host)));
        Assert.True(selection.HasNext);
    }

    private static Host HostOf(string name) =>
        new() { Name = name, PeerId = Google.Protobuf.ByteString.CopyFrom(PeerId.NewRandom().ToArray()) };

    private static PeerId IdOf(Host host) => new(host.PeerId.Span);
}
