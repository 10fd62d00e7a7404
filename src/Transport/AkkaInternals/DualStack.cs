using System.Net.Sockets;
using Inet = Akka.IO.Inet;

namespace TspActors.Transport.AkkaInternals;

/// <summary>A socket option that lets a server on [::] accept IPv4 connections too. Akka.IO's own sockets are IPv6 only.</summary>
/// <remarks>Assumes that Akka.IO calls <see cref="BeforeServerSocketBind"/> for its server sockets.</remarks>
internal sealed class DualStack : Inet.SocketOption
{
    public override void BeforeServerSocketBind(Socket ss)
    {
        if (ss.AddressFamily == AddressFamily.InterNetworkV6)
            ss.DualMode = true;
    }
}
