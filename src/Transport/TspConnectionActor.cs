using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport.Connections;
using Tcp = Akka.IO.Tcp;
using TcpSettings = Akka.IO.TcpSettings;

namespace TspActors.Transport;

/// <summary>
/// One TCP connection as frames: reads them for its session, writes what the session sends, watches the deadlines, and ends in good order.
/// </summary>
/// <remarks>
/// <code>
/// Open      read                                           → Open: frames to the session, then waits for ReadMore; reads on where no frame
/// was complete
///           end of input between frames                    → Open: InputEnded to the session; from now on it only writes
///           end of input inside a frame                    → Flushing (Lost)
///           violation                                      → Open until the session has answered the frames before it (its next ReadMore),
///           then Flushing (Violation)
///           deadline                                       → Flushing (TimedOut), ERROR(TIMEOUT) as last words
///           CloseConnection                                → Flushing (ClosedHere)
///           too much queued, failed write, AbortConnection → Cut
/// Flushing  everything queued is taken                     → FIN → Finishing
/// Finishing waits for the remote end's FIN
/// both      discard what arrives; no progress for CloseTimeout, AbortConnection → Cut
/// Cut       waits for the socket to be gone
/// any       socket gone                                    → Ended: ConnectionClosed to the session; stops (an incoming one after its
/// session)
/// </code>
/// The messages are in ConnectionMessages.cs. A session is told exactly one <see cref="ConnectionClosed"/> after its
/// <see cref="ConnectionOpened"/>.
/// </remarks>
public abstract class TspConnectionActor : UntypedActor, IWithTimers
{
    private readonly FrameReader _reader = new();
    private readonly LinkDeadlines _deadlines;
    private IActorRef _socket = ActorRefs.Nobody;
    private SocketWriter? _writer;
    private EndPoint? _remote;
    private InputState _input = InputState.Held;
    private ConnectionClosed? _ending;
    private TimeSpan? _armedFor;
    private int _pings;

    private protected TspConnectionActor(TransportSettings settings, bool incoming)
    {
        Settings = settings;
        _deadlines = new LinkDeadlines(settings, incoming);
    }

    private enum InputState
    {
        // The session has not asked for more.
        Held,

        // A read is under way.
        Reading,

        // The remote end sends no more.
        Ended,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private protected TransportSettings Settings { get; }

    private protected IActorRef Session { get; set; } = ActorRefs.Nobody;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>
    /// Makes a connection to a remote end. Its creator owns it as a child and is told <see cref="ConnectionOpened"/> or
    /// <see cref="ConnectFailed"/>.
    /// </summary>
    /// <param name="host">A DNS name or an IP address; every address of a name is tried.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="settings">Limits and deadlines.</param>
    /// <param name="session">The actor that is told; the creator as a rule.</param>
    /// <param name="permits">Which addresses of the host may be tried; null for all.</param>
    public static Props Outgoing(
        string host, int port, TransportSettings settings, IActorRef session, Func<IPAddress, bool>? permits = null) =>
        Props.Create(() => new OutgoingConnectionActor(host, port, settings, session, permits));

    /// <summary>Makes the connection of an accepted socket; its session is made from <paramref name="session"/> as its child.</summary>
    internal static Props Incoming(
        IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local, TransportSettings settings, Func<Props> session) =>
        Props.Create(() => new IncomingConnectionActor(io, socket, remote, local, settings, session));

    /// <summary>Returns Akka.IO's settings with the sizes of this server or link.</summary>
    internal static TcpSettings SocketSettings(ActorSystem system, TransportSettings settings) =>
        TcpSettings.Create(system) with
        {
            MaxFrameSizeBytes = settings.ReadBufferBytes,
            // Each address is tried once; this part decides which one is next.
            FinishConnectRetries = 0,
        };

    /// <summary>Takes over an open socket and tells the session.</summary>
    /// <param name="io">Akka.IO's actor, which reads and closes it.</param>
    /// <param name="socket">The socket itself, which is written to here.</param>
    /// <param name="remote">The remote end.</param>
    /// <param name="local">This end.</param>
    private protected void Attach(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local)
    {
        _socket = io;
        _remote = remote;
        _writer = new SocketWriter(socket, Self, OnTaken);
        Context.Watch(io);
        io.Tell(new Tcp.Register(Self, keepOpenOnPeerClosed: true));
        Session.Tell(new ConnectionOpened(Self, remote, local));
        Become(Open);
        if (Context.System.Log.IsDebugEnabled)
            Context.GetLogger().Debug("connection with {0} opened", remote);
    }

    private void Open(object message)
    {
        switch (message)
        {
            case Tcp.Received received:
                OnRead(received);
                break;
            case SocketWriter.Progress:
                _writer!.GoOn();
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
                break;
            case AllowSilence silence:
                _deadlines.AllowSilence(Now, silence.Allowed);
                break;
            case DrainRequested:
                Session.Tell(message);
                break;
            case Tick:
                _armedFor = null;
                OnDue(_deadlines.Check(Now));
                break;
            case Tcp.PeerClosed:
                OnInputEnded();
                break;
            default:
                OnSocketMessage(message);
                break;
        }

        Arm();
    }

    private void Flushing(object message)
    {
        if (message is not SocketWriter.Progress)
        {
            Finishing(message);
            return;
        }

        _writer!.GoOn();
        if (!CutIfFailed())
            FinishWhenFlushed();
        Arm();
    }

    private void Finishing(object message)
    {
        switch (message)
        {
            // Read and dropped, so that no RST eats the last words.
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
            case Send or ReadMore or CloseConnection or KeepAlive or AllowSilence or DrainRequested:
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
                _writer!.GoOn();
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

    /// <summary>Handles a message that is none of the connection's own.</summary>
    private protected virtual void OnOther(object message)
    {
        // The rest of what a session said, and of what the socket had under way, comes too late in the last states.
        if (_ending is null)
            Unhandled(message);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // Without it a socket that is still flushing would wait for its remote end for ever.
        if (!_deadlines.IsStopped)
            _socket.Tell(Tcp.Abort.Instance);
        _writer?.Dispose();
    }

    /// <summary>
    /// Ends in good order: sends what is queued, the last words, and FIN; does nothing when the connection is ending already.
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
        FinishWhenFlushed();
        Read();
    }

    /// <summary>The session was told of the end: stops.</summary>
    private protected virtual void OnEnded() => Context.Stop(Self);

    private void OnRead(Tcp.Received received)
    {
        _input = InputState.Held;
        var frames = _reader.Read(received.Data);
        _deadlines.Heard(Now, frames.Length > 0);
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
            // The session answers the frames before it; its ReadMore says that it has.
            _deadlines.ViolationHeld(Now);
        }
    }

    private void OnReadMore()
    {
        if (_reader.Violation is { } violation)
            EndForViolation(violation);
        else
            Read();
    }

    private void Read()
    {
        if (_input != InputState.Held)
            return;
        _input = InputState.Reading;
        _deadlines.ReadStarted(Now);
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

    // False when the socket cannot be written to; then it is cut.
    private bool Write(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, Receipt? receipt = null)
    {
        _deadlines.Wrote(Now);
        _writer!.Write(first, second, receipt);
        return !CutIfFailed();
    }

    private void OnTaken(Receipt? receipt)
    {
        _deadlines.Taken(Now, _writer!.InFlight == 0);
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
                _pings = _pings == int.MaxValue ? 1 : _pings + 1;
                Write(FrameEncoder.Encode(Operation.Ping, _pings));
                break;
            case Due.Violation:
                EndForViolation(_reader.Violation!);
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
            _ending = new ConnectionClosed(CloseReason.TimedOut, "the remote end did not take what was sent and close in time");
        CutSocket(_ending!);
    }

    private void EndForViolation(ProtocolViolation violation) =>
        Close(CloseReason.Violation, violation.Message, Errors.Frame(violation), violation.Code);

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

    // One timer, moved only when something is due earlier than it is set; when it finds nothing due it is set again.
    private void Arm()
    {
        if (_deadlines.Next is not { } next || next >= _armedFor)
            return;
        var now = Now;
        _armedFor = next;
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, next > now ? next - now : TimeSpan.Zero);
    }

    private sealed class Tick : INotInfluenceReceiveTimeout, ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
