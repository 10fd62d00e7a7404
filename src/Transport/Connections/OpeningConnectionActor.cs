using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using TspActors.Transport.Server;
using TspActors.Transport.Tls;
using ByteString = Akka.IO.ByteString;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Connections;

/// <summary>A connection before it is open: this class takes over the socket and performs the TLS handshake.</summary>
/// <remarks>
/// <code>
/// Handshaking (TLS only)
///           done                                           → Open
///           failed                                         → Flushing (incoming), ConnectFailed (outgoing)
///           deadline, no room, drain                       → Cut
/// </code>
/// Then the states of <see cref="OpenConnectionActor"/> follow. A plain connection can change to TLS later:
/// <code>
/// Open      StartTls, AcceptTls, once everything queued is sent → Upgrading
/// Upgrading done                                           → Open, with a second ConnectionOpened
///           failed                                         → Flushing
///           deadline, no room, drain, CloseConnection      → Cut
/// </code>
/// </remarks>
internal abstract class OpeningConnectionActor(TransportSettings settings, bool incoming) : OpenConnectionActor(settings, incoming)
{
    internal const string ShutdownText = "the program is shutting down";

    private const string OverdueText = "the TLS handshake was not complete in time";

    // The handshake that begins once everything queued in plaintext has been sent.
    private TlsHandshake? _upgrade;

    /// <summary>Takes over an open socket and sends <see cref="ConnectionOpened"/> to the session.</summary>
    /// <param name="io">Akka.IO's actor, which reads and closes the socket.</param>
    /// <param name="socket">The socket itself, for writing.</param>
    /// <param name="remote">The address of the remote end.</param>
    /// <param name="local">The address of this end.</param>
    private protected void Attach(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local)
    {
        TakeOver(io, socket, remote, local);
        Output.Use(new SocketWriter(socket, Self, Output.Accepted));
        OpenSession(null);
    }

    /// <summary>Takes over an open socket, and opens the connection after a TLS handshake.</summary>
    private protected void AttachSecure(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local, TlsClient tls)
    {
        TakeOver(io, socket, remote, local);
        StartHandshake(socket, TlsHandshake.Connect(tls));
    }

    /// <summary>Begins the state Handshaking.</summary>
    private protected void StartHandshake(Socket socket, TlsHandshake handshake) => StartHandshake(socket, handshake, Handshaking);

    private void StartHandshake(Socket socket, TlsHandshake handshake, UntypedReceive state)
    {
        Input.Hold();
        var link = new TlsLink(socket, Io, Self, Output.Accepted, handshake);
        Input.Tls = link;
        Output.Use(link);
        Become(state);
        if (!link.TryStart(Settings.Handshakes))
            Self.Tell(new HandshakeFailed(TlsFailure.Busy, "cannot be given a TLS handshake now, because too many are waiting at this end"));
    }

    private protected virtual void Handshaking(object message)
    {
        switch (message)
        {
            case HandshakeDone done:
                Input.Tls!.Open();
                Deadlines.ReadPaused();
                OpenSession(done.RemoteKey, done.OwnKey);
                Arm();
                break;
            case HandshakeFailed failed:
                OnHandshakeFailed(failed);
                Arm();
                break;
            default:
                OnHandshakeMessage(message);
                break;
        }
    }

    private protected override void OnUpgrade(TlsHandshake handshake)
    {
        if (Input.Tls is not null || !Input.CanRead || Input.HasFrameBegun || _upgrade is not null)
            CutSocket(new ConnectionClosed(CloseReason.Aborted, "TLS cannot begin here"));
        else if (Output.IsSent)
            Upgrade(handshake);
        else
            _upgrade = handshake;
    }

    private protected override void OnProgress()
    {
        if (_upgrade is { } handshake && Output.IsSent)
            Upgrade(handshake);
    }

    // The bytes after the last frame are the remote end's first TLS bytes.
    private void Upgrade(TlsHandshake handshake)
    {
        _upgrade = null;
        var rest = Input.TakeRest();
        Timers.StartSingleTimer(UpgradeOverdue.Instance, UpgradeOverdue.Instance, Settings.ConnectTimeout);
        StartHandshake(Descriptor!, handshake, Upgrading);
        if (!rest.IsEmpty)
            Input.Tls!.Feed(ByteString.FromBytes(rest.ToArray()));
    }

    private void Upgrading(object message)
    {
        switch (message)
        {
            case HandshakeDone done:
                Timers.Cancel(UpgradeOverdue.Instance);
                Input.Tls!.Open();
                Deadlines.ReadPaused();
                Announce(done.RemoteKey, done.OwnKey);
                Arm();
                break;
            case HandshakeFailed { Failure: TlsFailure.Busy } failed:
                CutSocket(new ConnectionClosed(CloseReason.Aborted, $"the remote end {failed.Text}"));
                break;
            case HandshakeFailed failed:
                Close(CloseReason.Violation, $"the remote end {failed.Text}");
                Arm();
                break;
            case UpgradeOverdue:
                CutSocket(new ConnectionClosed(CloseReason.TimedOut, OverdueText));
                break;
            case CloseConnection:
                CutSocket(new ConnectionClosed(CloseReason.ClosedHere, "closed by this side"));
                break;
            default:
                OnHandshakeMessage(message);
                break;
        }
    }

    // The remote end cannot read an ERROR before the handshake is done, so the connection is dropped instead.
    private void OnHandshakeMessage(object message)
    {
        switch (message)
        {
            case Tcp.Received received:
                Input.Tls!.Feed(received.Data);
                break;
            case Tcp.PeerClosed:
                Input.Tls!.FeedEnd();
                break;
            case SocketWriter.Progress:
                Output.Continue();
                break;
            case CipherSocket.Work:
                Input.Tls!.Resume();
                break;
            case DeadlineTimer.Tick:
                if (Fired() != Due.Nothing)
                    CutSocket(new ConnectionClosed(CloseReason.TimedOut, OverdueText));
                break;
            case GiveWay:
                CutSocket(new ConnectionClosed(CloseReason.GaveWay, GiveWayText));
                break;
            case DrainRequested:
                CutSocket(new ConnectionClosed(CloseReason.ClosedHere, ShutdownText));
                break;
            default:
                OnSocketMessage(message);
                break;
        }

        Arm();
    }

    /// <summary>Ends a connection whose TLS handshake has failed.</summary>
    private protected virtual void OnHandshakeFailed(HandshakeFailed failed)
    {
        if (failed.Failure == TlsFailure.Busy)
            CutSocket(new ConnectionClosed(CloseReason.Aborted, failed.Text));
        else
            Close(CloseReason.Violation, failed.Text);
    }

    private sealed record UpgradeOverdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly UpgradeOverdue Instance = new();
    }
}
