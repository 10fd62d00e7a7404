using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Inet = Akka.IO.Inet;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.AkkaInternals;

/// <summary>
/// A socket option that captures the sockets that Akka.IO opens for outgoing connections, so that a connection can write to its socket
/// without Akka.IO.
/// </summary>
/// <remarks>
/// Assumes that Akka.IO calls <see cref="AfterConnect"/> for connected sockets, before it sends Connected with the socket's two addresses.
/// If the remote end has already reset the connection, the socket has no addresses. In that case, Akka.IO's actor fails without sending a
/// message to the actor that requested the connection.
/// </remarks>
/// <param name="lost">Called when the remote end has already reset the connection; null = no callback. Any thread may call it.</param>
internal sealed class SocketCapture(Action? lost = null) : Inet.SocketOption
{
    private readonly ConcurrentDictionary<(EndPoint? Remote, EndPoint? Local), Socket> _sockets = new();

    public override void AfterConnect(Socket s)
    {
        try
        {
            _sockets[(s.RemoteEndPoint, s.LocalEndPoint)] = s;
        }
        catch (SocketException)
        {
            lost?.Invoke();
        }
    }

    /// <summary>
    /// Removes and returns the socket of this connection. Call it for every connection; a socket that is not removed stays here forever.
    /// </summary>
    /// <returns>
    /// Null if another connection with the same addresses removed it: a remote end may reset a connection and reconnect from the same port
    /// before the first connection is gone.
    /// </returns>
    public Socket? TryRemove(Tcp.Connected connected) =>
        _sockets.TryRemove((connected.RemoteAddress, connected.LocalAddress), out var socket) ? socket : null;
}
