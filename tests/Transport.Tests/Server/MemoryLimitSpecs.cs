namespace TspActors.Transport.Tests.Server;

/// <summary>Checks how many connections a server accepts when memory is limited.</summary>
public sealed class MemoryLimitSpecs
{
    [Theory]
    [InlineData(256L << 20, false, 2_048)]
    [InlineData(512L << 20, false, 4_096)]
    [InlineData(8L << 30, false, 65_536)]
    [InlineData(8L << 30, true, 26_214)]
    [InlineData(0L, true, 16)]
    [InlineData(long.MaxValue, false, int.MaxValue)]
    public void Connections_may_use_a_quarter_of_the_memory_but_at_least_16_are_allowed(long memory, bool tls, int connections) =>
        Assert.Equal(connections, MemoryLimit.ConnectionsWithin(memory, tls));
}
