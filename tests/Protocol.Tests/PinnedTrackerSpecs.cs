namespace TspActors.Protocol.Tests;

/// <summary>Checks how an address with a key is read and printed.</summary>
public sealed class PinnedTrackerSpecs
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData($"tsps://tracker.example:1#{Id}", "tracker.example", 1)]
    [InlineData($"tsps://tracker.example#{Id}", "tracker.example", 7070)]
    [InlineData($"tsps://192.0.2.1:1#{Id}", "192.0.2.1", 1)]
    [InlineData($"tsps://[2001:db8::5]:1#{Id}", "2001:db8::5", 1)]
    [InlineData($"tsps://[2001:db8::5]#{Id}", "2001:db8::5", 7070)]
    [InlineData($"tsps://[::ffff:192.0.2.1]:1#{Id}", "::ffff:192.0.2.1", 1)]
    public void A_host_may_be_a_name_or_an_address_of_either_family(string text, string host, int port)
    {
        Assert.True(PinnedTracker.TryParse(text, out var tracker, out _));
        Assert.Equal((host, port), (tracker.Host, tracker.Port));
        Assert.True(PinnedTracker.TryParse($"{tracker}", out var again, out _));
        Assert.Equal(tracker, again);
    }

    [Theory]
    [InlineData($"tsps://2001:db8::5#{Id}")]
    [InlineData($"tsps://2001:db8::5:1#{Id}")]
    [InlineData($"tsps://[192.0.2.1]:1#{Id}")]
    [InlineData($"tsps://[tracker.example]:1#{Id}")]
    [InlineData($"tsps://[2001:db8::5]1#{Id}")]
    [InlineData($"tsps://[2001:db8::5]:0#{Id}")]
    [InlineData($"tsps://[2001:db8::5#{Id}")]
    public void Anything_else_is_refused_with_the_reason(string text)
    {
        Assert.False(PinnedTracker.TryParse(text, out _, out var fault));
        Assert.NotEmpty(fault);
    }
}
