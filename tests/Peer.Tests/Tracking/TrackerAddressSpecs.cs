using TspActors.Peer.Tracking;

namespace TspActors.Peer.Tests.Tracking;

public sealed class TrackerAddressSpecs
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("host", "host:7070", TrackerSecurityKind.Automatic)]
    [InlineData("host:1", "host:1", TrackerSecurityKind.Automatic)]
    [InlineData("[::1]:1", "[::1]:1", TrackerSecurityKind.Automatic)]
    [InlineData("[fe80::1%eth0.1]:1", "[fe80::1%eth0.1]:1", TrackerSecurityKind.Automatic)]
    [InlineData("[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]:7070", TrackerSecurityKind.Automatic)]
    [InlineData("tsp://[2001:db8::5]", "[2001:db8::5]:7070", TrackerSecurityKind.Plain)]
    [InlineData("tsps://[2001:db8::5]:1", "[2001:db8::5]:1", TrackerSecurityKind.Authority)]
    [InlineData("tsp://host", "host:7070", TrackerSecurityKind.Plain)]
    [InlineData("tsps://host:1", "host:1", TrackerSecurityKind.Authority)]
    [InlineData("TSPS://host:1", "host:1", TrackerSecurityKind.Authority)]
    [InlineData($"tsps://host:1#{Id}", "host:1", TrackerSecurityKind.Pinned)]
    [InlineData($"tsps://[::1]#{Id}", "[::1]:7070", TrackerSecurityKind.Pinned)]
    public void Every_form_is_read(string text, string place, TrackerSecurityKind kind)
    {
        Assert.True(TrackerAddress.TryParse(text, 7070, out var address));
        Assert.Equal((place, kind), ($"{address}", address.Security.Kind));
        Assert.Equal(kind == TrackerSecurityKind.Pinned ? Id : null, address.Security.Pin?.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("tsps://")]
    [InlineData("http://host")]
    [InlineData("tsps://host:1#")]
    [InlineData("tsps://host:1#0123")]
    [InlineData($"tsps://host:1#{Id}0")]
    [InlineData($"tsp://host:1#{Id}")]
    [InlineData($"host:1#{Id}")]
    [InlineData("tsps://host:1/path")]
    [InlineData("host:0")]
    [InlineData("2001:db8::5")]
    [InlineData("tsps://2001:db8::5:1")]
    [InlineData("[192.0.2.1]:7070")]
    [InlineData("[::ffff:203.0.113.5%\nvictim.example:7070 key\n]:7070")]
    [InlineData("[fe80::1%a b]:7070")]
    public void Anything_else_is_refused(string text) => Assert.False(TrackerAddress.TryParse(text, 7070, out _));

    [Fact]
    public void Addresses_are_equal_however_the_tracker_proves_who_it_is()
    {
        Assert.True(TrackerAddress.TryParse("host:1", null, out var automatic));
        Assert.True(TrackerAddress.TryParse($"tsps://host:1#{Id}", null, out var pinned));
        Assert.Equal(automatic, pinned);
        Assert.Equal(automatic.GetHashCode(), pinned.GetHashCode());
    }
}
