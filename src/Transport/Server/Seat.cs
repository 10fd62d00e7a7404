using System.Net;
using Akka.Actor;

namespace TspActors.Transport.Server;

/// <summary>One accepted connection of a server, from accepting its socket until the socket is closed.</summary>
/// <param name="accepted">The socket.</param>
internal sealed class Seat(AcceptedSocket accepted)
{
    public AcceptedSocket Accepted { get; } = accepted;

    public IPAddress Address => Accepted.Remote.Address;

    /// <summary>The connection's actor; nobody while the socket is silent (<see cref="SilentSockets"/>).</summary>
    public IActorRef Connection { get; set; } = ActorRefs.Nobody;

    /// <summary>When the connection was first in use; null if it never was, or if too many were.</summary>
    public TimeSpan? UsedSince { get; set; }
}
