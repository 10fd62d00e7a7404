using System.Net.Sockets;
using Akka.Actor;
using Inet = Akka.IO.Inet;
using Tcp = Akka.IO.Tcp;
using TcpSettings = Akka.IO.TcpSettings;

namespace TspActors.Transport.AkkaInternals;

/// <summary>Creates Akka.IO's actor for a socket that this program has accepted.</summary>
/// <remarks>
/// Assumes that Akka.IO has an actor with this name and these constructor parameters, which its own listener creates in the same way. The
/// actor sends Connected to its handler, waits for Register, and resets the connection when it is stopped. It does not notice that its
/// handler has stopped, so the handler creates it as its child.
/// </remarks>
internal static class AcceptedConnection
{
    private static readonly Type Actor = typeof(Tcp).Assembly.GetType("Akka.IO.TcpIncomingConnection", throwOnError: true)!;

    private static readonly Inet.SocketOption[] NoOptions = [];

    /// <param name="settings">Akka.IO's settings.</param>
    /// <param name="socket">The socket. The actor closes it.</param>
    /// <param name="handler">The actor that receives Akka.IO's messages, and asks for each read.</param>
    public static Props Props(TcpSettings settings, Socket socket, IActorRef handler) =>
        Akka.Actor.Props.Create(Actor, settings, socket, handler, NoOptions, true);
}
