using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Inet = Akka.IO.Inet;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport;

/// <summary>Gets at the sockets that Akka.IO opens for a listener or a link, so that a connection can write to its own without going through Akka.IO.</summary>
internal sealed class OpenedSockets : Inet.SocketOption
{
    private readonly ConcurrentDictionary<(EndPoint? Remote, EndPoint? Local), Socket> _sockets = new();

    // Akka.IO calls this just before it tells Connected.
    public override void AfterConnect(Socket s) => _sockets[(s.RemoteEndPoint, s.LocalEndPoint)] = s;

    /// <summary>The socket of this connection; asked for once, and always, or it would be kept.</summary>
    /// <returns>
    /// Null when it was asked for before: a remote end that resets a connection and comes again from the same port is the same to us until the first one is gone.
    /// </returns>
    public Socket? Take(Tcp.Connected connected) =>
        _sockets.TryRemove((connected.RemoteAddress, connected.LocalAddress), out var socket) ? socket : null;
}
