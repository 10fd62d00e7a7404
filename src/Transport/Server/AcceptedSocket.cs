using System.Net;
using System.Net.Sockets;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Server;

/// <summary>
/// A socket that a server has accepted, its two addresses, and when it was accepted. IPv4 addresses are not mapped to IPv6.
/// </summary>
internal sealed record AcceptedSocket(Socket Socket, IPEndPoint Remote, IPEndPoint Local, TimeSpan Since)
{
    /// <summary>When the server itself last answered a PING; null = never. The connection is plain if it did.</summary>
    public TimeSpan? PingedAt { get; set; }

    /// <summary>Returns an accepted socket with its addresses; null if the remote end has already reset it.</summary>
    public static AcceptedSocket? TryTake(Socket socket)
    {
        try
        {
            // Akka.IO does the same, but would fail with an exception.
            socket.NoDelay = true;
            return new AcceptedSocket(
                socket, ((IPEndPoint)socket.RemoteEndPoint!).Unmapped(), ((IPEndPoint)socket.LocalEndPoint!).Unmapped(),
                DeadlineTimer.Now);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Closes the socket immediately. The remote end receives a reset, and nothing else.</summary>
    public void Reset() => Socket.Close(0);
}
