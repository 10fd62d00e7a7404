using System.Net;
using System.Text;
using TspActors.Gateway.Security;

namespace TspActors.Gateway.Tests.Security;

public sealed class KeySpecs : IDisposable
{
    private static readonly Caller Phone = new("phone", "id");

    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TempData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_key_is_proved_as_plain_text_in_hexadecimal_or_by_its_digest_and_in_no_other_way()
    {
        const string key = "abcdefgh234567";
        var hex = Convert.ToHexString(Encoding.UTF8.GetBytes(key));
        // The MD5 of the key and the salt.
        const string token = "ab8a240d05f1ccb4b9a7906a5c5453fa";

        Assert.True(KeyProof.IsPassword(key, key));
        Assert.True(KeyProof.IsPassword(key, "enc:" + hex));
        Assert.True(KeyProof.IsPassword(key, "enc:" + hex.ToLowerInvariant()));
        Assert.True(KeyProof.IsPassword("enc:zz", "enc:zz"));
        Assert.True(KeyProof.IsToken(key, token.ToUpperInvariant(), "sa+/="));
        Assert.False(KeyProof.IsPassword(key, ""));
        Assert.False(KeyProof.IsPassword(key, "enc:"));
        Assert.False(KeyProof.IsPassword(key, key + " "));
        Assert.False(KeyProof.IsToken(key, token, "other"));
    }

    [Fact]
    public void A_media_token_differs_for_each_device_and_is_not_the_key()
    {
        var devices = new DeviceStore(_data.Path, 10, _clock);
        var (phone, tablet) = (devices.Add("phone"), devices.Add("tablet"));

        Assert.NotEqual(KeyProof.MediaToken(phone), KeyProof.MediaToken(tablet));
        Assert.DoesNotContain(phone.Key, KeyProof.MediaToken(phone), StringComparison.Ordinal);
        Assert.Equal(KeyProof.MediaToken(phone), KeyProof.MediaToken(phone));
    }

    [Fact]
    public void The_guesses_of_an_address_in_one_minute_are_limited_even_in_parallel()
    {
        var guesses = new Guesses(3, _clock);
        var address = IPAddress.Parse("192.0.2.1");

        Assert.Equal(3, Enumerable.Range(0, 50).AsParallel().Count(_ => guesses.TryTake(address, "tsp", out var _)));
        Assert.False(guesses.TryTake(address, "TSP", out var wait));
        Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.True(guesses.TryTake(IPAddress.Parse("192.0.2.2"), "tsp", out _));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(guesses.TryTake(address, "tsp", out _));
    }

    [Fact]
    public void A_right_key_does_not_count_as_a_guess_and_an_IPv6_network_counts_as_one_address()
    {
        var guesses = new Guesses(1, _clock);
        for (var visit = 0; visit < 10; visit++)
        {
            Assert.True(guesses.TryTake(IPAddress.Parse("2001:db8::1"), "", out _));
            guesses.GiveBack(IPAddress.Parse("2001:db8::1"), "");
        }

        Assert.True(guesses.TryTake(IPAddress.Parse("2001:db8::1"), "", out _));
        Assert.False(guesses.TryTake(IPAddress.Parse("2001:db8::ffff"), "", out _));
        Assert.True(guesses.TryTake(IPAddress.Parse("2001:db8:0:1::1"), "", out _));
    }

    [Fact]
    public void A_login_token_works_once_and_for_ten_minutes()
    {
        var logins = new LoginTokens(_clock);
        var (used, old) = (logins.Create(Phone), logins.Create(Phone));

        Assert.Equal(Phone, logins.Redeem(used));
        Assert.Null(logins.Redeem(used));
        _clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Null(logins.Redeem(old));
        Assert.Null(logins.Redeem("nonsense"));
    }

    [Fact]
    public void The_number_of_login_tokens_is_limited_and_the_oldest_is_dropped()
    {
        var logins = new LoginTokens(_clock);
        var first = logins.Create(Phone);
        _clock.Advance(TimeSpan.FromSeconds(1));
        for (var count = 0; count < 100; count++)
            logins.Create(Phone);

        Assert.Null(logins.Redeem(first));
    }
}
