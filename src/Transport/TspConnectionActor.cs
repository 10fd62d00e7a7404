using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport.Connections;
using TspActors.Transport.Server;
using TspActors.Transport.Tls;
using Tcp = Akka.IO.Tcp;
using TcpSettings = Akka.IO.TcpSettings;

namespace TspActors.Transport;

/// <summary>
/// A TCP connection that carries frames. It reads frames for its session, writes what the session sends, enforces deadlines and closes in
/// an orderly way.
/// </summary>
/// <remarks>
/// <code>
/// Sniffing  (incoming, if the server has a TLS identity)
///           first byte is that of TLS                      → Handshaking; any other → Open
///           deadline, no room, drain                       → Flushing, ERROR as last words
/// Handshaking (TLS only)
///           done                                           → Open
///           failed                                         → Flushing (incoming), ConnectFailed (outgoing)
///           deadline, no room, drain                       → Cut
/// Open      sends ConnectionOpened to the session when it begins
///           read                                           → Open: sends the frames to the session and waits for ReadMore;
///                                                            reads on if no frame is complete
///           end of input between frames                    → Open: sends InputEnded to the session; only writes from now on
///           end of input inside a frame                    → Flushing (Lost)
///           violation                                      → Open until the session has answered the frames before the violation,
///                                                            which the next ReadMore signals; then Flushing (Violation)
///           deadline                                       → Flushing (TimedOut), ERROR(TIMEOUT) as last words
///           no room for a frame, GiveWay                   → Flushing (GaveWay), ERROR(BUSY) as last words
///           CloseConnection                                → Flushing (ClosedHere)
///           too much queued, failed write, AbortConnection → Cut
/// Flushing  everything queued is sent                      → FIN → Finishing
/// Finishing waits for the remote end's FIN
/// both      discard input; no progress for CloseTimeout, failed write, AbortConnection → Cut
/// Cut       waits until the socket is gone
/// any       socket gone                                    → Ended: sends ConnectionClosed to the session; stops
///                                                            (an incoming connection stops after its session)
/// </code>
/// With TLS, a read passes through <see cref="TlsLink"/>, and a close_notify precedes FIN.
/// The messages are in ConnectionMessages.cs. A session receives exactly one <see cref="ConnectionClosed"/> after
/// its <see cref="ConnectionOpened"/>.
/// </remarks>
public abstract class TspConnectionActor : UntypedActor, IWithTimers
{
    private const string GiveWayText = "too many connections are open here; try again later";
    private const string ShutdownText = "the program is shutting down";

    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(500);

    private readonly FrameReader _reader;
    private readonly ConnectionDeadlines _deadlines;
    private IActorRef _socket = ActorRefs.Nobody;
    private ILinkWriter? _writer;
    private TlsLink? _tls;
    private IPEndPoint? _remote;
    private IPEndPoint? _local;
    private InputState _input = InputState.Held;
    private ConnectionClosed? _ending;
    private TimeSpan? _armedFor;
    private IActorRef? _lifeAskedBy;
    private int _looksForLife;
    private int _pings;

    private protected TspConnectionActor(TransportSettings settings, bool incoming)
    {
        Settings = settings;
        _reader = new FrameReader(settings.Bodies);
        _deadlines = new ConnectionDeadlines(settings, incoming);
    }

    private enum InputState
    {
        // The session has not asked for more frames.
        Held,

        // The session has asked for more frames, but there is no room yet for the frame that has begun.
        AwaitingRoom,

        // A read is in progress.
        Reading,

        // The remote end has closed its sending side.
        Ended,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private protected TransportSettings Settings { get; }

    private protected IActorRef Session { get; set; } = ActorRefs.Nobody;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>
    /// Returns the Props of a connection to a remote end. The actor sends <paramref name="session"/> either <see cref="ConnectionOpened"/>
    /// or <see cref="ConnectFailed"/>.
    /// </summary>
    /// <param name="host">A DNS name or an IP address. The actor tries every address of a name.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="settings">Limits and deadlines.</param>
    /// <param name="session">The actor that receives the connection's messages; usually its creator.</param>
    /// <param name="permits">Returns true if an address of the host may be tried; null = every address may be tried.</param>
    /// <param name="tls">How to speak TLS; null = plain.</param>
    public static Props Outgoing(
        string host, int port, TransportSettings settings, IActorRef session, Func<IPAddress, bool>? permits = null,
        TlsClient? tls = null) =>
        Props.Create(() => new OutgoingConnectionActor(host, port, settings, session, permits, tls));

    /// <summary>
    /// Returns the Props of the connection for an accepted socket. The connection creates its session from <paramref name="session"/>.
    /// </summary>
    internal static Props Incoming(
        IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local, TransportSettings settings, ReceiveBudget budget,
        Func<Props> session) =>
        Props.Create(() => new IncomingConnectionActor(io, socket, remote, local, settings, budget, session));

    /// <summary>Returns Akka.IO's settings, with the read buffer size of this server or connection.</summary>
    internal static TcpSettings SocketSettings(ActorSystem system, TransportSettings settings) =>
        TcpSettings.Create(system) with
        {
            MaxFrameSizeBytes = settings.ReadBufferBytes,
            // Akka.IO tries each address once; Dial decides which one is next.
            FinishConnectRetries = 0,
        };

    /// <summary>Takes over an open socket and sends <see cref="ConnectionOpened"/> to the session.</summary>
    /// <param name="io">Akka.IO's actor, which reads and closes the socket.</param>
    /// <param name="socket">The socket itself, for writing.</param>
    /// <param name="remote">The address of the remote end.</param>
    /// <param name="local">The address of this end.</param>
    private protected void Attach(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local)
    {
        TakeOver(io, remote, local);
        _writer = new SocketWriter(socket, Self, OnAccepted);
        OpenSession(null);
    }

    /// <summary>Takes over an open socket. The first byte from the remote end decides whether it speaks TLS.</summary>
    private protected void AttachSniffing(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local, TlsIdentity identity)
    {
        TakeOver(io, remote, local);
        _writer = new SocketWriter(socket, Self, OnAccepted);
        _input = InputState.Reading;
        _deadlines.ReadStarted(Now);
        io.Tell(Tcp.ResumeReading.Instance);
        Become(message => Sniffing(message, socket, identity));
        Arm();
    }

    /// <summary>Takes over an open socket, and opens the connection after a TLS handshake.</summary>
    private protected void AttachSecure(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local, TlsClient tls)
    {
        TakeOver(io, remote, local);
        StartHandshake(socket, TlsHandshake.Connect(tls));
    }

    private void TakeOver(IActorRef io, IPEndPoint remote, IPEndPoint local)
    {
        _socket = io;
        _remote = remote;
        _local = local;
        Context.Watch(io);
        io.Tell(new Tcp.Register(Self, keepOpenOnPeerClosed: true));
    }

    private void StartHandshake(Socket socket, TlsHandshake handshake)
    {
        _writer?.Dispose();
        _input = InputState.Held;
        _tls = new TlsLink(socket, _socket, Self, OnAccepted, handshake);
        _writer = _tls;
        Become(Handshaking);
        if (!_tls.TryStart(HandshakeGate.Shared))
            OnHandshakeFailed(new HandshakeFailed(TlsFailure.Busy, "was not asked, because too many TLS handshakes are waiting here"));
    }

    private void OpenSession(KeyId? remoteKey)
    {
        _input = InputState.Held;
        OnOpening();
        Session.Tell(new ConnectionOpened(Self, _remote!, _local!, _tls is not null, remoteKey));
        Become(Open);
        if (Context.System.Log.IsDebugEnabled)
            Context.GetLogger().Debug("connection with {0} opened{1}", _remote, _tls is null ? "" : $" with TLS, key {remoteKey}");
    }

    private void Sniffing(object message, Socket socket, TlsIdentity identity)
    {
        switch (message)
        {
            case Tcp.Received received when received.Data[0] == PlainAnswer.TlsHandshake:
                StartHandshake(socket, TlsHandshake.Accept(identity));
                _tls!.Feed(received.Data);
                break;
            case Tcp.Received received:
                _reader.Feed(received.Data);
                _deadlines.ReadPaused();
                OpenSession(null);
                break;
            case Tcp.PeerClosed:
                _input = InputState.Ended;
                Close(CloseReason.ClosedByRemote, "closed by the remote end");
                break;
            case Tick:
                _armedFor = null;
                OnDue(_deadlines.Check(Now));
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

    // The remote end cannot read an ERROR before the handshake is done, so the connection is cut instead.
    private protected virtual void Handshaking(object message)
    {
        switch (message)
        {
            case Tcp.Received received:
                _tls!.Feed(received.Data);
                break;
            case Tcp.PeerClosed:
                _tls!.FeedEnd();
                break;
            case SocketWriter.Progress:
                _tls!.Continue();
                break;
            case TlsLink.Work:
                _tls!.Resume();
                break;
            case HandshakeDone done:
                _tls!.Open();
                _deadlines.ReadPaused();
                OpenSession(done.RemoteKey);
                break;
            case HandshakeFailed failed:
                OnHandshakeFailed(failed);
                break;
            case Tick:
                _armedFor = null;
                if (_deadlines.Check(Now) != Due.Nothing)
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

    private void Open(object message)
    {
        switch (message)
        {
            case Tcp.Received received:
                if (_tls is null)
                    OnRead(_reader.Read(received.Data));
                else
                    _tls.Feed(received.Data);
                break;
            case SocketWriter.Progress:
                _writer!.Continue();
                CutIfFailed();
                break;
            case TlsLink.Work:
                _tls!.Resume();
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
            case KeepAlive keepAlive:
                _deadlines.KeepAlive(Now, keepAlive.Interval);
                OnInUse(true);
                if (keepAlive.Bodies is { } bodies)
                    UseBodies(bodies);
                break;
            case AllowSilence silence:
                _deadlines.AllowSilence(Now, silence.Allowed);
                OnInUse(silence.Allowed);
                break;
            case ProveLife prove:
                OnProveLife(prove.Within);
                break;
            case LookForLife:
                OnLookForLife();
                break;
            case RoomGranted when _input == InputState.AwaitingRoom:
                Read();
                break;
            case RoomGranted:
                break;
            case GiveWay:
                EndBusy(GiveWayText);
                break;
            case DrainRequested:
                Session.Tell(message);
                break;
            case Tick:
                _armedFor = null;
                OnDue(_deadlines.Check(Now));
                break;
            case Tcp.PeerClosed when _tls is null:
                OnInputEnded();
                break;
            case Tcp.PeerClosed:
                _tls.FeedEnd();
                break;
            default:
                OnSocketMessage(message);
                break;
        }

        if (_tls is not null)
            Decrypt();
        Arm();
    }

    private void Flushing(object message)
    {
        switch (message)
        {
            case SocketWriter.Progress:
                _writer!.Continue();
                break;
            case TlsLink.Work:
                _tls!.Resume();
                break;
            default:
                Finishing(message);
                return;
        }

        if (!CutIfFailed())
            FinishWhenFlushed();
        Arm();
    }

    private void Finishing(object message)
    {
        switch (message)
        {
            // Keep reading and drop the input. Closing with unread input would send RST, and the remote end could lose the last words.
            case Tcp.Received:
                _input = InputState.Held;
                Read();
                break;
            case Tick:
                _armedFor = null;
                OnCloseDue(_deadlines.Check(Now));
                break;
            case Tcp.PeerClosed:
                _input = InputState.Ended;
                break;
            case Send or ReadMore or CloseConnection or KeepAlive or AllowSilence or DrainRequested or RoomGranted or GiveWay or ProveLife
                or TlsLink.Work:
                break;
            default:
                OnSocketMessage(message);
                break;
        }

        Arm();
    }

    private void Cut(object message)
    {
        switch (message)
        {
            case SocketWriter.Progress:
                _writer!.Continue();
                break;
            case Tcp.ConnectionClosed or Terminated:
                OnSocketMessage(message);
                break;
            default:
                OnOther(message);
                break;
        }
    }

    private void Ended(object message) => OnOther(message);

    private void OnSocketMessage(object message)
    {
        switch (message)
        {
            case AbortConnection:
                CutSocket(new ConnectionClosed(CloseReason.Aborted, "cut by this side"));
                break;
            case Tcp.ConnectionClosed closed:
                OnSocketGone(closed.Cause);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_socket):
                OnSocketGone(null);
                break;
            default:
                OnOther(message);
                break;
        }
    }

    /// <summary>Handles a message that this class does not know.</summary>
    private protected virtual void OnOther(object message)
    {
        // While the connection ends, late messages from the session and the socket are expected.
        if (_ending is null)
            Unhandled(message);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        TryReserve(0);
        // Otherwise a socket that is still flushing would wait for its remote end forever.
        if (!_deadlines.IsStopped)
            _socket.Tell(Tcp.Abort.Instance);
        _writer?.Dispose();
    }

    /// <summary>
    /// Closes in an orderly way: sends the queued bytes, the last words, and FIN. Does nothing if the connection is already ending.
    /// </summary>
    private protected void Close(CloseReason reason, string message, ReadOnlyMemory<byte> lastWords = default, ErrorCode? violation = null)
    {
        if (_ending is not null)
            return;
        _ending = _input == InputState.Ended && reason == CloseReason.ClosedHere
            ? new ConnectionClosed(CloseReason.ClosedByRemote, "closed by the remote end")
            : new ConnectionClosed(reason, message, violation);
        if (!lastWords.IsEmpty && !Write(lastWords))
            return;
        Become(Flushing);
        _deadlines.CloseBegun(Now);
        _writer!.EndOutput();
        // With TLS, the socket's input ends later than the session's: FIN follows close_notify.
        if (_tls is not null && _input != InputState.Reading)
            _input = _tls.HasSocketEnded ? InputState.Ended : InputState.Held;
        if (CutIfFailed())
            return;
        FinishWhenFlushed();
        Read();
    }

    /// <summary>Called directly before the session receives <see cref="ConnectionOpened"/>.</summary>
    private protected virtual void OnOpening()
    {
    }

    /// <summary>Ends all deadlines, because Akka.IO has closed the socket.</summary>
    private protected void ForgetSocket() => _deadlines.Stop();

    /// <summary>Ends a connection whose TLS handshake has failed.</summary>
    private protected virtual void OnHandshakeFailed(HandshakeFailed failed)
    {
        if (failed.Failure == TlsFailure.Busy)
            CutSocket(new ConnectionClosed(CloseReason.Aborted, failed.Text));
        else
            Close(CloseReason.Violation, failed.Text);
    }

    /// <summary>Stops this actor. Called after ConnectionClosed has been sent to the session.</summary>
    private protected virtual void OnEnded() => Context.Stop(Self);

    /// <summary>Called when the session starts or stops using the connection. A session with a heartbeat or a stream is using it.</summary>
    private protected virtual void OnInUse(bool inUse)
    {
    }

    /// <summary>Reserves memory for a body that has begun to arrive; 0 releases it.</summary>
    /// <returns>False if there is no room yet; <see cref="RoomGranted"/> follows when there is.</returns>
    private protected virtual bool TryReserve(int bytes) => true;

    private void OnProveLife(TimeSpan within)
    {
        if (_input != InputState.Reading)
        {
            Sender.Tell(LifeShown.Instance);
            return;
        }

        (_lifeAskedBy, _looksForLife) = (Sender, 0);
        WritePing();
        Timers.StartSingleTimer(LookForLife.Instance, LookForLife.Instance, within);
    }

    // In an overloaded program, a reply may still be in the socket, or on its way from Akka.IO, which the second look gives time to arrive.
    private void OnLookForLife()
    {
        if (_lifeAskedBy is null)
            return;
        if (_writer!.HasUnreadInput)
            ReplyAboutLife(LifeShown.Instance);
        else if (_looksForLife++ == 0)
            Timers.StartSingleTimer(LookForLife.Instance, LookForLife.Instance, SecondLook);
        else
            ReplyAboutLife(NoLifeShown.Instance);
    }

    private void ReplyAboutLife(object reply)
    {
        _lifeAskedBy?.Tell(reply);
        _lifeAskedBy = null;
    }

    private void WritePing()
    {
        _pings = _pings == int.MaxValue ? 1 : _pings + 1;
        Write(FrameEncoder.Encode(Operation.Ping, _pings));
    }

    private void OnRead(ImmutableArray<Frame> frames)
    {
        _input = InputState.Held;
        ReplyAboutLife(LifeShown.Instance);
        OnFrames(frames);
    }

    // Reads what the TLS layer can decrypt, until the session has frames to handle.
    private void Decrypt()
    {
        while (_input == InputState.Reading && _ending is null)
        {
            switch (_tls!.Read(out var bytes))
            {
                case TlsReadResult.Bytes:
                    OnRead(_reader.Read(bytes));
                    break;
                case TlsReadResult.Pending:
                    return;
                case TlsReadResult.End:
                    OnInputEnded();
                    break;
                case TlsReadResult.CutOff:
                    _input = InputState.Ended;
                    Close(CloseReason.Lost, "the remote end closed the connection without saying so in TLS");
                    break;
                default:
                    CutSocket(new ConnectionClosed(CloseReason.Lost, $"TLS ended the connection: {_tls.ReadFailure}"));
                    break;
            }
        }
    }

    private void OnFrames(ImmutableArray<Frame> frames)
    {
        if (_reader.GatheredLength == 0)
            TryReserve(0);
        var now = Now;
        _deadlines.Heard(now, frames.Length > 0, IsOnlyPings(frames));
        _deadlines.InFrame(now, !_reader.IsAtFrameBoundary);
        if (frames.Length > 0)
            Session.Tell(new FramesReceived(frames));
        if (_reader.Violation is not { } violation)
        {
            if (frames.Length == 0)
                Read();
        }
        else if (frames.Length == 0)
        {
            EndForViolation(violation);
        }
        else
        {
            // The session answers the frames before the violation first. Its next ReadMore means that it has done so.
            _deadlines.ViolationHeld(Now);
        }
    }

    private void OnReadMore()
    {
        if (_reader.Violation is { } violation)
            EndForViolation(violation);
        else if (_reader.HasInput)
            OnFrames(_reader.ReadOn());
        else
            Read();
    }

    // A frame that was too long for the old rules but not for the new ones is read when the session asks for more.
    private void UseBodies(BodyRules rules)
    {
        _reader.Use(rules);
        if (_reader.Violation is null)
            _deadlines.ViolationLifted();
    }

    private static bool IsOnlyPings(ImmutableArray<Frame> frames)
    {
        foreach (var frame in frames)
        {
            if (frame.Operation is not (Operation.Ping or Operation.Pong))
                return false;
        }

        return true;
    }

    private void Read()
    {
        if (_input is not (InputState.Held or InputState.AwaitingRoom))
            return;
        // Input that is dropped while the connection ends needs no room.
        if (_ending is null && !TryReserve(_reader.GatheredLength))
        {
            _input = InputState.AwaitingRoom;
            _deadlines.RoomAwaited(Now);
            return;
        }

        _input = InputState.Reading;
        _deadlines.ReadStarted(Now);
        // Decrypt asks for the input that TLS needs, unless the input is only to be dropped.
        if (_tls is null || _ending is not null)
            _socket.Tell(Tcp.ResumeReading.Instance);
    }

    private void OnSend(Send send)
    {
        var length = (long)send.First.Length + send.Second.Length;
        if (_writer!.InFlight + length > Settings.MaxQueuedBytes)
            CutSocket(
                new ConnectionClosed(CloseReason.Aborted, $"more than {Settings.MaxQueuedBytes} bytes were queued for the remote end"));
        else
            Write(send.First, send.Second, send.Token is null ? null : new Receipt(Sender, send.Token));
    }

    // Cuts the socket and returns false if it cannot be written to.
    private bool Write(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, Receipt? receipt = null)
    {
        _deadlines.Wrote(Now);
        _writer!.Write(first, second, receipt);
        return !CutIfFailed();
    }

    private void OnAccepted(Receipt? receipt)
    {
        _deadlines.Accepted(Now, _writer!.InFlight == 0);
        receipt?.Sender.Tell(new Sent(receipt.Token));
    }

    private bool CutIfFailed()
    {
        if (_writer!.Failure is not { } failure)
            return false;
        CutSocket(new ConnectionClosed(CloseReason.Lost, $"writing failed: {new SocketException((int)failure).Message}"));
        return true;
    }

    private void FinishWhenFlushed()
    {
        if (_writer!.InFlight > 0)
            return;
        Become(Finishing);
        _socket.Tell(Tcp.ConfirmedClose.Instance);
    }

    private void OnInputEnded()
    {
        _input = InputState.Ended;
        if (_reader.IsAtFrameBoundary)
        {
            _deadlines.InputEnded(Now);
            Session.Tell(InputEnded.Instance);
        }
        else
        {
            Close(CloseReason.Lost, "the remote end closed the connection in the middle of a frame");
        }
    }

    private void OnDue(Due due)
    {
        switch (due)
        {
            case Due.Nothing:
                break;
            case Due.Ping:
                WritePing();
                break;
            case Due.Violation:
                EndForViolation(_reader.Violation!);
                break;
            case Due.NoRoom:
                EndBusy(DeadlineTexts.Describe(due, Settings));
                break;
            default:
                var message = DeadlineTexts.Describe(due, Settings);
                Close(CloseReason.TimedOut, message, Errors.Frame(ErrorCode.Timeout, message));
                break;
        }
    }

    private void OnCloseDue(Due due)
    {
        if (due == Due.Nothing)
            return;
        if (_ending is { Reason: CloseReason.ClosedHere or CloseReason.ClosedByRemote })
            _ending = new ConnectionClosed(CloseReason.TimedOut, "the remote end did not receive everything and close in time");
        CutSocket(_ending!);
    }

    private void EndForViolation(ProtocolViolation violation) =>
        Close(CloseReason.Violation, violation.Message, Errors.Frame(violation), violation.Code);

    private void EndBusy(string message) =>
        Close(CloseReason.GaveWay, message, Errors.Frame(ErrorCode.Busy, message, retryAfter: TspServerActor.RetryAfter));

    private void CutSocket(ConnectionClosed ending)
    {
        _ending ??= ending;
        _deadlines.Stop();
        Become(Cut);
        _socket.Tell(Tcp.Abort.Instance);
    }

    private void OnSocketGone(string? cause)
    {
        var wasSent = _writer!.InFlight == 0;
        if (_ending is null || (_ending.Reason is CloseReason.ClosedHere or CloseReason.ClosedByRemote && !wasSent))
            _ending = new ConnectionClosed(
                CloseReason.Lost, cause is null ? "the connection was lost" : $"the connection was lost: {cause}");
        _deadlines.Stop();
        Timers.CancelAll();
        Become(Ended);
        if (Context.System.Log.IsDebugEnabled)
            Context.GetLogger().Debug("connection with {0} closed: {1} ({2})", _remote, _ending.Reason, _ending.Message);
        Session.Tell(_ending);
        OnEnded();
    }

    // One timer serves all deadlines. It is only ever moved to an earlier time; if it fires before anything is due, it is set again.
    private void Arm()
    {
        if (_deadlines.Next is not { } next || next >= _armedFor)
            return;
        var now = Now;
        _armedFor = next;
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, next > now ? next - now : TimeSpan.Zero);
    }

    private sealed record LookForLife : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly LookForLife Instance = new();
    }

    private sealed class Tick : INotInfluenceReceiveTimeout, ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
