namespace TspActors.Protocol.Tests;

/// <summary>Checks which local endpoints of a peer are accepted, and in which form.</summary>
public sealed class LocalEndpointSpecs
{
    [Theory]
    [InlineData("192.168.1.7:7071", "192.168.1.7:7071")]
    [InlineData("10.0.0.1:1", "10.0.0.1:1")]
    [InlineData("172.16.0.1:65535", "172.16.0.1:65535")]
    [InlineData("[fd00::7]:7071", "[fd00::7]:7071")]
    [InlineData("[FD00:0:0:0:0:0:0:7]:7071", "[fd00::7]:7071")]
    [InlineData("[fd00::7%2]:7071", "[fd00::7]:7071")]
    [InlineData("[::ffff:192.168.1.7]:7071", "192.168.1.7:7071")]
    public void A_private_address_with_a_port_is_accepted(string text, string endpoint) =>
        Assert.Equal(endpoint, $"{LocalEndpoint.Parse(text)}");

    [Theory]
    [InlineData("")]
    [InlineData("192.168.1.7")]
    [InlineData("192.168.1.7:0")]
    [InlineData("192.168.1.7:65536")]
    [InlineData("203.0.113.5:7071")]
    [InlineData("172.32.0.1:7071")]
    [InlineData("127.0.0.1:7071")]
    [InlineData("169.254.1.1:7071")]
    [InlineData("fd00::7")]
    [InlineData("fd00::7:7071")]
    [InlineData("[fd00::7]")]
    [InlineData("[fd00::7]:0")]
    [InlineData("[2001:db8::5]:7071")]
    [InlineData("[fe80::1%2]:7071")]
    [InlineData("[::1]:7071")]
    [InlineData("[::ffff:203.0.113.5]:7071")]
    [InlineData("nas.local:7071")]
    public void Anything_else_is_refused(string text) => Assert.Null(LocalEndpoint.Parse(text));

    [Fact]
    public void Endpoints_that_are_the_same_in_another_form_count_once_and_their_number_is_bounded()
    {
        Assert.Equal(
            ["192.168.1.7:7071", "[fd00::7]:7071"],
            LocalEndpoint.Filter(["192.168.1.7:7071", "[::ffff:192.168.1.7]:7071", "[fd00::7%2]:7071", "[fd00::7]:7071", "8.8.8.8:1"]));
        Assert.Equal(
            LocalEndpoint.Most, LocalEndpoint.Filter(Enumerable.Range(1, 9).Select(last => $"10.0.0.{last}:7071")).Count);
    }
}
