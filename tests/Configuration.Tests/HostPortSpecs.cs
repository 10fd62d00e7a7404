namespace TspActors.Configuration.Tests;

/// <summary>Checks how addresses, above all IPv6 addresses, are read and printed.</summary>
public sealed class HostPortSpecs
{
    [Theory]
    [InlineData("[::]:7070", "::", 7070)]
    [InlineData("[::1]:7070", "::1", 7070)]
    [InlineData("[2001:db8::5]:1", "2001:db8::5", 1)]
    [InlineData("[2001:DB8:0:0:0:0:0:5]:1", "2001:DB8:0:0:0:0:0:5", 1)]
    [InlineData("[::ffff:192.0.2.1]:1", "::ffff:192.0.2.1", 1)]
    [InlineData("[fe80::1%eth0]:1", "fe80::1%eth0", 1)]
    [InlineData("[fe80::1%2]", "fe80::1%2", 4711)]
    [InlineData("192.0.2.1", "192.0.2.1", 4711)]
    public void An_address_is_read_and_printed_in_the_form_that_can_be_read_again(string text, string host, int port)
    {
        Assert.True(HostPort.TryParse(text, 4711, out var read));
        Assert.Equal(new HostPort(host, port), read);
        Assert.True(HostPort.TryParse($"{read}", null, out var again));
        Assert.Equal(read, again);
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("2001:db8::5:7070")]
    [InlineData("fe80::1%eth0:7070")]
    [InlineData("[2001:db8::5]]:1")]
    [InlineData("[[2001:db8::5]]:1")]
    [InlineData("[2001:db8::5]:")]
    [InlineData("[2001:db8::5]:65536")]
    [InlineData("[192.0.2.1]:1")]
    [InlineData("[tracker.example]:1")]
    [InlineData("[::1%a b]:1")]
    [InlineData("[::1%]]:1")]
    [InlineData("[::g]:1")]
    public void Anything_else_is_refused(string text) => Assert.False(HostPort.TryParse(text, 4711, out _));

    [Theory]
    [InlineData("::", "::")]
    [InlineData("[::]", "::")]
    [InlineData("[2001:db8::5]", "2001:db8::5")]
    [InlineData("[fe80::1%eth0]", "fe80::1%eth0")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("music.example", "music.example")]
    public void A_host_alone_may_have_brackets_around_an_IPv6_address(string text, string host)
    {
        Assert.True(HostPort.TryParseHost(text, out var read));
        Assert.Equal(host, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[192.0.2.1]")]
    [InlineData("[music.example]")]
    [InlineData("music.example:7071")]
    [InlineData("[2001:db8::5]:7071")]
    [InlineData("[2001:db8::5")]
    [InlineData("2001:db8::5]")]
    public void A_host_alone_has_no_port_and_no_other_brackets(string text) => Assert.False(HostPort.TryParseHost(text, out _));

    [Theory]
    [InlineData("music.example", "music.example:7071")]
    [InlineData("192.0.2.1", "192.0.2.1:7071")]
    [InlineData("2001:db8::5", "[2001:db8::5]:7071")]
    [InlineData("[2001:db8::5]", "[2001:db8::5]:7071")]
    public void A_printed_IPv6_address_has_brackets_exactly_once(string host, string text) =>
        Assert.Equal(text, HostPort.Format(host, 7071));
}
