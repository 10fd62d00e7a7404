using System.Net;
using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

public sealed class ConnectionPaceSpecs
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ConnectionPace _pace = new(
        new TransportSettings
        {
            NewConnectionsPerAddress = 10,
            NewConnectionsPerAddressSecond = 2,
            NewConnectionsFreeTime = TimeSpan.FromMinutes(1),
        },
        Start);

    private TimeSpan _now = Start + TimeSpan.FromMinutes(1);

    [Fact]
    public void An_address_may_open_a_burst_and_then_two_connections_per_second()
    {
        Assert.Equal(10, Admitted("192.0.2.1", 20));
        Assert.Contains("from one address", _pace.Enter(IPAddress.Parse("192.0.2.1"), _now), StringComparison.Ordinal);
        Assert.Equal(10, Admitted("198.51.100.1", 20));
        _now += 3 * Second;
        Assert.Equal(6, Admitted("192.0.2.1", 20));
    }

    [Theory]
    [InlineData("2001:db8:1:1", "::1", 20)]
    [InlineData("2001:db8:1:", "00::1", 40)]
    public void The_addresses_of_a_network_together_may_open_twice_or_four_times_as_many(string first, string last, int expected)
    {
        var addresses = Enumerable.Range(1, 9).Select(number => $"{first}{number}{last}");
        Assert.Equal(expected, addresses.Sum(address => Admitted(address, 10)));
    }

    [Fact]
    public void The_addresses_of_an_IPv4_network_may_open_twice_as_many_and_one_each_for_those_that_have_not_connected_lately()
    {
        Assert.Equal(20 + 7, Enumerable.Range(1, 9).Sum(number => Admitted($"192.0.2.{number}", 10)));
        _now += Second / 2;
        // The first one takes the two tokens that the network has received in the meantime.
        Assert.Equal(2 + 6, Enumerable.Range(3, 7).Sum(number => Admitted($"192.0.2.{number}", 10)));
    }

    [Fact]
    public void Addresses_that_have_opened_half_of_their_burst_share_a_budget()
    {
        var pace = new ConnectionPace(
            new TransportSettings
            {
                NewConnectionsPerAddress = 10,
                NewConnectionsPerAddressSecond = 2,
                NewConnectionsOfBusyAddressesSecond = 3,
                NewConnectionsFreeTime = TimeSpan.Zero,
            },
            Start);
        // Each of them may open one more of its own.
        Assert.Equal(5 + 1 + 3, AdmittedBy("192.0.2.1"));
        Assert.Equal(5 + 1, AdmittedBy("198.51.100.1"));
        Assert.Equal(5 + 1, AdmittedBy("2001:db8::1"));
        Assert.Contains("that connect often", pace.Enter(IPAddress.Parse("198.51.100.1"), _now), StringComparison.Ordinal);

        _now += Second;

        Assert.Equal(3, AdmittedBy("192.0.2.1"));
        // One of the two tokens of this second was needed to be no longer busy.
        Assert.Equal(1, AdmittedBy("198.51.100.1"));

        int AdmittedBy(string address) => Enumerable.Range(0, 20).Count(_ => pace.Enter(IPAddress.Parse(address), _now) is null);
    }

    [Fact]
    public void So_do_addresses_whose_peers_register_and_leave_all_the_time()
    {
        var address = IPAddress.Parse("192.0.2.1");
        var pace = new ConnectionPace(
            new TransportSettings
            {
                NewConnectionsPerAddress = 10,
                NewConnectionsPerAddressSecond = 2,
                NewConnectionsOfBusyAddressesSecond = 3,
                NewConnectionsFreeTime = TimeSpan.Zero,
            },
            Start);
        for (var connection = 0; connection < 5; connection++)
        {
            Assert.Null(pace.Enter(address, _now));
            Assert.True(pace.Use(address, _now));
        }

        Assert.Equal(1 + 3, Enumerable.Range(0, 20).Count(_ => pace.Enter(address, _now) is null));
        Assert.Contains("that connect often", pace.Enter(address, _now), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Programs_on_this_machine_are_not_limited(string address) => Assert.Equal(1_000, Admitted(address, 1_000));

    [Fact]
    public void There_is_no_limit_directly_after_the_start()
    {
        _now -= Second;
        Assert.Equal(1_000, Admitted("192.0.2.1", 1_000));
        _now += Second;
        Assert.Equal(10, Admitted("192.0.2.1", 1_000));
    }

    [Fact]
    public void A_rate_of_zero_means_no_limit()
    {
        var pace = new ConnectionPace(new TransportSettings { NewConnectionsPerAddressSecond = 0, NewConnectionsPerAddress = 1 }, Start);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(pace.Enter(IPAddress.Parse("192.0.2.1"), _now)));
    }

    [Fact]
    public void Connections_that_come_into_use_have_a_budget_of_their_own()
    {
        var used = Enumerable.Range(0, 100).Count(_ => EnterAndUse());
        // Ten came into use, which gave their places back, and ten more did not.
        Assert.Equal(20, used);
    }

    [Fact]
    public void Peers_that_were_connected_for_a_while_may_all_return_at_once_but_those_that_leave_soon_may_not()
    {
        for (var day = 0; day < 10; day++)
        {
            Assert.Equal(10, Enumerable.Range(0, 10).Count(_ => EnterAndUse()));
            _now += TimeSpan.FromMinutes(1);
        }

        var since = _now - ConnectionPace.Lasting;
        for (var peer = 0; peer < 100; peer++)
            _pace.Leave(IPAddress.Parse("192.0.2.1"), since, _now);
        Assert.Equal(120, Enumerable.Range(0, 1_000).Count(_ => EnterAndUse()));

        for (var peer = 0; peer < 100; peer++)
            _pace.Leave(IPAddress.Parse("192.0.2.1"), _now, _now);
        Assert.Equal(0, Enumerable.Range(0, 1_000).Count(_ => EnterAndUse()));
    }

    private bool EnterAndUse()
    {
        if (_pace.Enter(IPAddress.Parse("192.0.2.1"), _now) is not null)
            return false;
        _pace.Use(IPAddress.Parse("192.0.2.1"), _now);
        return true;
    }

    private int Admitted(string address, int attempts) =>
        Enumerable.Range(0, attempts).Count(_ => _pace.Enter(IPAddress.Parse(address), _now) is null);
}
