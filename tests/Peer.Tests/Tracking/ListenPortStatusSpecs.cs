using System.Net;
using Google.Protobuf;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks which verdicts about the peer's port are reported, and which of their details are remembered.</summary>
public sealed class ListenPortStatusSpecs
{
    private static readonly PeerId Own = new(new byte[PeerId.Size]);
    private static readonly LinkIdentity Identity = new(Own, "ann", 7071, "", false, [new TrackerAddress("tracker.example", 7070)], null);

    [Fact]
    public void The_first_good_verdict_is_news_only_at_the_first_start()
    {
        Assert.Null(Welcomed(isFirstStart: false).Apply(Grant(true)));
        Assert.True(Welcomed(isFirstStart: true).Apply(Grant(true))?.IsReachable);
        Assert.False(Welcomed(isFirstStart: false).Apply(Grant(false))?.IsReachable);
    }

    [Fact]
    public void The_listed_endpoint_is_remembered_even_if_the_verdict_has_not_changed()
    {
        var status = new ListenPortStatus(Own);
        status.Apply(Grant(true, "203.0.113.9"));
        Assert.Null(status.Apply(Grant(true, "2001:db8::9")));

        Assert.Equal("[2001:db8::9]:7071", $"{status.ListedAt}");
        Assert.True(status.IsReachable);
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("2001:db8::9", "2001:db8::9")]
    [InlineData("", null)]
    [InlineData("somewhere\e[2J", null)]
    public void The_observed_address_is_an_address_or_nothing(string text, string? observed)
    {
        var status = new ListenPortStatus(Own);

        status.ApplyWelcome(new Welcome { ObservedAddress = text }, Identity);

        Assert.Equal(observed is null ? null : IPAddress.Parse(observed), status.ObservedAddress);
    }

    [Fact]
    public void A_report_from_the_tracker_counts_like_a_grant_unless_it_has_no_endpoint()
    {
        var status = Welcomed(isFirstStart: true);

        Assert.Null(status.Apply(new Reach { Reachable = true, Observed = "nowhere" }));
        Assert.Null(status.IsReachable);
        Assert.Equal("[2001:db8::9]:20001", $"{status.Apply(new Reach { Reachable = true, Observed = "[2001:db8::9]:20001" })?.Port}");
        Assert.Null(status.Apply(new Reach { Reachable = true, Observed = "[2001:db8::9]:20001" }));
        Assert.True(status.IsReachable);
    }

    [Theory]
    [InlineData(true, 1, true)]
    [InlineData(true, 0, false)]
    [InlineData(false, 1, false)]
    public void Others_are_called_back_if_both_this_peer_and_the_tracker_can_do_it(bool callsBack, int features, bool expected)
    {
        var status = new ListenPortStatus(Own);

        status.ApplyWelcome(new Welcome { Features = (ulong)features }, Identity with { CallsBack = callsBack });

        Assert.Equal(expected, status.IsCalledBack);
        Assert.Equal(expected, status.Apply(Grant(false))?.IsCalledBack);
    }

    private static ListenPortStatus Welcomed(bool isFirstStart)
    {
        var status = new ListenPortStatus(Own);
        status.ApplyWelcome(new Welcome(), Identity with { IsFirstStart = isFirstStart });
        return status;
    }

    private static PlayGrant Grant(bool isReachable, string address = "203.0.113.9") => new()
    {
        Song = new Song
        {
            Id = 7,
            Hosts =
            {
                new Host { PeerId = ByteString.CopyFrom(Own.ToArray()), Address = address, Port = 7071, Reachable = isReachable },
            },
        },
    };
}
