using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>A name of a host that leads to this machine.</summary>
public sealed class HostNameSpecs(ITestOutputHelper output) : FetchSpec(output)
{
    [Fact]
    public async Task A_host_whose_name_leads_to_this_machine_is_not_connected_to()
    {
        var host = Good("ann");
        host.Host.Address = "localhost";
        Grant(host);

        Fetch(new MemorySink(), settings: Calm with { Rounds = 1 });

        var failed = Assert.IsType<FetchFailed>(await OutcomeAsync());
        Assert.Contains("which cannot be the address of a host elsewhere", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(0, host.Connections);
    }
}
