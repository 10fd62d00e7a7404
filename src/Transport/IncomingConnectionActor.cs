using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Protocol;

namespace TspActors.Transport;

/// <summary>A connection that was accepted: it makes its session and owns it.</summary>
/// <remarks>A session that stops closes the connection; one that crashes closes it with ERROR(INTERNAL), which says nothing of the reason.</remarks>
internal sealed class IncomingConnectionActor(
    IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local, TransportSettings settings, Func<Props> session)
    : TspConnectionActor(settings, incoming: true)
{
    private bool _sessionCrashed;
    private bool _sessionStopped;

    protected override void PreStart()
    {
        try
        {
            Session = Context.WatchWith(Context.ActorOf(session(), "session"), SessionStopped.Instance);
        }
        catch
        {
            // An actor that could not start gets no PostStop, and Akka.IO would keep the socket until its register-timeout.
            io.Tell(PoisonPill.Instance);
            throw;
        }

        Open(io, socket, remote, local);
    }

    // A session's state is its connection's; a restarted one would not know what was said before.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
    {
        _sessionCrashed = true;
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        if (message is not SessionStopped)
        {
            base.OnReceive(message);
            return;
        }

        OnSessionStopped();
        Arm();
    }

    // The session reads ConnectionClosed before it is stopped: stopping this actor at once would overtake the message.
    private protected override void OnEnded()
    {
        if (_sessionStopped)
            Context.Stop(Self);
        else
            Session.Tell(PoisonPill.Instance);
    }

    private void OnSessionStopped()
    {
        _sessionStopped = true;
        if (IsEnded)
            Context.Stop(Self);
        else if (_sessionCrashed)
            Close(CloseReason.ClosedHere, "the session failed", Errors.Frame(ErrorCode.Internal, "this end has failed; its log says why"));
        else
            Close(CloseReason.ClosedHere, "the session ended");
    }

    private sealed record SessionStopped
    {
        public static readonly SessionStopped Instance = new();
    }
}
