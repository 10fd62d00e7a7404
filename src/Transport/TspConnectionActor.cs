using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using Tcp = Akka.IO.Tcp;
using TcpSettings = Akka.IO.TcpSettings;

namespace TspActors.Transport;

/// <summary>One TCP connection as frames: reads them for its session, writes what the session sends, watches the deadlines, and ends in good order.</summary>
/// <remarks>The messages are in ConnectionMessages.cs. A session is told exactly one <see cref="ConnectionClosed"/> after its <see cref="ConnectionOpened"/>.</remarks>
// State     message                                      → next
// Open      read                                         → Open: frames to the session, then waits for ReadMore; reads on where no frame was complete
//           end of input between frames                  → Open: InputEnded to the session; from now on it only writes
//           end of input inside a frame                  → Closing (Lost)
//           violation                                    → Open until the session has answered what came before (its next ReadMore), then Closing (Violation)
//           deadline                                     → Closing (TimedOut), ERROR(TIMEOUT) as last words
//           CloseConnection                              → Closing (ClosedHere)
//           too much queued, failed write, AbortConnection → Cut
// Closing   flushes, sends FIN, discards what arrives; no progress for CloseTimeout, AbortConnection → Cut
// Cut       waits for the socket to be gone
// any       socket gone                                  → Ended: ConnectionClosed to the session; stops (an incoming one after its session)
public abstract class TspConnectionActor : UntypedActor, IWithTimers
{
    private readonly FrameReader _reader = new();
    private readonly LinkDeadlines _deadlines;
    private IActorRef _socket = ActorRefs.Nobody;
    private SocketWriter? _writer;
    private State _state = State.NotOpen;
    private bool _reading;
    private bool _inputEnded;
    private bool _outputEnded;
    private ConnectionClosed? _ending;
    private TimeSpan? _armedFor;
    private int _pings;

    private protected TspConnectionActor(TransportSettings settings, bool incoming)
    {
        Settings = settings;
        _deadlines = new LinkDeadlines(settings, incoming);
    }

    private enum State
    {
        NotOpen,
        Open,
        Closing,
        Cut,
        Ended,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private protected TransportSettings Settings { get; }

    private protected IActorRef Session { get; set; } = ActorRefs.Nobody;

    private protected bool IsOpened => _state != State.NotOpen;

    private protected bool IsEnded => _state == State.Ended;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>A connection to be made. Its creator owns it as a child and is told <see cref="ConnectionOpened"/> or <see cref="ConnectFailed"/>.</summary>
    /// <param name="host">A DNS name or an IP address; every address of a name is tried.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="settings">Limits and deadlines.</param>
    /// <param name="session">Who is told; the creator as a rule.</param>
    public static Props Outgoing(string host, int port, TransportSettings settings, IActorRef session) =>
        Props.Create(() => new OutgoingConnectionActor(host, port, settings, session));

    /// <summary>An accepted socket; the session is made from <paramref name="session"/> as the connection's child.</summary>
    internal static Props Incoming(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local, TransportSettings settings, Func<Props> session) =>
        Props.Create(() => new IncomingConnectionActor(io, socket, remote, local, settings, session));

    /// <summary>Akka.IO's settings with the sizes of this listener or link.</summary>
    internal static TcpSettings SocketSettings(ActorSystem system, TransportSettings settings) =>
        TcpSettings.Create(system) with
        {
            MaxFrameSizeBytes = settings.ReadBufferBytes,
            // Each address is tried once; which one is next is decided here.
            FinishConnectRetries = 0,
        };

    /// <summary>Takes over an open socket and tells the session.</summary>
    /// <param name="io">Akka.IO's actor, which reads and closes it.</param>
    /// <param name="socket">The socket itself, which is written to here.</param>
    /// <param name="remote">The remote end.</param>
    /// <param name="local">This end.</param>
    private protected void Open(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local)
    {
        _socket = io;
        _writer = new SocketWriter(socket, Self, OnTaken);
        _state = State.Open;
        Context.Watch(io);
        io.Tell(new Tcp.Register(Self, keepOpenOnPeerClosed: true));
        Session.Tell(new ConnectionOpened(Self, remote, local));
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tcp.Received received:
                OnRead(received);
                break;
            case SocketWriter.Progress:
                _writer!.GoOn();
                AfterWriting();
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
            case AbortConnection:
                Cut(new ConnectionClosed(CloseReason.Aborted, "cut by this side"));
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
            case Tcp.ConnectionClosed closed:
                OnSocketGone(closed.Cause);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_socket):
                OnSocketGone(null);
                break;
            default:
                Unhandled(message);
                break;
        }

        Arm();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // Without it a socket that is still flushing would wait for its remote end for ever.
        if (_state is State.Open or State.Closing)
            _socket.Tell(Tcp.Abort.Instance);
        _writer?.Dispose();
    }

    /// <summary>Ends in good order: what is queued, the last words, FIN; what arrives meanwhile is read and dropped, so that no RST eats the last words.</summary>
    private protected void Close(CloseReason reason, string message, ReadOnlyMemory<byte> lastWords = default, ErrorCode? violation = null)
    {
        if (_state != State.Open)
            return;
        _ending = _inputEnded && reason == CloseReason.ClosedHere
            ? new ConnectionClosed(CloseReason.ClosedByRemote, "closed by the remote end")
            : new ConnectionClosed(reason, message, violation);
        if (!lastWords.IsEmpty)
            Write(lastWords);
        if (_state != State.Open)
            return;
        _state = State.Closing;
        _deadlines.CloseBegun(Now);
        EndOutput();
        Read();
    }

    /// <summary>The session was told of the end; what is left is to stop.</summary>
    private protected virtual void OnEnded() => Context.Stop(Self);

    private void OnRead(Tcp.Received received)
    {
        _reading = false;
        if (_state != State.Open)
        {
            if (_state == State.Closing)
                Read();
            return;
        }

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
            // The session answers what came before; its ReadMore says that it has.
            _deadlines.ViolationHeld(Now);
        }
    }

    private void OnReadMore()
    {
        if (_state != State.Open)
            return;
        if (_reader.Violation is { } violation)
            EndForViolation(violation);
        else
            Read();
    }

    private void Read()
    {
        if (_reading || _inputEnded)
            return;
        _reading = true;
        _deadlines.ReadStarted(Now);
        _socket.Tell(Tcp.ResumeReading.Instance);
    }

    private void OnSend(Send send)
    {
        if (_state != State.Open)
            return;
        var length = (long)send.First.Length + send.Second.Length;
        if (_writer!.InFlight + length > Settings.MaxQueuedBytes)
            Cut(new ConnectionClosed(CloseReason.Aborted, $"more than {Settings.MaxQueuedBytes} bytes were queued for the remote end"));
        else
            Write(send.First, send.Second, send.Token is null ? null : new Receipt(Sender, send.Token));
    }

    private void Write(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, Receipt? receipt = null)
    {
        _deadlines.Wrote(Now);
        _writer!.Write(first, second, receipt);
        AfterWriting();
    }

    private void OnTaken(Receipt? receipt)
    {
        _deadlines.Taken(Now, _writer!.InFlight == 0);
        if (receipt is not null && _state != State.Ended)
            receipt.Sender.Tell(new Sent(receipt.Token));
    }

    private void AfterWriting()
    {
        if (_writer!.Failure is { } failure)
            Cut(new ConnectionClosed(CloseReason.Lost, $"writing failed: {new SocketException((int)failure).Message}"));
        else if (_state == State.Closing)
            EndOutput();
    }

    // Behind what is queued.
    private void EndOutput()
    {
        if (_outputEnded || _writer!.InFlight > 0)
            return;
        _outputEnded = true;
        _socket.Tell(Tcp.ConfirmedClose.Instance);
    }

    private void OnInputEnded()
    {
        _inputEnded = true;
        _reading = false;
        if (_state == State.Closing)
            EndOutput();
        else if (_state == State.Open && _reader.IsAtFrameBoundary)
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
            case Due.Close when _ending is { Reason: CloseReason.ClosedHere or CloseReason.ClosedByRemote }:
                _ending = null;
                Cut(new ConnectionClosed(CloseReason.TimedOut, "the remote end did not take what was sent and close in time"));
                break;
            case Due.Close:
                Cut(_ending!);
                break;
            default:
                var message = DueTexts.Of(due, Settings);
                Close(CloseReason.TimedOut, message, Errors.Frame(ErrorCode.Timeout, message));
                break;
        }
    }

    private void EndForViolation(ProtocolViolation violation) => Close(CloseReason.Violation, violation.Message, Errors.Frame(violation), violation.Code);

    private void Cut(ConnectionClosed ending)
    {
        if (_state is not (State.Open or State.Closing))
            return;
        _ending ??= ending;
        _state = State.Cut;
        _socket.Tell(Tcp.Abort.Instance);
    }

    private void OnSocketGone(string? cause)
    {
        if (_state == State.Ended)
            return;
        var wasSent = _writer!.InFlight == 0;
        if (_ending is null || (_ending.Reason is CloseReason.ClosedHere or CloseReason.ClosedByRemote && !wasSent))
            _ending = new ConnectionClosed(CloseReason.Lost, cause is null ? "the connection was lost" : $"the connection was lost: {cause}");
        _state = State.Ended;
        Timers.CancelAll();
        Session.Tell(_ending);
        OnEnded();
    }

    // One timer, moved only when something is due earlier than it is set; when it finds nothing due it is set anew.
    private protected void Arm()
    {
        if (_state is not (State.Open or State.Closing) || _deadlines.Next is not { } next || next >= _armedFor)
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
