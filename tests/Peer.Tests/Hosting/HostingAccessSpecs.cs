using TspActors.Peer.Hosting;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks to which requesters a host streams.</summary>
public sealed class HostingAccessSpecs
{
    private static readonly NamedKey Anna = Named("anna=01010101010101010101010101010101");
    private static readonly NamedKey Bob = Named("02020202020202020202020202020202");

    [Fact]
    public void Without_lists_everyone_may_receive_streams()
    {
        Assert.True(HostingAccess.Everyone.Permits(null, out var reason));
        Assert.True(HostingAccess.Everyone.Permits(Anna.Key, out _));
        Assert.Equal("", reason);
    }

    [Fact]
    public void A_list_of_allowed_keys_admits_only_these_keys()
    {
        var access = new HostingAccess([Anna], []);

        Assert.True(access.Permits(Anna.Key, out _));
        Assert.False(access.Permits(Bob.Key, out var reason));
        Assert.Contains(Bob.Key.ToString(), reason, StringComparison.Ordinal);
        Assert.Contains("chosen listeners only", reason, StringComparison.Ordinal);
        Assert.False(access.Permits(null, out reason));
        Assert.Contains("connect over TLS", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_denied_key_is_refused_even_if_it_is_allowed()
    {
        var access = new HostingAccess([Anna, Bob], [Bob]);

        Assert.True(access.Permits(Anna.Key, out _));
        Assert.False(access.Permits(Bob.Key, out var reason));
        Assert.Contains("excluded your key", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_denied_keys_alone_admits_everyone_else()
    {
        var access = new HostingAccess([], [Bob]);

        Assert.True(access.Permits(Anna.Key, out _));
        Assert.True(access.Permits(null, out _));
        Assert.False(access.Permits(Bob.Key, out _));
    }

    private static NamedKey Named(string text)
    {
        Assert.True(NamedKey.TryParse(text, out var named));
        return named!;
    }
}
