using System.Net;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

public sealed class ReceiveBudgetSpecs : TestKit
{
    private const int Kilobyte = 1024;

    private readonly ReceiveBudget _budget = new(400 * Kilobyte, 200 * Kilobyte);

    [Fact]
    public void Room_that_is_released_can_be_reserved_again()
    {
        var (first, _) = Open("192.0.2.1");
        Assert.True(first.TryReserve(100 * Kilobyte));
        Assert.True(first.TryReserve(100 * Kilobyte));
        Assert.Equal(100 * Kilobyte, _budget.Held);
        Assert.True(first.TryReserve(30 * Kilobyte));
        Assert.Equal(30 * Kilobyte, _budget.Held);
        Assert.True(first.TryReserve(0));
        Assert.Equal(0, _budget.Held);
    }

    [Fact]
    public void An_address_that_has_filled_its_share_waits_and_others_do_not()
    {
        var (first, _) = Open("2001:db8::1");
        var (second, waiting) = Open("2001:db8::2");
        var (other, _) = Open("2001:db8:0:1::1");
        Assert.True(first.TryReserve(150 * Kilobyte));
        Assert.False(second.TryReserve(17 * Kilobyte));
        Assert.True(other.TryReserve(100 * Kilobyte));

        Assert.True(first.TryReserve(0));

        waiting.ExpectMsg<RoomGranted>();
        Assert.True(second.TryReserve(17 * Kilobyte));
        Assert.Equal(117 * Kilobyte, _budget.Held);
    }

    [Fact]
    public void A_large_body_waits_until_its_network_may_send_more_and_others_do_not()
    {
        var settings = new TransportSettings
        {
            LargeBodyBytesAtOnce = 40 * Kilobyte,
            LargeBodyBytesPerSecond = 100 * Kilobyte,
            NewConnectionsFreeTime = TimeSpan.Zero,
        };
        var budget = new ReceiveBudget(400 * Kilobyte, 200 * Kilobyte, new LargeBodyPace(settings, TimeSpan.Zero));
        Assert.True(budget.IsPaced);
        Assert.False(_budget.IsPaced);
        var probe = CreateTestProbe();
        var first = budget.Open(IPAddress.Parse("192.0.2.1"), probe);
        var small = budget.Open(IPAddress.Parse("192.0.2.2"), probe);
        var other = budget.Open(IPAddress.Parse("198.51.100.1"), probe);

        // The first body leaves a debt.
        Assert.True(first.TryReserve(100 * Kilobyte));
        Assert.True(first.TryReserve(0));
        Assert.False(first.TryReserve(100 * Kilobyte));
        Assert.True(small.TryReserve(16 * Kilobyte));
        Assert.True(other.TryReserve(30 * Kilobyte));
        AwaitCondition(() =>
        {
            budget.GrantDue();
            return probe.HasMessages;
        });

        probe.ExpectMsg<RoomGranted>();
        Assert.True(first.TryReserve(100 * Kilobyte));
    }

    [Theory]
    [InlineData("192.0.2.1", 90, false)]
    [InlineData("192.0.2.1", 30, true)]
    [InlineData("::1", 90, true)]
    public void Bytes_that_are_not_read_do_not_count_and_programs_on_this_machine_are_not_limited(string address, int read, bool isAllowed)
    {
        var settings = new TransportSettings
        {
            LargeBodyBytesAtOnce = 40 * Kilobyte,
            LargeBodyBytesPerSecond = 1,
            NewConnectionsFreeTime = TimeSpan.Zero,
        };
        var budget = new ReceiveBudget(400 * Kilobyte, 200 * Kilobyte, new LargeBodyPace(settings, TimeSpan.Zero));
        var first = budget.Open(IPAddress.Parse(address), CreateTestProbe());
        Assert.True(first.TryReserve(100 * Kilobyte));
        first.GiveBack((100 - read) * Kilobyte);
        Assert.True(first.TryReserve(0));

        Assert.Equal(isAllowed, first.TryReserve(100 * Kilobyte));
    }

    [Fact]
    public void A_quarter_of_the_budget_is_reserved_for_small_bodies()
    {
        Fill();
        var (large, _) = Open("192.0.2.9");
        var (small, _) = Open("192.0.2.8");
        Assert.False(large.TryReserve(17 * Kilobyte));
        Assert.True(small.TryReserve(16 * Kilobyte));
    }

    [Fact]
    public void Unused_connections_take_at_most_a_quarter_and_do_not_delay_used_ones()
    {
        var strangers = Enumerable.Range(0, 7).Select(n => Open($"198.51.100.{n}")).ToArray();
        foreach (var (stranger, _) in strangers[..6])
            Assert.True(stranger.TryReserve(16 * Kilobyte));
        var (late, wait) = strangers[6];
        Assert.False(late.TryReserve(16 * Kilobyte));
        var (first, _) = Open("192.0.2.1");
        var (second, granted) = Open("192.0.2.1");
        Assert.True(first.TryReserve(150 * Kilobyte, inUse: true));
        Assert.False(second.TryReserve(17 * Kilobyte, inUse: true));

        first.TryReserve(0, inUse: true);
        granted.ExpectMsg<RoomGranted>();
        wait.ExpectNoMsg(TimeSpan.Zero);
        strangers[0].Reservation.TryReserve(0);
        wait.ExpectMsg<RoomGranted>();
    }

    [Fact]
    public void Waiting_addresses_take_turns()
    {
        var first = Fill();
        var greedy = Enumerable.Range(0, 3).Select(_ => Open("192.0.2.9")).ToArray();
        foreach (var (reservation, _) in greedy)
            Assert.False(reservation.TryReserve(75 * Kilobyte));
        var (modest, granted) = Open("192.0.2.8");
        Assert.False(modest.TryReserve(75 * Kilobyte));

        Assert.True(first.TryReserve(0));

        greedy[0].Probe.ExpectMsg<RoomGranted>();
        granted.ExpectMsg<RoomGranted>();
        Assert.Equal(300 * Kilobyte, _budget.Held);
    }

    [Fact]
    public void A_waiting_connection_learns_whether_others_have_received_room_for_large_bodies()
    {
        var first = Fill();
        var (waiting, _) = Open("192.0.2.9");
        Assert.False(waiting.TryReserve(100 * Kilobyte));
        Assert.True(Open("192.0.2.8").Reservation.TryReserve(16 * Kilobyte));
        Assert.False(waiting.HasMoved());

        var (other, _) = Open("192.0.2.7");
        Assert.False(other.TryReserve(20 * Kilobyte));
        Assert.True(first.TryReserve(0));
        Assert.True(waiting.HasMoved());
        Assert.False(waiting.HasMoved());

        other.Complete();
        Assert.True(waiting.HasMoved());
        Assert.True(waiting.HasMoved());
        Assert.True(other.TryReserve(0));
        Assert.False(waiting.HasMoved());
    }

    [Fact]
    public void Large_bodies_that_make_progress_say_nothing_about_the_room_for_small_ones()
    {
        var strangers = Enumerable.Range(0, 7).Select(n => Open($"198.51.100.{n}").Reservation).ToArray();
        foreach (var stranger in strangers[..6])
            Assert.True(stranger.TryReserve(16 * Kilobyte));
        Assert.False(strangers[6].TryReserve(16 * Kilobyte));
        var (large, _) = Open("192.0.2.1");
        Assert.True(large.TryReserve(100 * Kilobyte, inUse: true));
        large.Complete();
        Assert.False(strangers[6].HasMoved());
    }

    [Fact]
    public void A_connection_that_ends_while_it_waits_leaves_its_place_to_the_next()
    {
        var first = Fill();
        var (gone, never) = Open("192.0.2.9");
        var (next, granted) = Open("192.0.2.9");
        Assert.False(gone.TryReserve(100 * Kilobyte));
        Assert.False(next.TryReserve(100 * Kilobyte));
        Assert.True(gone.TryReserve(0));

        Assert.True(first.TryReserve(0));

        granted.ExpectMsg<RoomGranted>();
        never.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Ten_thousand_random_reservations_never_exceed_the_limits_and_can_all_be_released()
    {
        var random = new Random(20260801);
        var all = Enumerable.Range(0, 40).Select(n => Open($"192.0.2.{n % 8}").Reservation).ToArray();
        for (var i = 0; i < 10_000; i++)
        {
            all[random.Next(all.Length)].TryReserve(random.Next(3) == 0 ? 0 : random.Next(1, 100 * Kilobyte), inUse: random.Next(2) == 0);
            Assert.InRange(_budget.Held, 0, 400 * Kilobyte);
            Assert.All(all.GroupBy(one => one.Address), group => Assert.InRange(group.Sum(one => one.Held), 0, 200 * Kilobyte));
        }

        foreach (var one in all)
            Assert.True(one.TryReserve(0));
        Assert.Equal(0, _budget.Held);
        Assert.True(Open("192.0.2.1").Reservation.TryReserve(150 * Kilobyte));
    }

    /// <summary>Reserves everything that large bodies may use, and returns the reservation of the first half.</summary>
    private ReceiveBudget.Reservation Fill()
    {
        var (first, _) = Open("192.0.2.1");
        var (second, _) = Open("192.0.2.2");
        Assert.True(first.TryReserve(150 * Kilobyte));
        Assert.True(second.TryReserve(150 * Kilobyte));
        return first;
    }

    private (ReceiveBudget.Reservation Reservation, TestProbe Probe) Open(string address)
    {
        var probe = CreateTestProbe();
        return (_budget.Open(IPAddress.Parse(address), probe), probe);
    }
}
