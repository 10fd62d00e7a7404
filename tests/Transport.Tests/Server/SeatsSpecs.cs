using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

/// <summary>Checks which connection gives up its seat, that is, its place among the limited number of connections.</summary>
public sealed class SeatsSpecs
{
    private readonly Seats<string> _seats = new();

    [Fact]
    public void The_oldest_unused_connection_gives_way_first()
    {
        _seats.Add("first");
        _seats.Add("second");
        _seats.Add("third");
        _seats.Remove("second");

        Assert.Equal(["first", "third"], Drain());
    }

    [Fact]
    public void A_connection_that_becomes_unused_again_counts_as_the_newest()
    {
        _seats.Add("first");
        _seats.Add("second");
        _seats.Add("first");
        _seats.Remove("first");
        _seats.Add("first");

        Assert.Equal(["second", "first"], Drain());
    }

    private IEnumerable<string> Drain()
    {
        while (_seats.TryRemoveOldest(out var oldest))
            yield return oldest;
    }
}
