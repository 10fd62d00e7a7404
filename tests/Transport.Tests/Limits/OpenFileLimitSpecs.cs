namespace TspActors.Transport.Tests.Limits;

/// <summary>Checks how the limit on open files is divided.</summary>
public sealed class OpenFileLimitSpecs
{
    [Theory]
    [InlineData(1_024)]
    [InlineData(4_096)]
    [InlineData(20_000)]
    [InlineData(1_048_576)]
    public void All_ports_together_stay_below_the_limit(long limit)
    {
        // The program's own handles and a reserve.
        var others = 256 + limit / 20;

        Assert.InRange(
            OpenFileLimit.ConnectionsUnder(limit) + OpenFileLimit.HttpConnectionsUnder(limit) + OpenFileLimit.SongsUnder(limit) + others,
            limit / 2, limit);
    }
}
