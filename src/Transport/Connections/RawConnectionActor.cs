using Akka.Actor;
using TspActors.Transport.Server;
using TspActors.Transport.Tls;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Connections;

/// <summary>A connection whose bytes are no longer frames: passes them on to the session as they arrive.</summary>
/// <remarks>
/// <code>
/// Raw       sends the bytes read after the last frame, then each read, to the session, and waits for ReadMore after each
///           end of input                                   → Raw: sends InputEnded to the session; only writes from now on
///           deadline                                       → Flushing (TimedOut)
///           GiveWay                                        → Flushing (GaveWay)
///           CloseConnection                                → Flushing (ClosedHere)
///           too much queued, failed write, AbortConnection → Cut
/// </code>
/// The remote end expects no ERROR in this state, so none is sent.
/// </remarks>
internal abstract class RawConnectionActor(TransportSettings settings, bool incoming) : TspConnectionActor(settings, incoming)
{
    internal const string GiveWayText = "too many connections are open here; try again later";

    private ReadOnlyMemory<byte> _rest;

    /// <summary>Called when the session starts or stops using the connection. A session with a heartbeat or a stream is using it.</summary>
    private protected virtual void OnInUse(bool inUse)
    {
    }

    /// <summary>Begins the state Raw.</summary>
    private protected void EnterRaw()
    {
        if (Input.HasFrameBegun)
        {
            CutSocket(new ConnectionClosed(CloseReason.Aborted, "a frame had begun"));
            return;
        }

        _rest = Input.TakeRest();
        Deadlines.AllowSilence(Now, allowed: true);
        OnInUse(true);
        TryReserve(0);
        Become(Raw);
    }

    /// <summary>Hands the session's bytes to the socket.</summary>
    private protected void OnSend(Send send)
    {
        if (Output.RefuseIfFull(send) is { } refusal)
        {
            CutSocket(refusal);
            return;
        }

        Output.Write(Now, send.First, send.Second, send.Token is null ? null : new Receipt(Sender, send.Token));
        CutIfFailed();
    }

    /// <summary>Ends a connection whose TLS input has ended without a close_notify.</summary>
    private protected void OnTlsBroken(TlsReadResult result)
    {
        if (result != TlsReadResult.CutOff)
        {
            CutSocket(new ConnectionClosed(CloseReason.Lost, $"TLS ended the connection: {Input.Tls!.ReadFailure}"));
            return;
        }

        Input.End();
        Close(CloseReason.Lost, "the remote end closed the connection without a TLS close_notify");
    }

    private void Raw(object message)
    {
        switch (message)
        {
            case Tcp.Received received:
                if (Input.Tls is null)
                    OnBytes(Input.Extract(received.Data));
                else
                    Input.Tls.Feed(received.Data);
                break;
            case SocketWriter.Progress:
                Output.Continue();
                CutIfFailed();
                break;
            case CipherSocket.Work:
                Input.Tls!.Resume();
                CutIfFailed();
                break;
            case Send send:
                OnSend(send);
                break;
            case ReadMore:
                OnReadMore();
                break;
            case CloseConnection close:
                Close(CloseReason.ClosedHere, "closed by this side", close.LastWords);
                break;
            case ProveLife:
                Sender.Tell(LifeShown.Instance);
                break;
            case GiveWay:
                Close(CloseReason.GaveWay, GiveWayText);
                break;
            case DrainRequested:
                Session.Tell(message);
                break;
            case DeadlineTimer.Tick:
                OnDue(Fired());
                break;
            case RoomGranted or LifeCheck.TimeToLook:
                break;
            case Tcp.PeerClosed when Input.Tls is null:
                OnInputEnded();
                break;
            case Tcp.PeerClosed:
                Input.Tls.FeedEnd();
                break;
            default:
                OnSocketMessage(message);
                break;
        }

        if (Input.Tls is not null)
            Decrypt();
        Arm();
    }

    private void OnReadMore()
    {
        if (_rest.IsEmpty)
        {
            Read();
            return;
        }

        var rest = _rest;
        _rest = default;
        Session.Tell(new RawReceived(rest));
    }

    private void Read()
    {
        if (!Input.CanRead)
            return;
        Input.Start(Now);
        // With TLS, Decrypt requests the input that it needs.
        if (Input.Tls is null)
            Io.Tell(Tcp.ResumeReading.Instance);
    }

    private void OnBytes(ReadOnlyMemory<byte> bytes)
    {
        Input.Hold();
        Deadlines.Heard(Now, frames: true);
        Session.Tell(new RawReceived(bytes));
    }

    private void Decrypt()
    {
        while (Input.State == InputState.Reading && !IsEnding)
        {
            var result = Input.DecryptRaw(out var bytes);
            if (result == TlsReadResult.Pending)
                return;
            if (result == TlsReadResult.Bytes)
                OnBytes(bytes);
            else if (result == TlsReadResult.End)
                OnInputEnded();
            else
                OnTlsBroken(result);
        }
    }

    private void OnInputEnded()
    {
        Input.End();
        Deadlines.InputEnded(Now);
        Session.Tell(InputEnded.Instance);
    }

    private void OnDue(Due due)
    {
        if (due == Due.Idle && IsReceiving() && Deadlines.TryExtend(Now))
            return;
        if (due == Due.StalledWriter && IsReceiving() && Deadlines.TryExtendWriter(Now))
            return;
        if (due is Due.StalledWriter or Due.Idle)
            Close(CloseReason.TimedOut, DeadlineTexts.Describe(due, Settings));
    }
}
