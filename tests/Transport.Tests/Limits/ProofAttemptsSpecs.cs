using System.Net;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Transport.Tests.Limits;

/// <summary>Checks how fast the peers at one address can guess an access key.</summary>
public sealed class ProofAttemptsSpecs
{
    private static readonly IPAddress Address = IPAddress.Parse("203.0.113.7");
    private static readonly PeerId Stranger = PeerId.NewRandom();

    private readonly ManualClock _clock = new();
    private readonly ProofAttempts _attempts;

    public ProofAttemptsSpecs() => _attempts = new ProofAttempts(TimeSpan.FromMinutes(1), _clock);

    [Fact]
    public void The_first_few_wrong_keys_cause_no_wait_and_each_further_one_doubles_the_wait_up_to_the_maximum()
    {
        for (var failure = 1; failure < ProofAttempts.FreeFailures; failure++)
            Assert.Equal(TimeSpan.Zero, FailAndWait());

        Assert.Equal([10, 20, 40, 60, 60], Enumerable.Range(0, 5).Select(_ => FailAndWait().TotalSeconds));
    }

    [Fact]
    public void One_address_can_make_at_most_a_hundred_guesses_an_hour()
    {
        var guesses = 0;
        while (_clock.Elapsed < TimeSpan.FromHours(1))
        {
            guesses++;
            // Each guess comes from a different peer id. An IPv4 address that is mapped to IPv6 counts as the same address.
            _attempts.Fail(guesses % 2 == 0 ? Address : Address.MapToIPv6(), PeerId.NewRandom());
            _clock.Pass(_attempts.WaitFor(Address, PeerId.NewRandom()) + TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(guesses, 50, 100);
    }

    [Fact]
    public void The_addresses_of_one_IPv6_household_count_as_one_and_others_are_not_affected()
    {
        for (var failure = 0; failure < ProofAttempts.FreeFailures; failure++)
            _attempts.Fail(IPAddress.Parse($"2001:db8:0:1::{failure}"), Stranger);

        Assert.Equal(TimeSpan.FromSeconds(10), _attempts.WaitFor(IPAddress.Parse("2001:db8:0:1::ffff"), PeerId.NewRandom()));
        Assert.Equal(TimeSpan.Zero, _attempts.WaitFor(IPAddress.Parse("2001:db8:0:2::1"), PeerId.NewRandom()));
    }

    [Fact]
    public void A_peer_that_has_proved_that_it_knows_the_key_is_not_locked_out_by_strangers_at_its_address()
    {
        var friend = PeerId.NewRandom();
        _attempts.Succeed(Address, friend);
        for (var failure = 0; failure < 20; failure++)
            _attempts.Fail(Address, PeerId.NewRandom());

        Assert.Equal(TimeSpan.FromMinutes(1), _attempts.WaitFor(Address, Stranger));
        Assert.Equal(TimeSpan.Zero, _attempts.WaitFor(Address, friend));
        // Wrong keys under the friend's own id still cause a wait.
        for (var failure = 0; failure < ProofAttempts.FreeFailures; failure++)
            _attempts.Fail(Address, friend);
        Assert.Equal(TimeSpan.FromSeconds(10), _attempts.WaitFor(Address, friend));
    }

    [Fact]
    public void A_peer_that_has_shown_its_key_is_not_locked_out_by_a_stranger_that_claims_its_id()
    {
        var friend = PeerId.NewRandom();
        _attempts.Succeed(Address, friend, showsKey: true);
        for (var failure = 0; failure < 20; failure++)
            _attempts.Fail(Address, friend);

        Assert.Equal(TimeSpan.Zero, _attempts.WaitFor(Address, friend, showsKey: true));
        // The id does not give the stranger further guesses.
        Assert.Equal(TimeSpan.FromMinutes(1), _attempts.WaitFor(Address, friend));
        Assert.Equal(TimeSpan.FromMinutes(1), _attempts.WaitFor(Address, Stranger));
        for (var failure = 0; failure < ProofAttempts.FreeFailures; failure++)
            _attempts.Fail(Address, friend, showsKey: true);
        Assert.Equal(TimeSpan.FromSeconds(10), _attempts.WaitFor(Address, friend, showsKey: true));
    }

    [Fact]
    public void A_correct_key_does_not_end_the_wait_of_strangers()
    {
        for (var failure = 0; failure < 10; failure++)
            _attempts.Fail(Address, Stranger);
        var wait = _attempts.WaitFor(Address, Stranger);

        _attempts.Succeed(Address, PeerId.NewRandom());

        Assert.Equal(wait, _attempts.WaitFor(Address, Stranger));
    }

    [Fact]
    public void Failures_are_forgotten_after_an_hour()
    {
        for (var failure = 0; failure < 20; failure++)
            _attempts.Fail(Address, Stranger);

        _clock.Pass(TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.Zero, FailAndWait());
    }

    [Fact]
    public void A_maximum_wait_of_zero_disables_waiting()
    {
        var unlimited = new ProofAttempts(TimeSpan.Zero, _clock);
        for (var failure = 0; failure < 20; failure++)
            unlimited.Fail(Address, Stranger);

        Assert.Equal(TimeSpan.Zero, unlimited.WaitFor(Address, Stranger));
    }

    [Fact]
    public void Of_a_hundred_thousand_addresses_the_newest_is_remembered_and_the_oldest_forgotten()
    {
        for (var address = 0; address < 100_000; address++)
        {
            for (var failure = 0; failure < ProofAttempts.FreeFailures; failure++)
                _attempts.Fail(Nth(address), Stranger);
            _attempts.Succeed(Nth(address), Stranger);
        }

        Assert.Equal(TimeSpan.FromSeconds(10), _attempts.WaitFor(Nth(99_999), PeerId.NewRandom()));
        Assert.Equal(TimeSpan.Zero, _attempts.WaitFor(Nth(0), PeerId.NewRandom()));

        static IPAddress Nth(int number) => new([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
    }

    private TimeSpan FailAndWait()
    {
        _attempts.Fail(Address, Stranger);
        return _attempts.WaitFor(Address, Stranger);
    }
}
