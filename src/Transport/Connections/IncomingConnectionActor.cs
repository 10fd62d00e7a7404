using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport.Server;
using TspActors.Transport.Tls;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Connections;

/// <summary>The connection of an accepted socket. It creates its session and supervises it.</summary>
/// <remarks>
/// When the session stops, the connection closes. If the session crashes, the connection closes with ERROR(INTERNAL), which does not
/// disclose the reason.
/// <code>
/// Sniffing  (if the server has a TLS identity)
///           first byte begins a TLS handshake              → Handshaking; any other → Open
///           deadline, no room, drain                       → Flushing, ERROR as last words
/// </code>
/// Then the states of <see cref="OpeningConnectionActor"/> follow, and finally AwaitingSession until the session has read ConnectionClosed
/// and stopped.
/// </remarks>
internal sealed class IncomingConnectionActor(
    Func<IActorRef, Props> io, AcceptedSocket accepted, TransportSettings settings, ReceiveBudget budget, Func<Props> session)
    : OpeningConnectionActor(settings, incoming: true)
{
    // More than an honest stranger has under way: a few requests, and one body of at most 16 KiB.
    private const long MaxDroppedUnused = 256 * 1024;

    // A large body for which there was no room is not read now either. If it has nearly arrived, the rest is read, because the remote end
    // may already have closed its side.
    private const long MaxDroppedOfBody = 64 * 1024;

    // More than an honest peer has under way, even if it shares a hundred thousand songs before it reads the last words.
    private const long MaxDroppedInUse = 16 * 1024 * 1024;

    // Created for the first body that does not arrive in one read; most connections never need it.
    private ReceiveBudget.Reservation? _room;
    private bool _sessionCrashed;
    private bool _inUse;

    protected override void PreStart()
    {
        IActorRef? reader = null;
        try
        {
            reader = Context.ActorOf(io(Self), "io");
            if (Settings.Identity is { } identity && accepted.PingedAt is null)
                Sniff(reader, identity);
            else
                AttachPlain(reader);
        }
        catch
        {
            // Akka does not call PostStop if PreStart throws, but it stops the reader, which resets the connection.
            if (reader is null)
                accepted.Reset();
            throw;
        }
    }

    private void AttachPlain(IActorRef reader)
    {
        if (accepted.PingedAt is { } pingedAt)
        {
            Deadlines.ReadStarted(accepted.Since);
            Deadlines.Heard(pingedAt, frames: true, onlyPings: true);
        }

        Attach(reader, accepted.Socket, accepted.Remote, accepted.Local);
    }

    // The first byte decides whether the remote end speaks TLS.
    private void Sniff(IActorRef reader, TlsIdentity identity)
    {
        TakeOver(reader, accepted.Socket, accepted.Remote, accepted.Local);
        Output.Use(new SocketWriter(accepted.Socket, Self, Output.Accepted));
        Input.Start(accepted.Since);
        reader.Tell(Tcp.ResumeReading.Instance);
        Become(message => Sniffing(message, identity));
        Arm();
    }

    private void Sniffing(object message, TlsIdentity identity)
    {
        switch (message)
        {
            case Tcp.Received received when received.Data[0] == PlainAnswer.TlsHandshake:
                StartHandshake(accepted.Socket, TlsHandshake.Accept(identity));
                Input.Tls!.Feed(received.Data);
                break;
            case Tcp.Received received:
                Input.Feed(received.Data);
                Deadlines.ReadPaused();
                OpenSession(null);
                break;
            case Tcp.PeerClosed:
                Input.End();
                Close(CloseReason.ClosedByRemote, "closed by the remote end");
                break;
            case DeadlineTimer.Tick:
                OnDue(Fired());
                break;
            case GiveWay:
                EndBusy(GiveWayText);
                break;
            case DrainRequested:
                Close(CloseReason.ClosedHere, ShutdownText,
                    Errors.Frame(ErrorCode.ShuttingDown, ShutdownText, retryAfter: TspServerActor.RetryAfter));
                break;
            default:
                OnSocketMessage(message);
                break;
        }

        Arm();
    }

    private protected override void OnOpening() =>
        Session = Context.WatchWith(Context.ActorOf(session(), "session"), SessionStopped.Instance);

    // A restarted session would know nothing about the frames already exchanged, so a failed session is stopped instead.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
    {
        _sessionCrashed |= Sender.Equals(Session);
        return Directive.Stop;
    });

    // Never called: PreStart has already switched to the first state.
    protected override void OnReceive(object message) => Unhandled(message);

    private protected override void OnInUse(bool inUse)
    {
        _inUse = inUse;
        Context.Parent.Tell(new SeatUsed(inUse));
    }

    private protected override bool TryReserve(int bytes)
    {
        if (bytes == 0 && _room is null)
            return true;
        _room ??= budget.Open(accepted.Remote.Address, Self);
        // Only while a body is being read is the room that of this body, and not that of the one before it.
        if (bytes == 0 && Input.State == InputState.Reading)
            _room.GiveBack(Input.MissingLength);
        return _room.TryReserve(bytes, _inUse);
    }

    private protected override long MaxDropped(CloseReason reason) =>
        reason == CloseReason.GaveWay && Input.GatheredLength > BodyRules.SmallBody ? MaxDroppedOfBody
        : _inUse ? MaxDroppedInUse : MaxDroppedUnused;

    private protected override void OnBodyComplete() => _room?.Complete();

    private protected override bool HasRoomMoved() => _room?.HasMoved() == true;

    private protected override void OnOther(object message)
    {
        if (message is SessionStopped)
            OnSessionStopped();
        else
            base.OnOther(message);
    }

    // If this actor stopped immediately, its session would stop before reading ConnectionClosed.
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
            Close(CloseReason.ClosedHere, "the session failed", Errors.Frame(ErrorCode.Internal, "internal error; see the log"));
        else
            Close(CloseReason.ClosedHere, "the session ended");
    }

    private sealed record SessionStopped : ILocalMessage
    {
        public static readonly SessionStopped Instance = new();
    }
}
