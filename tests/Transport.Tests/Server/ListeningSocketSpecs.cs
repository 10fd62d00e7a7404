using System.Net;
using System.Net.Sockets;
using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

public sealed class ListeningSocketSpecs
{
    [Fact]
    public async Task A_socket_on_the_IPv6_wildcard_accepts_IPv4_connections_too()
    {
        using var listening = ListeningSocket.Open(new IPEndPoint(IPAddress.IPv6Any, 0), backlog: 10, sendBufferBytes: 0);
        using var remote = await RawTspClient.Connect(new IPEndPoint(IPAddress.Loopback, listening.Address().Port));

        using var socket = await listening.AcceptAsync();

        var accepted = AcceptedSocket.TryTake(socket);
        Assert.NotNull(accepted);
        Assert.Equal(remote.Socket.Address(), accepted.Remote);
        Assert.Equal(IPAddress.Loopback, accepted.Local.Address);
    }

    [Fact]
    public async Task Accepted_sockets_inherit_the_send_buffer_of_the_servers_socket()
    {
        const int Bytes = 64 * 1024;
        using var listening = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), backlog: 10, Bytes);
        using var remote = await RawTspClient.Connect(listening.Address());

        using var accepted = await listening.AcceptAsync();

        // Linux reports twice the size that was set.
        Assert.InRange(accepted.SendBufferSize, Bytes, 2 * Bytes);
    }

    [Fact]
    public void A_port_in_use_throws_the_socket_error()
    {
        using var other = RawTspClient.Listen();

        var error = Assert.Throws<SocketException>(() => ListeningSocket.Open(other.Address(), backlog: 10, sendBufferBytes: 0));

        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_socket_that_its_remote_end_has_reset_is_closed_or_taken()
    {
        using var listening = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), backlog: 10, sendBufferBytes: 0);
        var remote = await RawTspClient.Connect(listening.Address());
        var from = remote.Socket.Address();
        remote.Reset();
        using var socket = await listening.AcceptAsync();
        Assert.True(socket.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead));

        // On Linux, the address of the remote end is known from accept(2).
        var accepted = AcceptedSocket.TryTake(socket);

        Assert.Equal(from, accepted?.Remote ?? from);
        accepted?.Reset();
        Assert.True(socket.SafeHandle.IsClosed);
    }
}
