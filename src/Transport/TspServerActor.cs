using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport.AkkaInternals;
using TspActors.Transport.Connections;
using TspActors.Transport.Limits;
using TspActors.Transport.Server;
using TcpSettings = Akka.IO.TcpSettings;

namespace TspActors.Transport;

/// <summary>
/// A TCP server on one address. It creates a <see cref="TspConnectionActor"/> with a session for every accepted socket, limits the number
/// of connections, and drains them before the program stops. If it accepts TLS, a connection has no actor before it has sent something
/// that needs one.
/// </summary>
/// <remarks>
/// <code>
/// Accepting (binds when it starts) → Drain → Draining
/// Draining  refuses new connections; drops the open ones at the deadline; replies Drained when none is left, or
///           CloseTimeout after the deadline; keeps refusing until it is stopped
/// </code>
/// This actor accepts the sockets itself: one that it refuses costs little, while Akka.IO would create an actor for it first (decision
/// 0085). Every connection closes if this actor dies, so this actor does nothing that can fail. Its children are stopped, never restarted.
/// </remarks>
public sealed class TspServerActor : UntypedActor, IWithTimers
{
    // A refused connection stays open briefly so that it can receive an ERROR with the reason. Beyond this number, connections are
    // dropped without an ERROR, which bounds the cost of a flood.
    private const int MaxRefusing = 64;

    // The corresponding limit for each address (each IPv6 /64), so that a flood from one address does not deprive others of their ERROR.
    private const int MaxRefusingPerAddress = 16;

    // The corresponding rate, one per second for each address. An ERROR costs the server almost as much as a connection that it accepts.
    private const int RefusalsPerHour = 3600;

    // The maximum number of connections that can be waiting in the operating system to be accepted (the system may allow fewer). When the
    // backlog is full, the system drops SYN packets, and peers wait for seconds or are reset. When 10,000 peers reconnect, a backlog of
    // 100 fills up within 0.1 s.
    private const int Backlog = 4096;

    // After so many sockets in a row, other messages get a turn.
    private const int MaxAcceptedAtOnce = 64;

    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    // How long to wait when the operating system cannot accept a connection, for example because too many files are open.
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    // How often bodies are looked for that were waiting for the pace of their network.
    private static readonly TimeSpan GrantInterval = TimeSpan.FromMilliseconds(250);

    // After so many failures in a row, half a minute, the listening socket is given up.
    private const int MaxAcceptFailures = 300;

    private readonly IPEndPoint _address;
    private readonly TransportSettings _settings;
    private readonly Func<Props> _session;
    private readonly IActorRef _owner;
    private readonly ConnectionLimits _limits;
    private readonly ConnectionPace _pace;
    private readonly NetworkBuckets _refusals = new(RefusalsPerHour, MaxRefusingPerAddress);
    private readonly Seats<Seat> _unused = new();
    private readonly SilentSockets _silent;
    private readonly Action<SilentSocket> _arrived;
    private readonly Dictionary<IActorRef, Seat> _seats = [];
    private readonly ReceiveBudget _receiving;
    private readonly HashSet<Seat> _givingWay = [];
    private readonly ServerCounts _counts;
    private readonly List<IActorRef> _drainers = [];
    private readonly TcpSettings _socketSettings;
    private Socket? _listener;
    private long _accepted;
    private readonly Dictionary<IPAddress, int> _refusingByAddress = [];
    private int _refusing;
    private int _acceptFailures;
    private TimeSpan _silenceDue;
    private bool _warnedOfFileLimit;

    public TspServerActor(IPEndPoint address, TransportSettings settings, Func<Props> session, IActorRef owner, ServerCounts? counts = null)
    {
        _address = address;
        _settings = settings;
        _session = session;
        _owner = owner;
        _counts = counts ?? new ServerCounts();
        _receiving = new ReceiveBudget(
            settings.MaxReceivingBytes, settings.MaxReceivingBytesPerAddress, new LargeBodyPace(settings, DeadlineTimer.Now));
        _pace = new ConnectionPace(settings, DeadlineTimer.Now);
        _silent = new SilentSockets(settings, Admit, OnLeft);
        var self = Self;
        _arrived = socket => self.Tell(new Arrived(socket), ActorRefs.NoSender);
        _socketSettings = TspConnectionActor.SocketSettings(Context.System, settings);
        // A single connection beyond the limit on open files, or beyond the available memory, could end the process.
        var most = Math.Min(OpenFileLimit.Connections, MemoryLimit.Connections(settings.Identity is not null));
        _limits = new ConnectionLimits(settings with { MaxConnections = Math.Min(settings.MaxConnections, most) });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Returns the Props of a server on <paramref name="endpoint"/>. It binds when it starts.</summary>
    /// <param name="endpoint">Port 0 = any free port; the address :: accepts IPv4 too.</param>
    /// <param name="settings">The limits and deadlines of its connections.</param>
    /// <param name="session">Creates the Props of a connection's session. Connection actors call it, possibly several at the same
    ///   time.</param>
    /// <param name="owner">The actor that receives <see cref="Listening"/> or <see cref="ListenFailed"/>.</param>
    /// <param name="counts">The counters to update; null = none.</param>
    public static Props Props(
        IPEndPoint endpoint, TransportSettings settings, Func<Props> session, IActorRef owner, ServerCounts? counts = null) =>
        Akka.Actor.Props.Create(() => new TspServerActor(endpoint, settings, session, owner, counts));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        try
        {
            _listener = ListeningSocket.Open(_address, Backlog, _settings.SendBufferBytes);
        }
        catch (SocketException error)
        {
            Fail(BindFailure.Text(_address, error));
            return;
        }

        var bound = ((IPEndPoint)_listener.LocalEndPoint!).Unmapped();
        Context.GetLogger().Debug("bound to {0}", bound);
        _owner.Tell(new Listening(bound));
        Self.Tell(AcceptMore.Instance);
        if (_receiving.IsPaced)
            Timers.StartPeriodicTimer(GrantRoom.Instance, GrantRoom.Instance, GrantInterval);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _listener?.Dispose();
        _silent.ResetAll();
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override void OnReceive(object message) => Accepting(message);

    private void Accepting(object message)
    {
        if (message is SocketAccepted or AcceptMore)
            Accept(message, OnConnected);
        else
            OnAnyMessage(message);
        AwaitSilence();
    }

    private void Draining(object message)
    {
        if (message is SocketAccepted or AcceptMore)
            Accept(message, RefuseDraining);
        else
            OnAnyMessage(message);
        if (message is Left or Arrived or SilenceOverdue or DrainOverdue)
            ReplyIfDrained();
        AwaitSilence();
    }

    private void OnAnyMessage(object message)
    {
        switch (message)
        {
            case SeatUsed used when _seats.TryGetValue(Sender, out var seat):
                OnUsed(seat, used.InUse);
                break;
            case SeatUsed:
                break;
            case Arrived arrived:
                _silent.OnArrival(arrived.Socket, DeadlineTimer.Now);
                break;
            case SilenceOverdue:
                _silent.EndDue(DeadlineTimer.Now);
                break;
            case Left left:
                _seats.Remove(left.Seat.Connection);
                OnLeft(left.Seat);
                break;
            case RefusalEnded ended:
                _refusing--;
                if (--_refusingByAddress[ended.Address] == 0)
                    _refusingByAddress.Remove(ended.Address);
                break;
            case GrantRoom:
                _receiving.GrantDue();
                break;
            case AcceptFailed failed:
                OnAcceptFailed(failed.Error);
                break;
            case Drain drain:
                OnDrain(drain);
                break;
            case DrainOverdue:
                foreach (var child in Context.GetChildren())
                    child.Tell(AbortConnection.Instance);
                _silent.ResetAll();
                Timers.StartSingleTimer(CutOverdue.Instance, CutOverdue.Instance, _settings.CloseTimeout);
                break;
            case CutOverdue:
                ReplyDrained();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // Handles all sockets that are waiting to be accepted, and then waits for the next one.
    private void Accept(object message, Action<AcceptedSocket> handle)
    {
        if (message is SocketAccepted first)
            Handle(first.Socket, handle);
        for (var count = 0; count < MaxAcceptedAtOnce; count++)
        {
            var next = _listener!.AcceptAsync(CancellationToken.None);
            if (!next.IsCompletedSuccessfully)
            {
                next.AsTask().PipeTo(
                    Self, success: socket => new SocketAccepted(socket), failure: error => new AcceptFailed(error.GetBaseException()));
                return;
            }

            Handle(next.Result, handle);
        }

        Self.Tell(AcceptMore.Instance);
    }

    private static void Handle(Socket socket, Action<AcceptedSocket> handle)
    {
        if (AcceptedSocket.TryTake(socket) is { } accepted)
            handle(accepted);
    }

    private void OnAcceptFailed(Exception error)
    {
        // The remote end has reset a connection that was still waiting.
        if (error is SocketException { SocketErrorCode: SocketError.ConnectionAborted or SocketError.ConnectionReset })
        {
            Self.Tell(AcceptMore.Instance);
            return;
        }

        if (error is not SocketException || ++_acceptFailures > MaxAcceptFailures)
        {
            Fail($"the listening socket on {_address} has failed: {error.Message}");
            return;
        }

        if (_acceptFailures == 1)
            Context.GetLogger().Warning("no connection can be accepted on {0} for now: {1}", _address, error.Message);
        Timers.StartSingleTimer(AcceptMore.Instance, AcceptMore.Instance, AcceptPause);
    }

    private void OnConnected(AcceptedSocket accepted)
    {
        _acceptFailures = 0;
        var address = accepted.Remote.Address;
        var refusal = _pace.Enter(address, DeadlineTimer.Now);
        if (refusal is null)
        {
            if (_limits.FindFull(address) is { } full && _unused.TryRemoveOldest(full, out var oldest))
                GiveSeat(oldest);
            refusal = _limits.Enter(address);
        }

        if (refusal is not null)
        {
            RefuseBusy(accepted, refusal);
            return;
        }

        _counts.Opened();
        var seat = new Seat(accepted);
        _unused.Add(seat, seat.Address);
        if (_settings.Identity is null)
            Admit(seat);
        else
            _silent.Add(new SilentSocket(seat, _arrived));
    }

    private void Admit(Seat seat)
    {
        seat.Connection = Connection(seat.Accepted, _settings, _session);
        _seats.Add(seat.Connection, seat);
        Context.WatchWith(seat.Connection, new Left(seat));
    }

    private void AwaitSilence()
    {
        if (_silent.NextDue is not { } due || (Timers.IsTimerActive(SilenceOverdue.Instance) && _silenceDue <= due))
            return;
        _silenceDue = due;
        var left = due - DeadlineTimer.Now;
        Timers.StartSingleTimer(SilenceOverdue.Instance, SilenceOverdue.Instance, left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private void OnUsed(Seat seat, bool inUse)
    {
        if (!inUse)
        {
            if (!_givingWay.Contains(seat))
                _unused.Add(seat, seat.Address);
            return;
        }

        _unused.Remove(seat);
        if (seat.UsedSince is null && _pace.Use(seat.Address, DeadlineTimer.Now))
            seat.UsedSince = DeadlineTimer.Now;
    }

    // Closes an unused connection; its seat is free immediately. A limited number of such connections receive an ERROR with the reason. In
    // a flood, the others are dropped without one.
    private void GiveSeat(Seat seat)
    {
        _limits.Leave(seat.Address);
        var mayTell = _givingWay.Count < MaxRefusing;
        _givingWay.Add(seat);
        if (!seat.Connection.IsNobody())
            seat.Connection.Tell(mayTell ? GiveWay.Instance : AbortConnection.Instance);
        else if (!mayTell || !_silent.TryEnd(seat, ErrorCode.Busy, RawConnectionActor.GiveWayText, DeadlineTimer.Now))
            _silent.TryReset(seat);
    }

    private void OnLeft(Seat seat)
    {
        _unused.Remove(seat);
        if (seat.UsedSince is { } since)
            _pace.Leave(seat.Address, since, DeadlineTimer.Now);
        if (!_givingWay.Remove(seat))
            _limits.Leave(seat.Address);
        _counts.Closed();
    }

    private void RefuseDraining(AcceptedSocket accepted)
    {
        _counts.RefusedWhileDraining();
        Refuse(accepted, ErrorCode.ShuttingDown, OpeningConnectionActor.ShutdownText);
    }

    private void RefuseBusy(AcceptedSocket accepted, string refusal)
    {
        if (_limits.OpenCount >= OpenFileLimit.Connections && !_warnedOfFileLimit)
        {
            _warnedOfFileLimit = true;
            Context.GetLogger().Warning(
                "accepting at most {0} connections: the operating system limits this process to {1} open files and sockets (ulimit -n; LimitNOFILE in a systemd unit)",
                OpenFileLimit.Connections, OpenFileLimit.Value);
        }

        _counts.RefusedBusyNow();
        Refuse(accepted, ErrorCode.Busy, refusal);
    }

    private void Refuse(AcceptedSocket accepted, ErrorCode code, string reason)
    {
        var address = CountedAddress.From(accepted.Remote.Address);
        var ofAddress = _refusingByAddress.GetValueOrDefault(address);
        if (_refusing >= MaxRefusing || ofAddress >= MaxRefusingPerAddress
            || (!CountedAddress.IsThisMachine(accepted.Remote.Address) && _refusals.TrySpend(address, DeadlineTimer.Now) is not null))
        {
            accepted.Reset();
            return;
        }

        _refusing++;
        _refusingByAddress[address] = ofAddress + 1;
        // The refusal is sent unencrypted, without waiting for the first byte: a TLS handshake would cost more than the refusal saves.
        var lastWords = Errors.Frame(code, reason, retryAfter: RetryAfter);
        var refusing = Connection(accepted, _settings with { Identity = null }, () => RefusingSessionActor.Props(lastWords));
        Context.WatchWith(refusing, new RefusalEnded(address));
    }

    private IActorRef Connection(AcceptedSocket accepted, TransportSettings settings, Func<Props> session) =>
        Context.ActorOf(
            TspConnectionActor.Incoming(
                handler => AcceptedConnection.Props(_socketSettings, accepted.Socket, handler), accepted, settings, _receiving, session),
            (++_accepted).ToString(CultureInfo.InvariantCulture));

    private void OnDrain(Drain drain)
    {
        _drainers.Add(Sender);
        Timers.StartSingleTimer(DrainOverdue.Instance, DrainOverdue.Instance, drain.Deadline);
        Become(Draining);
        Context.GetLogger().Debug("connections to drain: {0}, on {1}", _limits.OpenCount, _address);
        foreach (var child in Context.GetChildren())
            child.Tell(DrainRequested.Instance);
        _silent.EndAll(ErrorCode.ShuttingDown, OpeningConnectionActor.ShutdownText, DeadlineTimer.Now);
        ReplyIfDrained();
    }

    private void ReplyIfDrained()
    {
        if (_limits.OpenCount == 0 && _givingWay.Count == 0)
            ReplyDrained();
    }

    private void ReplyDrained()
    {
        Timers.Cancel(DrainOverdue.Instance);
        Timers.Cancel(CutOverdue.Instance);
        foreach (var drainer in _drainers)
            drainer.Tell(Drained.Instance);
        _drainers.Clear();
    }

    private void Fail(string reason)
    {
        _owner.Tell(new ListenFailed(reason));
        Context.Stop(Self);
    }

    private sealed record Left(Seat Seat) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Arrived(SilentSocket Socket) : ILocalMessage, IDeadLetterSuppression;

    private sealed record RefusalEnded(IPAddress Address) : ILocalMessage, IDeadLetterSuppression;

    private sealed record SocketAccepted(Socket Socket) : ILocalMessage, IDeadLetterSuppression;

    private sealed record AcceptFailed(Exception Error) : ILocalMessage, IDeadLetterSuppression;

    private sealed record AcceptMore : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly AcceptMore Instance = new();
    }

    private sealed record SilenceOverdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly SilenceOverdue Instance = new();
    }

    private sealed record GrantRoom : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly GrantRoom Instance = new();
    }

    private sealed record DrainOverdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly DrainOverdue Instance = new();
    }

    private sealed record CutOverdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly CutOverdue Instance = new();
    }
}
