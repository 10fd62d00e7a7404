using TspActors.Peer.Reaching;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks the text that tells users whether others can reach their peer.</summary>
public sealed class ReachTextSpecs
{
    private static readonly TrackerAddress Public = new("84.1.2.3", 7071);

    [Fact]
    public void A_reachable_peer_is_named_with_the_address_that_others_use()
    {
        Assert.Equal("others can reach this peer at 84.1.2.3:7071", ReachText.Describe(new ReachState(7071, true, Public)));
        Assert.Equal(
            "others can reach this peer at [2001:db8::1]:7071",
            ReachText.Describe(new ReachState(7071, true, new TrackerAddress("2001:db8::1", 7071))));
        Assert.Equal("others can reach this peer at port 7071", ReachText.Describe(new ReachState(7071, true)));
        Assert.Equal(
            "others can reach this peer at 84.1.2.3:7071 (the router forwards port 7071)",
            ReachText.Describe(new ReachState(7071, true, Public, "the router forwards port 7071")));
    }

    [Theory]
    [InlineData(false, null, "others cannot connect to port 7071 of this peer")]
    [InlineData(true, null, "others cannot connect to port 7071 of this peer; they are called back")]
    [InlineData(false, "the router refuses", "others cannot connect to port 7071 of this peer (the router refuses)")]
    [InlineData(true, "the router refuses", "others cannot connect to port 7071 of this peer (the router refuses); they are called back")]
    public void An_unreachable_peer_is_described_with_the_remedy(bool isCalledBack, string? mapping, string text) =>
        Assert.Equal(text, ReachText.Describe(new ReachState(7071, false, Public, mapping, isCalledBack)));

    [Fact]
    public void Nothing_is_claimed_before_the_tracker_has_tested_the_port() =>
        Assert.Equal("not known yet whether others can reach this peer", ReachText.Describe(new ReachState(7071, null)));

    [Fact]
    public void A_bad_verdict_is_announced_as_a_warning_with_advice()
    {
        var text = ReachText.Announce(new PortNotice(false, Public));

        Assert.StartsWith("warning: others cannot hear your songs, because the tracker could not connect to 84.1.2.3:7071; ", text, StringComparison.Ordinal);
        Assert.Contains(ReachText.Advice, text, StringComparison.Ordinal);
        Assert.Equal("others can reach this peer at 84.1.2.3:7071", ReachText.Announce(new PortNotice(true, Public)));
    }

    [Fact]
    public void A_bad_verdict_is_not_a_warning_if_others_are_called_back()
    {
        var text = ReachText.Announce(new PortNotice(false, Public, IsCalledBack: true));

        Assert.StartsWith("others cannot connect to 84.1.2.3:7071 of this peer; they are called back", text, StringComparison.Ordinal);
        Assert.Contains("--port", text, StringComparison.Ordinal);
    }
}
