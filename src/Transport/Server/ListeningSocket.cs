using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport.Server;

/// <summary>Opens the socket on which a server listens.</summary>
internal static class ListeningSocket
{
    /// <param name="address">Port 0 = any free port; the address :: accepts IPv4 too.</param>
    /// <param name="backlog">How many connections can be waiting in the operating system to be accepted. The system may allow
    /// fewer.</param>
    /// <param name="sendBufferBytes">
    /// How much the operating system buffers for a remote end that does not read, 0 = as much as it chooses. Accepted sockets inherit the
    /// limit. Linux limits it to net.core.wmem_max and then doubles it.
    /// </param>
    /// <exception cref="SocketException">The server cannot listen there.</exception>
    public static Socket Open(IPEndPoint address, int backlog, int sendBufferBytes)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            if (sendBufferBytes > 0)
                socket.SendBufferSize = sendBufferBytes;
            socket.Bind(address);
            socket.Listen(backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
