using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport.Server;

namespace TspActors.Transport.Connections;

/// <summary>The connection of an accepted socket: it makes its session and owns it.</summary>
/// <remarks>
/// A session that stops closes the connection; one that crashes closes it with ERROR(INTERNAL), which says nothing of the reason. States:
/// those of <see cref="TspConnectionActor"/>, and last AwaitingSession, until the session has read ConnectionClosed and stopped.
/// </remarks>
internal sealed class IncomingConnectionActor(
    IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local, TransportSettings settings, ReceiveBudget budget, Func<Props> session)
    : TspConnectionActor(settings, incoming: true)
{
    // Made for the first body that is torn; most connections have none.
    private ReceiveBudget.Reservation? _room;
    private bool _sessionCrashed;

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

        Attach(io, socket, remote, local);
    }

    // A session's state is its connection's; a restarted one would not know what was said before.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
    {
        _sessionCrashed = true;
        return Directive.Stop;
    });

    // PreStart has entered the first state.
    protected override void OnReceive(object message) => Unhandled(message);

    private protected override void OnInUse(bool inUse) => Context.Parent.Tell(new SeatUsed(remote.Address, inUse));

    private protected override bool TryReserve(int bytes) =>
        (bytes == 0 && _room is null) || (_room ??= budget.Open(remote.Address, Self)).TryReserve(bytes);

    private protected override void OnOther(object message)
    {
        if (message is SessionStopped)
            OnSessionStopped();
        else
            base.OnOther(message);
    }

    // The session reads ConnectionClosed before it is stopped: stopping this actor at once would overtake the message.
    private protected override void OnEnded()
    {
        if (Session.IsNobody())
        {
            Context.Stop(Self);
            return;
        }

        Session.Tell(PoisonPill.Instance);
        Become(AwaitingSession);
    }

    private void AwaitingSession(object message)
    {
        if (message is SessionStopped)
            Context.Stop(Self);
    }

    private void OnSessionStopped()
    {
        Session = ActorRefs.Nobody;
        if (_sessionCrashed)
            Close(CloseReason.ClosedHere, "the session failed", Errors.Frame(ErrorCode.Internal, "this end has failed; its log says why"));
        else
            Close(CloseReason.ClosedHere, "the session ended");
    }

    private sealed record SessionStopped : ILocalMessage
    {
        public static readonly SessionStopped Instance = new();
    }
}
