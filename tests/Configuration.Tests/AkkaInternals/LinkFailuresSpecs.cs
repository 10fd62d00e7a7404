using System.Reflection;
using System.Text;
using TspActors.Configuration.AkkaInternals;

namespace TspActors.Configuration.Tests.AkkaInternals;

/// <summary>Checks how Akka's log events about failed connections are filtered, and the Akka texts that the filter depends on.</summary>
public sealed class LinkFailuresSpecs
{
    private const string Refused = "TLS handshake failed on channel [[::ffff:10.0.0.1]:7072->[::ffff:10.0.0.2]:53144](Id=22a13170)\nTLS handshake failed (Server side):\n  Error: no";

    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly LinkFailures _failures = new();

    [Fact]
    public void A_failure_is_logged_on_one_line_at_most_once_a_minute_per_host()
    {
        Assert.Equal(
            "TLS handshake failed on channel [[::ffff:10.0.0.1]:7072->[::ffff:10.0.0.2]:53144](Id=22a13170) TLS handshake failed (Server side): Error: no",
            _failures.Filter(Refused, Now));
        Assert.Null(_failures.Filter(Refused.Replace("53144", "53145", StringComparison.Ordinal), Now.AddSeconds(59)));
        Assert.Null(_failures.Filter("Certificate chain validation failed for akka.ssl.tcp://tsp-tracker@10.0.0.2:7072:\n  untrusted", Now));
        Assert.NotNull(_failures.Filter(Refused.Replace("10.0.0.2", "10.0.0.3", StringComparison.Ordinal), Now));
        Assert.NotNull(_failures.Filter("Certificate chain validation failed for akka.ssl.tcp://tsp-tracker@t3:7072:\n  untrusted", Now));
        Assert.NotNull(_failures.Filter(Refused, Now.AddSeconds(60)));
    }

    [Fact]
    public void The_event_that_follows_a_failure_is_not_logged() =>
        Assert.Null(_failures.Filter("Rejected incoming connection from [10.0.0.2:53144] due to TLS handshake failure. This is likely invalid or malicious traffic.", Now));

    [Fact]
    public void Log_lines_about_many_failing_hosts_are_limited_in_number_and_length()
    {
        var told = Enumerable.Range(0, 1000).Count(
            host => _failures.Filter($"Error caught channel [10.0.0.1:7072->10.1.{host / 250}.{host % 250}:53144](Id=1)", Now) is not null);

        Assert.Equal(100, told);
        Assert.NotNull(_failures.Filter(Refused, Now.AddMinutes(2)));
        Assert.Equal(400, _failures.Filter("TLS exception on channel " + new string('x', 1000), Now)!.Length - 1);
    }

    [Theory]
    [InlineData("the tracker at t2:7072 cannot be reached")]
    [InlineData("two\nlines")]
    public void Any_other_text_is_logged_unchanged(string text)
    {
        Assert.Equal(text, _failures.Filter(text, Now));
        Assert.Equal(text, _failures.Filter(text, Now));
    }

    // .NET assemblies store literals as UTF-16. If this fails after an update of Akka, find the new texts in Akka.Remote's
    // DotNettyTransport.
    [Fact]
    public void Akka_still_uses_the_texts_that_the_filter_assumes()
    {
        var remoting = File.ReadAllBytes(Assembly.Load("Akka.Remote").Location);
        Assert.All(LinkFailures.AssumedTexts, text => Assert.True(remoting.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0, text));
    }
}
