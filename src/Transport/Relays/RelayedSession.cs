using Akka.Actor;

namespace TspActors.Transport.Relays;

/// <summary>
/// Handles a session's messages while its connection is waiting at a relay or is being relayed: passes on the bytes that arrive.
/// </summary>
/// <param name="connection">The connection.</param>
public sealed class RelayedSession(IActorRef connection)
{
    private IActorRef _splice = ActorRefs.Nobody;

    /// <summary>Handles one of the session's messages.</summary>
    /// <param name="message">The message.</param>
    /// <param name="context">The session's context.</param>
    public void Handle(object message, IActorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        switch (message)
        {
            case PlaceOpened opened:
                _splice = context.Watch(opened.Splice);
                break;
            case PlaceRefused refused:
                connection.Tell(new CloseConnection(refused.Frame), context.Self);
                break;
            case RawReceived or InputEnded:
                _splice.Tell(message, context.Self);
                break;
            case Terminated or DrainRequested:
                connection.Tell(new CloseConnection(), context.Self);
                break;
            case ConnectionClosed:
                context.Stop(context.Self);
                break;
        }
    }
}
