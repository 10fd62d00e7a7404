using System.Net.Sockets;
using Inet = Akka.IO.Inet;

namespace TspActors.Transport;

/// <summary>Lets a listener on [::] take IPv4 connections too; without it Akka.IO's is IPv6 only.</summary>
internal sealed class DualStack : Inet.SocketOption
{
    public override void BeforeServerSocketBind(Socket ss)
    {
        if (ss.AddressFamily == AddressFamily.InterNetworkV6)
            ss.DualMode = true;
    }
}
