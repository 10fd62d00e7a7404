using TspActors.Peer.Terminal;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks counts with their nouns.</summary>
public sealed class CountedSpecs
{
    [Theory]
    [InlineData(0, "0 songs")]
    [InlineData(1, "1 song")]
    [InlineData(2, "2 songs")]
    [InlineData(11, "11 songs")]
    [InlineData(1000, "1000 songs")]
    public void Only_one_is_singular(long number, string text) => Assert.Equal(text, Counted.Text(number, "song"));
}
