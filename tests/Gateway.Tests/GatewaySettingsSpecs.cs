namespace TspActors.Gateway.Tests;

public sealed class GatewaySettingsSpecs
{
    [Fact]
    public void The_gateway_is_off_and_on_loopback_by_default()
    {
        var settings = new GatewaySettings();

        Assert.False(settings.Enabled);
        Assert.Equal("127.0.0.1:7073", settings.Endpoint.ToString());
        Assert.True(settings.RequiresKeys);
    }
}
