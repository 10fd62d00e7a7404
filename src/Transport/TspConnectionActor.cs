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
/// A TCP connection that carries frames. It reads frames for its session, writes those that the session sends, enforces deadlines and
/// closes in an orderly way. This class takes over the socket and ends the connection; the derived classes open and use it.
/// </summary>
/// <remarks>
/// <code>
/// Dialling, Sniffing, Handshaking, Open, Raw, Upgrading: see the derived classes; they end in Flushing or in Cut
/// Flushing  everything queued is sent                      → FIN → Finishing
/// Finishing waits for the remote end's FIN
/// both      discard input; failed write, AbortConnection, or nothing more received by the remote end for CloseTimeout → Cut
/// Cut       waits until the socket is gone
/// any       socket gone                                    → Ended: sends ConnectionClosed to the session; stops
///                                                            (an incoming connection stops after its session)
/// </code>
/// With TLS, a close_notify precedes FIN. The messages are in ConnectionMessages.cs. A session receives exactly one
/// <see cref="ConnectionClosed"/> after its <see cref="ConnectionOpened"/>.
/// </remarks>
public abstract class TspConnectionActor : UntypedActor, IWithTimers
{
    private readonly DeadlineTimer _timer;
    private ConnectionClosed? _ending;
    private KernelQueue? _kernel;
    private long _dropped;

    private protected TspConnectionActor(TransportSettings settings, bool incoming)
    {
        Settings = settings;
        Deadlines = new ConnectionDeadlines(settings, incoming);
        Input = new ConnectionInput(settings.Bodies, Deadlines);
        Output = new ConnectionOutput(Deadlines, settings.MaxQueuedBytes);
        _timer = new DeadlineTimer(Deadlines);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private protected TransportSettings Settings { get; }

    private protected ConnectionDeadlines Deadlines { get; }

    private protected ConnectionInput Input { get; }

    private protected ConnectionOutput Output { get; }

    private protected IActorRef Session { get; set; } = ActorRefs.Nobody;

    /// <summary>Akka.IO's actor, which reads and closes the socket.</summary>
    private protected IActorRef Io { get; private set; } = ActorRefs.Nobody;

    /// <summary>The socket, for writing.</summary>
    private protected Socket? Descriptor { get; private set; }

    private protected IPEndPoint? Remote { get; private set; }

    private protected IPEndPoint? Local { get; private set; }

    /// <summary>True if the connection is ending.</summary>
    private protected bool IsEnding => _ending is not null;

    private protected static TimeSpan Now => DeadlineTimer.Now;

    /// <summary>
    /// Returns the Props of a connection to a remote end. The actor sends <paramref name="session"/> either <see cref="ConnectionOpened"/>
    /// or <see cref="ConnectFailed"/>.
    /// </summary>
    /// <param name="host">A DNS name or an IP address. At most eight addresses of a name are tried, in a race, IPv6 first.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="settings">Limits and deadlines.</param>
    /// <param name="session">The actor that receives the connection's messages; usually its creator.</param>
    /// <param name="permits">Returns true if an address of the host may be tried; null = every address may be tried.</param>
    /// <param name="tls">How to speak TLS; null = plain.</param>
    public static Props Outgoing(
        string host, int port, TransportSettings settings, IActorRef session, Func<IPAddress, bool>? permits = null,
        TlsClient? tls = null) =>
        Outgoing(HostNames.ResolveAsync, host, port, settings, session, permits, tls);

    /// <summary>Returns the Props of a connection to a remote end whose name is resolved by <paramref name="resolve"/>.</summary>
    internal static Props Outgoing(
        Func<string, Task<IPAddress[]>> resolve, string host, int port, TransportSettings settings, IActorRef session,
        Func<IPAddress, bool>? permits, TlsClient? tls) =>
        Props.Create(() => new OutgoingConnectionActor(resolve, host, port, settings, session, permits, tls));

    /// <summary>
    /// Returns the Props of the connection for an accepted socket. The connection creates its session from <paramref name="session"/>, and
    /// the actor that reads and closes the socket from <paramref name="io"/>.
    /// </summary>
    internal static Props Incoming(
        Func<IActorRef, Props> io, AcceptedSocket accepted, TransportSettings settings, ReceiveBudget budget, Func<Props> session) =>
        Props.Create(() => new IncomingConnectionActor(io, accepted, settings, budget, session));

    /// <summary>Returns Akka.IO's settings, with the read buffer size of this server or connection.</summary>
    internal static TcpSettings SocketSettings(ActorSystem system, TransportSettings settings) =>
        TcpSettings.Create(system) with
        {
            MaxFrameSizeBytes = settings.ReadBufferBytes,
            // Akka.IO tries each address once; Dial decides which one is next and when.
            FinishConnectRetries = 0,
        };

    /// <inheritdoc/>
    protected override void PostStop()
    {
        TryReserve(0);
        // Otherwise, a socket that is still flushing would wait for its remote end forever.
        if (!Deadlines.IsStopped)
            Io.Tell(Tcp.Abort.Instance);
        Output.Release();
        Input.Release();
    }

    /// <summary>Takes over an open socket, whose messages now come to this actor.</summary>
    private protected void TakeOver(IActorRef io, Socket socket, IPEndPoint remote, IPEndPoint local)
    {
        Io = io;
        Descriptor = socket;
        Remote = remote;
        Local = local;
        Context.Watch(io);
        io.Tell(new Tcp.Register(Self, keepOpenOnPeerClosed: true));
    }

    /// <summary>Sets the timer to the next deadline.</summary>
    private protected void Arm() => _timer.Arm(Timers);

    /// <summary>Returns the deadline that is due now that the timer has fired.</summary>
    private protected Due Fired() => _timer.Fired();

    /// <summary>
    /// Closes in an orderly way: sends the queued bytes, the last words, and FIN. Does nothing if the connection is already ending.
    /// </summary>
    private protected void Close(CloseReason reason, string message, ReadOnlyMemory<byte> lastWords = default, ErrorCode? violation = null)
    {
        if (_ending is not null)
            return;
        _ending = Endings.Begin(new ConnectionClosed(reason, message, violation), Input.State == InputState.Ended);
        if (!lastWords.IsEmpty)
        {
            Output.Write(Now, lastWords);
            if (CutIfFailed())
                return;
        }

        Become(Flushing);
        Deadlines.CloseBegun(Now);
        // The rest of the input is dropped. Only a body that is being read keeps its room, because its buffer exists until the read ends.
        if (Input.GatheredLength == 0 || Input.State is InputState.AwaitingRoom or InputState.Resting)
            TryReserve(0);
        // From now on, only bytes that the remote end receives during the close count as progress.
        IsReceiving();
        Output.End();
        Input.Drop();
        if (CutIfFailed())
            return;
        FinishWhenFlushed();
        ReadAndDrop();
    }

    /// <summary>
    /// Returns true if the remote end has received bytes from the operating system since the last call, and still has to receive more.
    /// </summary>
    private protected bool IsReceiving() => Descriptor is not null && (_kernel ??= new KernelQueue(Descriptor)).HasMoved();

    /// <summary>Cuts the connection immediately.</summary>
    private protected void CutSocket(ConnectionClosed ending)
    {
        _ending ??= ending;
        Deadlines.Stop();
        Become(Cut);
        Io.Tell(Tcp.Abort.Instance);
    }

    /// <summary>Cuts the connection and returns true if nothing can be written to it any more.</summary>
    private protected bool CutIfFailed()
    {
        if (Output.Failure is not { } failure)
            return false;
        CutSocket(failure);
        return true;
    }

    /// <summary>Cancels all deadlines because Akka.IO has closed the socket.</summary>
    private protected void ForgetSocket() => Deadlines.Stop();

    /// <summary>Handles the messages that mean the same in every state.</summary>
    private protected void OnSocketMessage(object message)
    {
        switch (message)
        {
            case AbortConnection:
                CutSocket(new ConnectionClosed(CloseReason.Aborted, "aborted by this side"));
                break;
            case Tcp.ConnectionClosed closed:
                OnSocketGone(closed.Cause);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(Io):
                // Akka.IO's actor has closed the socket, unless it failed before it began.
                Descriptor?.Dispose();
                OnSocketGone(null);
                break;
            case Tcp.Connected:
                break;
            default:
                OnOther(message);
                break;
        }
    }

    /// <summary>Handles a message that this class does not recognize.</summary>
    private protected virtual void OnOther(object message)
    {
        // While the connection is ending, late messages from the session and the socket are expected.
        if (_ending is null)
            Unhandled(message);
    }

    /// <summary>Stops this actor. Called after ConnectionClosed has been sent to the session.</summary>
    private protected virtual void OnEnded() => Context.Stop(Self);

    /// <summary>Reserves memory for a body that has begun to arrive; 0 releases it.</summary>
    /// <returns>False if there is no room yet; <see cref="RoomGranted"/> follows when there is.</returns>
    private protected virtual bool TryReserve(int bytes) => true;

    /// <summary>Returns whether other connections have received room since this one began to wait, or since the last call.</summary>
    private protected virtual bool HasRoomMoved() => false;

    /// <summary>
    /// The number of bytes after which nothing more is read and dropped during a close. The rest stays unread, so a remote end that sends
    /// more waits, and may lose the last words.
    /// </summary>
    private protected virtual long MaxDropped(CloseReason reason) => long.MaxValue;

    /// <summary>Called when no body is incomplete and the session has received a frame.</summary>
    private protected virtual void OnBodyComplete()
    {
    }

    private void Flushing(object message)
    {
        switch (message)
        {
            case SocketWriter.Progress:
                Output.Continue();
                break;
            case CipherSocket.Work:
                Input.Tls!.Resume();
                break;
            default:
                Finishing(message);
                return;
        }

        if (!CutIfFailed())
            FinishWhenFlushed();
        Arm();
    }

    private void FinishWhenFlushed()
    {
        if (!Output.IsSent)
            return;
        Become(Finishing);
        Io.Tell(Tcp.ConfirmedClose.Instance);
    }

    private void Finishing(object message)
    {
        switch (message)
        {
            // Keep reading and drop the input. Closing with unread input would send RST, and the remote end could lose the last words.
            case Tcp.Received received:
                Input.Hold();
                _dropped += received.Data.Count;
                ReadAndDrop();
                break;
            case DeadlineTimer.Tick:
                OnCloseDue(Fired());
                break;
            case Tcp.PeerClosed:
                Input.End();
                break;
            case Send or ReadMore or Rest or CloseConnection or KeepAlive or AllowSilence or DrainRequested or RoomGranted or GiveWay
                or ProveLife or OpenConnectionActor.RestOver or BeginRaw or StartTls or AcceptTls or CipherSocket.Work:
                break;
            default:
                OnSocketMessage(message);
                break;
        }

        Arm();
    }

    private void OnCloseDue(Due due)
    {
        if (due == Due.Nothing || (Endings.IsOrderly(_ending!) && IsReceiving() && Deadlines.TryExtend(Now)))
            return;
        _ending = Endings.Overdue(_ending!);
        CutSocket(_ending);
    }

    // Dropped input needs no room.
    private void ReadAndDrop()
    {
        if (!Input.CanRead || _dropped >= MaxDropped(_ending!.Reason))
            return;
        Input.Start(Now);
        Io.Tell(Tcp.ResumeReading.Instance);
    }

    private void Cut(object message)
    {
        switch (message)
        {
            case SocketWriter.Progress:
                Output.Continue();
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

    private void OnSocketGone(string? cause)
    {
        _ending = Endings.Complete(_ending, cause, Output.IsSent);
        Deadlines.Stop();
        Timers.CancelAll();
        Become(Ended);
        if (Context.System.Log.IsDebugEnabled)
            Context.GetLogger().Debug("connection with {0} closed: {1} ({2})", Remote, _ending.Reason, _ending.Message);
        Session.Tell(_ending);
        OnEnded();
    }
}
