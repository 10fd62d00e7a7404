using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Inet = Akka.IO.Inet;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.AkkaInternals;

/// <summary>
/// A socket option that captures the sockets which Akka.IO opens for a server or a link, so that a connection can write to its socket
/// without Akka.IO.
/// </summary>
/// <remarks>
/// Assumes that Akka.IO calls <see cref="AfterConnect"/> for accepted and for connected sockets, before it tells Connected with the same
/// two addresses.
/// </remarks>
internal sealed class SocketCapture : Inet.SocketOption
{
    private readonly ConcurrentDictionary<(EndPoint? Remote, EndPoint? Local), Socket> _sockets = new();

    public override void AfterConnect(Socket s) => _sockets[(s.RemoteEndPoint, s.LocalEndPoint)] = s;

    /// <summary>Removes and returns the socket of this connection. Every connection must ask for its socket, or it would be kept.</summary>
    /// <returns>
    /// Null when it was removed before: a remote end that resets a connection and comes again from the same port is the same to us until
    /// the first one is gone.
    /// </returns>
    public Socket? TryRemove(Tcp.Connected connected) =>
        _sockets.TryRemove((connected.RemoteAddress, connected.LocalAddress), out var socket) ? socket : null;
}
