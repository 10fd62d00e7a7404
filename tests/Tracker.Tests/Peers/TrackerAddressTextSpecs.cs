using TspActors.Protocol;
using TspActors.Tracker.Peers;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>Checks the forms in which a tracker names another one.</summary>
public sealed class TrackerAddressTextSpecs
{
    private static readonly KeyId Key = new(new byte[KeyId.Size]);

    [Theory]
    [InlineData("tracker.example:7070")]
    [InlineData("192.0.2.1:7070")]
    [InlineData("[2001:db8::5]:7070")]
    [InlineData("[fe80::1%eth0]:7070")]
    public void A_place_with_a_key_becomes_the_address_alone_for_peers_without_TLS(string endpoint)
    {
        var place = TrackerAddressText.Of(endpoint, Key);

        Assert.Equal($"tsps://{endpoint}#{Key}", place);
        Assert.Equal(place, TrackerAddressText.For(place, isSecure: true));
        Assert.Equal(endpoint, TrackerAddressText.For(place, isSecure: false));
        Assert.Equal(endpoint, TrackerAddressText.For(TrackerAddressText.Of(endpoint, null), isSecure: true));
    }
}
