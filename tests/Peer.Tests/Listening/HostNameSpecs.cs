using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks how a requester handles a host whose name resolves to the requester's own machine.</summary>
public sealed class HostNameSpecs(ITestOutputHelper output) : FetchSpec(output)
{
    [Fact]
    public async Task The_requester_does_not_connect_to_a_name_that_resolves_to_its_own_machine()
    {
        var host = Good("ann");
        host.Host.Address = "localhost";
        Grant(host);

        Fetch(new MemorySink(), settings: Calm with { Rounds = 1 });

        var failed = Assert.IsType<FetchFailed>(await OutcomeAsync());
        Assert.Contains("which is not a valid address for a remote host", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(0, host.Connections);
    }
}
