using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using TspActors.Transport.AkkaInternals;
using Xunit.Abstractions;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Tests.AkkaInternals;

/// <summary>
/// Canary tests: Akka.IO passes a server's socket to a socket option before it binds, accepted sockets inherit the option's settings, and
/// Akka.IO reports the socket error of a failed bind.
/// </summary>
public sealed class BindSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task A_server_socket_can_be_made_dual_stack()
    {
        Sys.Tcp().Tell(new Tcp.Bind(TestActor, new IPEndPoint(IPAddress.IPv6Any, 0), options: [new DualStack()]), TestActor);
        var address = (IPEndPoint)(await ExpectMsgAsync<Tcp.Bound>()).LocalAddress;

        using var remote = await RawTspClient.Connect(new IPEndPoint(IPAddress.Loopback, address.Port));

        Assert.True(((IPEndPoint)(await ExpectMsgAsync<Tcp.Connected>()).RemoteAddress).Address.IsIPv4MappedToIPv6);
    }

    [Fact]
    public async Task Accepted_sockets_inherit_the_send_buffer_of_the_servers_socket()
    {
        const int Bytes = 64 * 1024;
        var sockets = new SocketCapture();
        Sys.Tcp().Tell(
            new Tcp.Bind(TestActor, new IPEndPoint(IPAddress.Loopback, 0), options: [new SendBuffer(Bytes), sockets]), TestActor);
        var address = (IPEndPoint)(await ExpectMsgAsync<Tcp.Bound>()).LocalAddress;

        using var remote = await RawTspClient.Connect(address);

        var accepted = sockets.TryRemove(await ExpectMsgAsync<Tcp.Connected>());
        Assert.NotNull(accepted);
        // Linux reports twice the size that was set.
        Assert.InRange(accepted.SendBufferSize, Bytes, 2 * Bytes);
    }

    [Fact]
    public async Task A_failed_bind_reports_the_socket_error()
    {
        using var other = RawTspClient.Listen();
        Sys.Tcp().Tell(new Tcp.Bind(TestActor, other.Address()), TestActor);

        var failed = await ExpectMsgAsync<Tcp.CommandFailed>();

        Assert.IsType<Tcp.Bind>(failed.Cmd);
        Assert.Equal(
            SocketError.AddressAlreadyInUse, Assert.IsType<SocketException>(failed.Cause.Value.GetBaseException()).SocketErrorCode);
    }
}
