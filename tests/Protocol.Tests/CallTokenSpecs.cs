namespace TspActors.Protocol.Tests;

/// <summary>Checks the secrets of calls: tokens and tickets.</summary>
public sealed class CallTokenSpecs
{
    [Fact]
    public void A_token_and_a_ticket_survive_a_round_trip_and_are_never_the_same_twice()
    {
        var (token, ticket) = (CallToken.NewRandom(), RelayTicket.NewRandom());

        Assert.Equal(token, new CallToken(token.ToArray()));
        Assert.Equal(ticket, new RelayTicket(ticket.ToArray()));
        Assert.NotEqual(token, CallToken.NewRandom());
        Assert.NotEqual(ticket, RelayTicket.NewRandom());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_token_or_a_ticket_of_another_size_is_refused(int more)
    {
        Assert.Throws<ArgumentException>(() => new CallToken(new byte[CallToken.Size + more]));
        Assert.Throws<ArgumentException>(() => new RelayTicket(new byte[RelayTicket.Size + more]));
    }
}
