using System.Net;
using Google.Protobuf;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks the order in which the ways to the hosts of a grant are tried, and the conclusions from those that fail.</summary>
public sealed class HostRoutesSpecs
{
    private readonly Host _ann = Named("ann");
    private readonly Host _ben = Named("ben");

    [Fact]
    public void Without_other_ways_the_hosts_are_tried_in_the_trackers_order() =>
        Assert.Equal(["ann direct", "ben direct"], Order([], canBeCalled: true));

    [Fact]
    public void Local_endpoints_come_first_then_open_hosts_then_called_ones_and_hopeless_attempts_last()
    {
        _ben.Reachable = true;

        Assert.Equal(
            ["ben on the local network", "ben direct", "ann by callback", "ann direct", "ben by callback"],
            Order([Reach(_ann, isCallable: true), Reach(_ben, isCallable: true, "192.168.1.5:7071")], canBeCalled: true));
    }

    [Fact]
    public void A_peer_that_cannot_be_called_calls_nobody() => Assert.Equal(
        ["ann direct", "ben direct"], Order([Reach(_ann, isCallable: true), Reach(_ben, isCallable: true)], canBeCalled: false));

    [Fact]
    public void An_endpoint_that_is_not_private_is_ignored() => Assert.Equal(
        ["ann direct", "ben direct"],
        Order([Reach(_ann, isCallable: false, "127.0.0.1:22", "8.8.8.8:53", "attic:80"), Reach(_ben, false)], canBeCalled: true));

    [Fact]
    public void Ways_to_a_peer_that_is_not_among_the_hosts_are_ignored() => Assert.Equal(
        ["ann direct", "ben direct"], Order([Reach(Named("cid"), isCallable: true, "192.168.1.5:7071")], canBeCalled: true));

    [Fact]
    public void A_host_that_has_refused_is_not_asked_in_another_way_in_the_same_round()
    {
        var selection = Selection(Routes(_ann));
        var first = selection.Next()!;

        selection.Failed(new StreamFailed(_ann, FailureKind.Refused, "full", new Error { Code = ErrorCode.Busy }) { Way = first.Way });

        Assert.Null(selection.Next());
    }

    [Fact]
    public void A_host_that_was_not_reached_in_one_way_is_tried_in_the_next()
    {
        var selection = Selection(Routes(_ann));
        var first = selection.Next()!;

        selection.Failed(new StreamFailed(_ann, FailureKind.Unreachable, "refused", null) { Way = first.Way });

        Assert.IsType<HostWay.CalledBack>(selection.Next()?.Way);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wrong_bytes_from_a_local_endpoint_blame_the_host_only_if_it_has_shown_its_key(bool isSecure)
    {
        _ann.Secure = isSecure;
        var local = new HostRoute(_ann, new HostWay.Local(new IPEndPoint(IPAddress.Parse("192.168.1.5"), 7071)));
        var selection = Selection(local, new HostRoute(_ann));
        selection.Next();

        selection.Failed(new StreamFailed(_ann, FailureKind.Corrupt, "wrong", null) { Way = local.Way });

        Assert.Equal(isSecure, selection.Known.Corrupt.Contains(local.Peer));
        Assert.Equal(isSecure ? null : HostWay.Direct.Instance, selection.Next()?.Way);
    }

    private static HostRoute[] Routes(Host host) => [new(host), new(host, HostWay.CalledBack.Instance)];

    private static HostSelection Selection(params HostRoute[] routes)
    {
        var selection = new HostSelection(3, TimeSpan.FromMinutes(1), KnownHosts.None);
        selection.BeginRound(routes);
        return selection;
    }

    private IEnumerable<string> Order(HostReach[] reach, bool canBeCalled) =>
        HostRoutes.Of(new Song { Hosts = { _ann, _ben } }, reach, canBeCalled).Select(route => $"{route.Host.Name} {route.Way.Text}");

    [Fact]
    public void If_nothing_but_an_unreachable_address_is_left_the_explanation_names_both_ends()
    {
        var closed = new Host { Name = "ben", PeerId = Google.Protobuf.ByteString.CopyFrom(PeerId.NewRandom().ToArray()) };
        var open = new Host(closed) { Name = "ann", Reachable = true };

        Assert.StartsWith(
            "neither ben nor this peer can be reached", HostRoutes.Explain([new HostRoute(closed)]), StringComparison.Ordinal);
        Assert.Null(HostRoutes.Explain([new HostRoute(closed), new HostRoute(open)]));
        Assert.Null(HostRoutes.Explain([new HostRoute(closed), new HostRoute(closed, HostWay.CalledBack.Instance)]));
        Assert.Null(HostRoutes.Explain([]));
    }

    private static HostReach Reach(Host host, bool isCallable, params string[] endpoints) =>
        new() { PeerId = host.PeerId, Callable = isCallable, Endpoints = { endpoints } };

    private static Host Named(string name) => new()
    {
        Name = name,
        PeerId = ByteString.CopyFrom(PeerId.NewRandom().ToArray()),
        Address = "203.0.113.9",
        Port = 7071,
    };
}
