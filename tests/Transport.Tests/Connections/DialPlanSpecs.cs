using System.Net;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Tests.Connections;

/// <summary>Checks which address a <see cref="Dial"/> tries next, for how long, and how it describes a failure.</summary>
public sealed class DialPlanSpecs
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void A_deadline_that_passes_before_the_first_attempt_is_reported_as_such()
    {
        var clock = new ManualClock();
        var dial = new Dial("127.0.0.1", 7070, Soon, clock, null);
        dial.AddAddresses([IPAddress.Loopback]);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(dial.Next());
        Assert.Equal("127.0.0.1:7070 did not answer within 0.2 s", dial.DescribeFailure());
    }

    [Fact]
    public void A_few_addresses_may_each_use_all_the_remaining_time()
    {
        var clock = new ManualClock();
        var dial = new Dial("tracker", 7070, TimeSpan.FromSeconds(6), clock);
        dial.AddAddresses([IPAddress.IPv6Loopback, IPAddress.Loopback, IPAddress.Any]);
        Assert.Equal((new IPEndPoint(IPAddress.IPv6Loopback, 7070), TimeSpan.FromSeconds(6)), dial.Next());
        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 7070), TimeSpan.FromSeconds(6)), dial.Next());
        Assert.True(dial.HasUntried);
        clock.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal((new IPEndPoint(IPAddress.Any, 7070), TimeSpan.FromSeconds(4)), dial.Next());
        Assert.False(dial.HasUntried);
        Assert.Null(dial.Next());
        Assert.Equal("tracker:7070 refused the connection or cannot be reached (tried ::1, 127.0.0.1, 0.0.0.0)", dial.DescribeFailure());
    }

    [Fact]
    public void If_there_are_more_addresses_than_may_be_tried_at_once_a_silent_one_leaves_time_for_the_others()
    {
        var dial = new Dial("tracker", 7070, TimeSpan.FromSeconds(6), new ManualClock());
        dial.AddAddresses([.. Enumerable.Range(1, 6).Select(last => IPAddress.Parse($"192.0.2.{last}"))]);

        Assert.Equal(TimeSpan.FromSeconds(3), dial.Next()?.Timeout);
        for (var started = 1; started < Dial.AtOnce; started++)
            Assert.NotNull(dial.Next());
        Assert.Null(dial.Next());
        Assert.False(dial.IsLost);

        dial.RecordFailure();
        Assert.Equal((new IPEndPoint(IPAddress.Parse("192.0.2.5"), 7070), TimeSpan.FromSeconds(6)), dial.Next());
    }

    [Fact]
    public void The_host_is_given_up_once_every_attempt_has_failed()
    {
        var dial = new Dial("tracker", 7070, TimeSpan.FromSeconds(6), new ManualClock());
        dial.AddAddresses([IPAddress.IPv6Loopback, IPAddress.Loopback]);
        dial.Next();
        dial.Next();
        Assert.Null(dial.Next());
        Assert.False(dial.IsLost);

        dial.RecordFailure();
        Assert.False(dial.IsLost);
        dial.RecordFailure();
        Assert.True(dial.IsLost);
    }

    [Fact]
    public void No_address_is_tried_once_the_time_is_used_up()
    {
        var clock = new ManualClock();
        var dial = new Dial("::1", 7070, TimeSpan.FromSeconds(6), clock);
        dial.AddAddresses([IPAddress.IPv6Loopback, IPAddress.Loopback]);
        dial.Next();
        clock.Pass(TimeSpan.FromSeconds(6));
        Assert.Null(dial.Next());
        Assert.Equal("[::1]:7070 did not answer within 6 s", dial.DescribeFailure());
    }

    [Theory]
    [InlineData("tracker", "the name tracker resolves to 224.0.0.1, which is not a valid address for a remote host, so it was not tried")]
    [InlineData("224.0.0.1", "224.0.0.1 is not a valid address for a remote host, so it was not tried")]
    public void An_address_that_is_not_permitted_is_not_tried_and_is_reported(string host, string reason)
    {
        var dial = new Dial(host, 7070, TimeSpan.FromSeconds(6), new ManualClock(), permits: _ => false);
        dial.AddAddresses([IPAddress.Parse("224.0.0.1")]);
        Assert.Null(dial.Next());
        Assert.Equal(reason, dial.DescribeFailure());
    }

    [Fact]
    public void A_name_that_is_not_resolved_in_time_is_reported() =>
        Assert.Equal(
            "the name tracker could not be resolved within 5 s",
            new Dial("tracker", 7070, TimeSpan.FromSeconds(5), TimeProvider.System).DescribeTimeout());
}
