
namespace TspActors.Monitoring.Tests;

public sealed class HostAllowListSpecs
{
    private readonly HostAllowList _hosts = new(["Tracker.example", "metrics."]);

    [Theory]
    [InlineData("", true)]
    [InlineData("localhost", true)]
    [InlineData("tracker.EXAMPLE.", true)]
    [InlineData("metrics", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("::1", true)]
    [InlineData("stranger.example", false)]
    [InlineData("localhost.stranger.example", false)]
    [InlineData("127.0.0.1.stranger.example", false)]
    public void A_host_is_allowed_if_it_is_listed_or_empty_or_localhost_or_an_IP_address(string host, bool allowed) =>
        Assert.Equal(allowed, _hosts.Allows(host));
}
