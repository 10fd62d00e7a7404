using System.Net;
using Microsoft.Extensions.Time.Testing;
using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Peer.Tests.Reaching;

public sealed class WrongTokensSpecs
{
    private readonly FakeTimeProvider _time = new();
    private readonly IPAddress _guesser = IPAddress.Parse("192.0.2.1");
    private readonly WrongTokens _wrong;

    public WrongTokensSpecs() => _wrong = new WrongTokens(_time);

    [Fact]
    public void An_address_waits_after_five_wrong_tokens_and_others_do_not()
    {
        for (var guess = 1; guess <= ProofAttempts.FreeFailures; guess++)
        {
            Assert.Equal(TimeSpan.Zero, _wrong.WaitFor(_guesser));
            _wrong.Record(CallToken.NewRandom(), _guesser);
        }

        Assert.Equal(TimeSpan.FromSeconds(10), _wrong.WaitFor(_guesser));
        Assert.Equal(TimeSpan.Zero, _wrong.WaitFor(IPAddress.Parse("192.0.2.2")));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, _wrong.WaitFor(_guesser));
    }

    [Fact]
    public void The_wait_grows_to_at_most_a_minute()
    {
        for (var guess = 0; guess < 100; guess++)
            _wrong.Record(CallToken.NewRandom(), _guesser);

        Assert.Equal(TimeSpan.FromMinutes(1), _wrong.WaitFor(_guesser));
    }

    [Fact]
    public void The_token_of_a_failed_call_counts_from_the_second_time_on()
    {
        for (var call = 0; call < 20; call++)
        {
            var late = CallToken.NewRandom();
            _wrong.Expire(late);
            _wrong.Record(late, _guesser);
        }

        Assert.Equal(TimeSpan.Zero, _wrong.WaitFor(_guesser));
        var repeated = CallToken.NewRandom();
        _wrong.Expire(repeated);
        for (var guess = 0; guess <= ProofAttempts.FreeFailures; guess++)
            _wrong.Record(repeated, _guesser);
        Assert.NotEqual(TimeSpan.Zero, _wrong.WaitFor(_guesser));
    }

    [Fact]
    public void Only_the_newest_failed_calls_are_remembered()
    {
        var first = CallToken.NewRandom();
        _wrong.Expire(first);
        for (var call = 0; call < WrongTokens.MaxExpired; call++)
            _wrong.Expire(CallToken.NewRandom());

        for (var guess = 0; guess < ProofAttempts.FreeFailures; guess++)
            _wrong.Record(first, _guesser);

        Assert.NotEqual(TimeSpan.Zero, _wrong.WaitFor(_guesser));
    }
}
