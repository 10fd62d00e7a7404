using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport.Server;
using TspActors.Transport.Tls;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport.Connections;

/// <summary>An open connection, which exchanges frames with the session and with the remote end.</summary>
/// <remarks>
/// <code>
/// Open      sends ConnectionOpened to the session when it begins
///           read                                           → Open: sends the frames to the session and waits for ReadMore;
///                                                            reads on if no frame is complete
///           end of input between frames                    → Open: sends InputEnded to the session; only writes from now on
///           end of input inside a frame                    → Flushing (Lost)
///           violation                                      → Open until the session has answered the frames before the violation,
///                                                            which the next ReadMore signals; then Flushing (Violation)
///           deadline                                       → Flushing (TimedOut), ERROR(TIMEOUT) as last words
///           Rest                                           → Open: a large body that begins is read once the rest is over
///           no room for a frame, GiveWay                   → Flushing (GaveWay), ERROR(BUSY) as last words
///           BeginRaw                                       → Raw; StartTls, AcceptTls → Upgrading
///           CloseConnection                                → Flushing (ClosedHere)
///           too much queued, failed write, AbortConnection → Cut
/// </code>
/// With TLS, a read passes through <see cref="TlsLink"/>.
/// </remarks>
internal abstract class OpenConnectionActor(TransportSettings settings, bool incoming) : RawConnectionActor(settings, incoming)
{
    private LifeCheck? _life;
    private TimeSpan _restUntil;

    /// <summary>Begins the state Open.</summary>
    private protected void OpenSession(KeyId? remoteKey, KeyId? ownKey = null)
    {
        OnOpening();
        Announce(remoteKey, ownKey);
    }

    /// <summary>Sends <see cref="ConnectionOpened"/> to the session.</summary>
    private protected void Announce(KeyId? remoteKey, KeyId? ownKey)
    {
        Input.Hold();
        Session.Tell(new ConnectionOpened(Self, Remote!, Local!, Input.Tls is not null, remoteKey, ownKey));
        Become(Open);
        if (Context.System.Log.IsDebugEnabled)
            Context.GetLogger().Debug("connection with {0} opened{1}", Remote, Input.Tls is null ? "" : $" with TLS, key {remoteKey}");
    }

    /// <summary>Called directly before the session receives <see cref="ConnectionOpened"/>.</summary>
    private protected virtual void OnOpening()
    {
    }

    /// <summary>Called when the session requests TLS on a connection that is open.</summary>
    private protected abstract void OnUpgrade(TlsHandshake handshake);

    /// <summary>Called when the socket may have accepted bytes.</summary>
    private protected abstract void OnProgress();

    /// <summary>Acts on a deadline: ends the connection, or sends a PING.</summary>
    private protected void OnDue(Due due)
    {
        switch (due)
        {
            case Due.Nothing:
                break;
            case Due.Ping:
                WritePing();
                break;
            case Due.Violation:
                EndForViolation();
                break;
            case Due.NoRoom when HasRoomMoved() && Deadlines.TryExtendRoom(Now):
                break;
            case Due.NoRoom:
                EndBusy(DeadlineTexts.Describe(due, Settings));
                break;
            case Due.Idle when IsReceiving() && Deadlines.TryExtend(Now):
            case Due.StalledWriter when IsReceiving() && Deadlines.TryExtendWriter(Now):
                break;
            default:
                var message = DeadlineTexts.Describe(due, Settings);
                Close(CloseReason.TimedOut, message, Errors.Frame(ErrorCode.Timeout, message));
                break;
        }
    }

    private protected void EndBusy(string message) =>
        Close(CloseReason.GaveWay, message, Errors.Frame(ErrorCode.Busy, message, retryAfter: TspServerActor.RetryAfter));

    private void Open(object message)
    {
        switch (message)
        {
            case Tcp.Received received:
                if (Input.Tls is null)
                    OnRead(Input.Read(received.Data));
                else
                    Input.Tls.Feed(received.Data);
                break;
            case SocketWriter.Progress:
                Output.Continue();
                if (!CutIfFailed())
                    OnProgress();
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
            case Rest rest:
                _restUntil = Now + rest.Duration;
                ReadIfRested();
                break;
            case RestOver:
                ReadIfRested();
                break;
            case CloseConnection close:
                Close(CloseReason.ClosedHere, "closed by this side", close.LastWords);
                break;
            case KeepAlive keepAlive:
                Deadlines.KeepAlive(Now, keepAlive.Interval);
                OnInUse(true);
                if (keepAlive.Bodies is { } bodies)
                    Input.Use(bodies);
                break;
            case AllowSilence silence:
                Deadlines.AllowSilence(Now, silence.Allowed);
                OnInUse(silence.Allowed);
                if (silence.Bodies is { } allowed)
                    Input.Use(allowed);
                break;
            case BeginRaw:
                EnterRaw();
                Arm();
                return;
            case StartTls start:
                OnUpgrade(TlsHandshake.Connect(start.Client));
                break;
            case AcceptTls accept:
                OnUpgrade(TlsHandshake.Accept(accept.Identity));
                break;
            case ProveLife prove:
                OnProveLife(prove.Within);
                break;
            case LifeCheck.TimeToLook:
                OnTimeToLook();
                break;
            case RoomGranted:
                if (Input.State == InputState.AwaitingRoom)
                    Read();
                break;
            case GiveWay:
                EndBusy(GiveWayText);
                break;
            case DrainRequested:
                Session.Tell(message);
                break;
            case DeadlineTimer.Tick:
                OnDue(Fired());
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

    private void OnRead(ImmutableArray<Frame> frames)
    {
        Input.Hold();
        _life?.Confirm();
        _life = null;
        OnFrames(frames);
    }

    // Decrypts the input in the TLS layer until the session has frames to handle.
    private void Decrypt()
    {
        while (Input.State == InputState.Reading && !IsEnding)
        {
            switch (Input.Decrypt(out var frames))
            {
                case TlsReadResult.Bytes:
                    OnRead(frames);
                    break;
                case TlsReadResult.Pending:
                    return;
                case TlsReadResult.End:
                    OnInputEnded();
                    break;
                case var broken:
                    OnTlsBroken(broken);
                    break;
            }
        }
    }

    // The memory of a frame stays reserved until the session asks for more. Otherwise, complete frames that the session has not handled yet
    // could use any amount of memory.
    private void OnFrames(ImmutableArray<Frame> frames)
    {
        var step = Input.Next(frames, Now);
        if (frames.Length > 0 && Input.GatheredLength == 0)
            OnBodyComplete();
        if (frames.Length > 0)
            Session.Tell(new FramesReceived(frames));
        if (step == InputStep.ReadOn)
            Read();
        else if (step == InputStep.Refuse)
            EndForViolation();
    }

    private void OnReadMore()
    {
        if (Input.GatheredLength == 0)
            TryReserve(0);
        if (Input.Violation is not null)
            EndForViolation();
        else if (Input.HasInput)
            OnFrames(Input.ReadOn());
        else
            Read();
    }

    private void Read()
    {
        if (!Input.CanRead)
            return;
        var rest = _restUntil - Now;
        if (Input.GatheredLength > BodyRules.SmallBody && rest > TimeSpan.Zero)
        {
            AwaitRest(rest);
            return;
        }

        if (!TryReserve(Input.GatheredLength))
        {
            Input.AwaitRoom(Now);
            return;
        }

        Input.Start(Now);
        // With TLS, Decrypt requests the input that it needs.
        if (Input.Tls is null)
            Io.Tell(Tcp.ResumeReading.Instance);
    }

    private void AwaitRest(TimeSpan rest)
    {
        TryReserve(0);
        Input.Rest(Now);
        Timers.StartSingleTimer(RestOver.Instance, RestOver.Instance, rest);
    }

    private void ReadIfRested()
    {
        if (Input.State == InputState.Resting)
            Read();
    }

    private void OnInputEnded()
    {
        Input.End();
        if (Input.IsAtFrameBoundary)
        {
            Deadlines.InputEnded(Now);
            Session.Tell(InputEnded.Instance);
        }
        else
        {
            Close(CloseReason.Lost, "the remote end closed the connection in the middle of a frame");
        }
    }

    private void WritePing()
    {
        Output.WritePing(Now);
        CutIfFailed();
    }

    private void OnProveLife(TimeSpan within)
    {
        if (Input.State != InputState.Reading)
        {
            Sender.Tell(LifeShown.Instance);
            return;
        }

        _life = new LifeCheck(Sender);
        WritePing();
        Timers.StartSingleTimer(LifeCheck.TimeToLook.Instance, LifeCheck.TimeToLook.Instance, within);
    }

    private void OnTimeToLook()
    {
        if (_life?.Look(Output.HasUnreadInput) is { } again)
            Timers.StartSingleTimer(LifeCheck.TimeToLook.Instance, LifeCheck.TimeToLook.Instance, again);
        else
            _life = null;
    }

    private void EndForViolation()
    {
        var violation = Input.Violation!;
        Close(CloseReason.Violation, violation.Message, Errors.Frame(violation), violation.Code);
    }

    internal sealed record RestOver : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly RestOver Instance = new();
    }
}
