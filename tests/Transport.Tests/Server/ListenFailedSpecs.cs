using System.Net;
using Akka.Actor;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Server;

public sealed class ListenFailedSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task A_port_in_use_is_reported_with_its_address()
    {
        using var other = RawTspClient.Listen();
        var port = other.Address().Port;
        Assert.Equal($"port {port} on 127.0.0.1 is in use by another program", await FailureOf(new IPEndPoint(IPAddress.Loopback, port)));
    }

    [Fact]
    public async Task An_address_of_another_machine_is_reported() =>
        Assert.Equal(
            "cannot listen on port 7070 on 192.0.2.1: this machine has no such address",
            await FailureOf(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 7070)));

    private async Task<string> FailureOf(IPEndPoint address)
    {
        var owner = CreateTestProbe();
        var server = Sys.ActorOf(TspServerActor.Props(address, Patient, () => ReportingSession.Props(owner), owner));
        Watch(server);
        var reason = (await owner.ExpectMsgAsync<ListenFailed>()).Reason;
        await ExpectTerminatedAsync(server);
        return reason;
    }
}
