using System.Net;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

public sealed class ServerStartSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task A_started_server_reports_its_address()
    {
        var sessions = CreateTestProbe();
        var (address, listener) = await Sys.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0), Patient, () => ReportingSession.Props(sessions), "tsp");
        Assert.Equal("/user/tsp", listener.Path.ToStringWithoutAddress());
        using var remote = await RawTspClient.Connect(address);
        Assert.Equal(address, (await sessions.ExpectMsgAsync<ConnectionOpened>()).Local);
    }

    [Fact]
    public async Task Listening_on_a_port_in_use_throws_an_exception_with_the_reason()
    {
        using var other = RawTspClient.Listen();
        var failure = await Assert.ThrowsAsync<ListenException>(
            () => Sys.ListenAsync(other.Address(), Patient, () => ReportingSession.Props(TestActor), "tsp"));
        Assert.Contains("in use by another program", failure.Message, StringComparison.Ordinal);
    }
}
