using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Transport.Server;
using TspActors.Transport.Tls;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Connections;

/// <summary>A connection until it opens: takes over the socket, and performs the TLS handshake.</summary>
/// <remarks>
/// <code>
/// Handshaking (TLS only)
///           done                                           → Open
///           failed                                         → Flushing (incoming), ConnectFailed (outgoing)
///           deadline, no room, drain                       → Cut
/// </code>
/// Then the states of <see cref="OpenConnectionActor"/> follow.
/// </remarks>
internal abstract class OpeningConnectionActor(TransportSettings settings, bool incoming) : OpenConnectionActor(settings, incoming)
{
    private protected const string ShutdownText = "the program is shutting down";

    /// <summary>Takes over an open socket and sends <see cref="ConnectionOpened"/> to the session.</summary>
    /// <param name="io">Akka.IO's actor, which reads and closes the socket.</param>
    /// <param name="socket">The socket itself, for writing.</param>
    /// <param name="remote">The address of the remote end.</param>
    /// <param name="local">The address of this end.</param>
    private protected void Attach(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local)
    {
        TakeOver(io, remote, local);
        Output.Use(new SocketWriter(socket, Self, Output.Accepted));
        OpenSession(null);
    }

    /// <summary>Takes over an open socket, and opens the connection after a TLS handshake.</summary>
    private protected void AttachSecure(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local, TlsClient tls)
    {
        TakeOver(io, remote, local);
        StartHandshake(socket, TlsHandshake.Connect(tls));
    }

    /// <summary>Begins the state Handshaking.</summary>
    private protected void StartHandshake(Socket socket, TlsHandshake handshake)
    {
        Input.Hold();
        var link = new TlsLink(socket, Io, Self, Output.Accepted, handshake);
        Input.Tls = link;
        Output.Use(link);
        Become(Handshaking);
        if (!link.TryStart(HandshakeGate.Shared))
            OnHandshakeFailed(new HandshakeFailed(TlsFailure.Busy, "was not asked, because too many TLS handshakes are waiting here"));
    }

    // The remote end cannot read an ERROR before the handshake is done, so the connection is cut instead.
    private protected virtual void Handshaking(object message)
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
            case HandshakeDone done:
                Input.Tls!.Open();
                Deadlines.ReadPaused();
                OpenSession(done.RemoteKey, done.OwnKey);
                break;
            case HandshakeFailed failed:
                OnHandshakeFailed(failed);
                break;
            case DeadlineTimer.Tick:
                if (Fired() != Due.Nothing)
                    CutSocket(new ConnectionClosed(CloseReason.TimedOut, "the TLS handshake was not complete in time"));
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
}
