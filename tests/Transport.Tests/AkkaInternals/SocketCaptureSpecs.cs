using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using TspActors.Transport.AkkaInternals;
using Xunit.Abstractions;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Tests.AkkaInternals;

/// <summary>Canary tests: Akka.IO passes its sockets to a socket option before it reports that they are connected.</summary>
public sealed class SocketCaptureSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private readonly SocketCapture _sockets = new();

    [Fact]
    public async Task The_socket_of_an_outgoing_connection_is_captured_once()
    {
        using var server = RawTspClient.Listen();
        Sys.Tcp().Tell(new Tcp.Connect(server.Address(), options: [_sockets]), TestActor);

        var connected = await ExpectMsgAsync<Tcp.Connected>();

        var socket = Assert.IsType<Socket>(_sockets.TryRemove(connected));
        Assert.Equal(server.Address(), Assert.IsType<IPEndPoint>(socket.RemoteEndPoint).Unmapped());
        Assert.Null(_sockets.TryRemove(connected));
    }

    [Fact]
    public async Task A_connection_that_is_already_reset_is_reported()
    {
        var lost = 0;
        using var server = RawTspClient.Listen();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Address());
        using (var accepted = await server.AcceptAsync())
            accepted.Close(0);
        // The socket becomes readable when the reset arrives.
        Assert.True(socket.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead));

        new SocketCapture(() => lost++).AfterConnect(socket);

        Assert.Equal(1, lost);
    }
}
