using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Configuration;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Tls;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>
/// Receives one song from one host, from an offset to the end, and passes on only verified bytes. It receives a cover in the same way,
/// except that a cover has no StreamStart.
/// </summary>
/// <remarks>
/// <code>
/// Calling    → HostCalled, which has a connection →          only if the host calls back or is reached through a relay
///            → RelayOffered → Relaying: connects to the relay → RELAY with the ticket → RELAY → TLS inside →
/// Connecting → ConnectionOpened → (with an access key: INIT, Greeting →) PLAY → Starting
/// Starting   → StreamStart whose tree has the song's content hash as its root → Receiving
/// Receiving  → DATA → verified pieces to the owner → PiecesTaken → continues reading
///            → DATA without a body after the last piece → StreamFinished
/// Starting, Receiving → PlayAgain → PLAY, unless the pending one already asks for that piece → Starting: earlier DATA is dropped
/// any        → deadline, error, cut, wrong piece → StreamFailed
///            → StopFetch → STOP → Stopping: waits until the connection has closed; in Connecting it stops immediately
/// </code>
/// Unless it receives StopFetch, the actor sends its owner exactly one StreamFinished or StreamFailed, then stops. After PiecesArrived, the
/// actor reads nothing more until the owner sends PiecesTaken or PlayAgain. This slows down the host.
/// </remarks>
internal sealed class StreamReceiverActor : UntypedActor, IWithTimers
{
    private const string SilenceTimer = "silence";
    private const string PieceTimer = "piece";

    // A little longer than a call lasts. The CallDeskActor reports a call that fails, but not a connection that breaks before it is handed
    // over, so the wait needs a limit.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    // The host has ten seconds to connect to the relay.
    private static readonly TimeSpan RelayTimeout = TimeSpan.FromSeconds(12);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ListeningSettings _settings;
    private readonly IActorRef _owner;
    private readonly StallPolicy _stall;
    private readonly LivePace? _pace;
    private readonly IHostDialogue _dialogue;
    private StreamOrder _order;
    private IActorRef _connection = ActorRefs.Nobody;
    private TimeSpan _silence;
    private long _awaitedSince;
    private bool _isReading;
    private bool _hostSentBytes;

    public StreamReceiverActor(StreamOrder order, ListeningSettings settings, IActorRef owner)
    {
        _order = order;
        _settings = settings;
        _owner = owner;
        _stall = new StallPolicy(settings, order);
        // If there is no other host, a slow one is better than none.
        _pace = order.Song.Live && !order.IsLast ? new LivePace(settings.SlowHostTimeout / 2) : null;
        _dialogue = order.Cover is { } cover ? new CoverDialogue(order, cover)
            : order.Song.Live ? new LiveDialogue(order)
            : new HostDialogue(order);
    }

    public static Props Props(StreamOrder order, ListeningSettings settings, IActorRef owner) =>
        Akka.Actor.Props.Create(() => new StreamReceiverActor(order, settings, owner));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        var tls = _order.Requester.ClientFor(_order.Host);
        if (tls is null && _order.Requester.RequiresTls)
        {
            Fail(FailureKind.Unreachable, "it does not speak TLS, but tsp.peer.encryption is set to require");
            return;
        }

        if (_order.Way is HostWay.CalledBack or HostWay.Relayed)
        {
            _order.Requester.Calls.Tell(new CallHost(_order.Host, _order.Song.Id, MustShowKey: tls is not null)
            {
                Way = _order.Way is HostWay.Relayed ? CallWay.Relay : CallWay.Back,
            });
            Timers.StartSingleTimer(SilenceTimer, SilenceExpired.Instance, _order.Way is HostWay.Relayed ? RelayTimeout : CallTimeout);
            Become(Calling);
            return;
        }

        if (_order.Host.Port is 0 or > ushort.MaxValue)
        {
            Fail(FailureKind.Unreachable, "invalid port");
            return;
        }

        var transport = new TransportSettings { ReadBufferBytes = 64 * 1024, ConnectTimeout = _settings.ConnectTimeout };
        // The tracker link has already checked numeric addresses. A name can resolve to any address, even this machine's.
        Func<IPAddress, bool>? permits = IPAddress.TryParse(_order.Host.Address, out _) ? null : NamedAddresses.WithoutTracker.Permits;
        // A local endpoint is a private address, so the tracker cannot use it to point this peer at anything outside its own network.
        var (address, port) = _order.Way is HostWay.Local local
            ? (local.EndPoint.Address.ToString(), local.EndPoint.Port)
            : (_order.Host.Address, (int)_order.Host.Port);
        _connection = Context.ActorOf(TspConnectionActor.Outgoing(address, port, transport, Self, permits, tls));
        Context.WatchWith(_connection, ConnectionGone.Instance);
    }

    protected override void PostStop() => (_dialogue as IDisposable)?.Dispose();

    protected override void OnReceive(object message) => Connecting(message);

    private void Calling(object message)
    {
        switch (message)
        {
            case HostCalled called:
                _connection = called.Opened.Connection;
                Context.WatchWith(_connection, ConnectionGone.Instance);
                // This side is the TLS server, so the proofs of an access key cover this peer's own key.
                Open(called.Opened, called.Opened.OwnKey);
                break;
            case SilenceExpired:
                Fail(
                    FailureKind.Unreachable,
                    _order.Way is HostWay.Relayed ? "no relay was found in time" : "it did not connect to this peer in time");
                break;
            case RelayOffered offered:
                ConnectTo(offered);
                break;
            case CallFailed failed:
                Fail(failed.Error is null ? FailureKind.Unreachable : FailureKind.Refused, failed.Reason, failed.Error);
                break;
            case PlayAgain again:
                ChangeOffset(again);
                break;
            case StopFetch:
                Context.Stop(Self);
                break;
        }
    }

    private void Relaying(object message, RelayTicket ticket)
    {
        switch (message)
        {
            case ConnectionOpened { IsSecure: false }:
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Relay, 0, new Relay
                {
                    Ticket = UnsafeByteOperations.UnsafeWrap(ticket.ToArray()),
                })));
                _connection.Tell(ReadMore.Instance);
                break;
            case FramesReceived received when RelayReply.IsReady(received.Frames[0]):
                // The host is the TLS server. A relay that answered in the host's place would need the host's key.
                _connection.Tell(new StartTls(_order.Requester.ClientFor(_order.Host)!));
                break;
            case FramesReceived received:
                Fail(FailureKind.Unreachable, RelayReply.Describe(received.Frames[0]));
                break;
            case ConnectionOpened opened:
                Open(opened, opened.RemoteKey);
                break;
            case SilenceExpired:
                Fail(FailureKind.Unreachable, "the host did not connect to the relay");
                break;
            case ConnectFailed failed:
                Fail(FailureKind.Unreachable, $"could not connect to the relay: {failed.Reason}");
                break;
            case ConnectionClosed closed:
                Fail(FailureKind.Unreachable, $"the connection to the relay ended: {closed.Message}");
                break;
            case InputEnded or ConnectionGone:
                Fail(FailureKind.Unreachable, "the relay closed the connection");
                break;
            default:
                Calling(message);
                break;
        }
    }

    private void Connecting(object message)
    {
        switch (message)
        {
            case ConnectionOpened opened:
                Open(opened, opened.IsSecure ? opened.RemoteKey : null);
                break;
            case ConnectFailed failed:
                Fail(FailureKind.Unreachable, failed.Reason, isUntrusted: IsUntrusted(failed.Tls));
                break;
            case PlayAgain again:
                ChangeOffset(again);
                break;
            case StopFetch:
                Context.Stop(Self);
                break;
            default:
                WhileOpen(message);
                break;
        }
    }

    private void Greeting(object message)
    {
        // The first PLAY has not been sent yet, so it can ask for the new offset.
        if (message is PlayAgain again)
            ChangeOffset(again);
        else
            WhileOpen(message);
    }

    private void Starting(object message)
    {
        if (message is PlayAgain again)
            Restart(again);
        else
            WhileOpen(message);
    }

    private void Receiving(object message)
    {
        switch (message)
        {
            case PiecesTaken taken:
                _stall.SetAhead(taken.Ahead);
                AwaitPiece();
                ReadOn(_stall.Silence);
                break;
            case PlayAgain again:
                Restart(again);
                break;
            default:
                WhileOpen(message);
                break;
        }
    }

    private void Stopping(object message)
    {
        if (message is ConnectionClosed or ConnectionGone)
            Context.Stop(Self);
    }

    private void WhileOpen(object message)
    {
        switch (message)
        {
            case FramesReceived received:
                Read(received);
                break;
            case StopFetch:
                Timers.CancelAll();
                _connection.Tell(new CloseConnection(FrameEncoder.Encode(Operation.Stop)));
                Become(Stopping);
                break;
            case ConnectionClosed closed:
                Fail(FailureKind.Cut, closed.Message);
                break;
            case InputEnded:
                Fail(FailureKind.Cut, "it closed the connection before the end of the song");
                break;
            case SilenceExpired:
                Fail(FailureKind.Cut, $"it sent no data for {_silence.TotalSeconds:0.#} s");
                break;
            case PieceExpired:
                Fail(FailureKind.Cut, "it is too slow");
                break;
            case ConnectionGone:
                Fail(FailureKind.Cut, "the connection failed");
                break;
        }
    }

    private void ConnectTo(RelayOffered relay)
    {
        var transport = new TransportSettings { ReadBufferBytes = 64 * 1024, ConnectTimeout = _settings.ConnectTimeout };
        _connection = Context.ActorOf(
            TspConnectionActor.Outgoing(relay.EndPoint.Address.ToString(), relay.EndPoint.Port, transport, Self));
        Context.WatchWith(_connection, ConnectionGone.Instance);
        Timers.StartSingleTimer(SilenceTimer, SilenceExpired.Instance, RelayTimeout);
        Become(message => Relaying(message, relay.Ticket));
    }

    private void Open(ConnectionOpened opened, KeyId? serverKey)
    {
        _log.Debug("connected to {0} at {1} for song {2}", _order.Host.Name, opened.Remote, _order.Song.Id);
        _dialogue.Opened(serverKey);
        if (_dialogue.Hello is { } hello)
        {
            _connection.Tell(new Send(hello));
            Become(Greeting);
        }
        else
        {
            SendPlay();
        }

        ReadOn(_settings.FirstByteTimeout);
    }

    private void Read(FramesReceived received)
    {
        _isReading = false;
        foreach (var frame in received.Frames)
        {
            if (!TryHandle(_dialogue.Read(frame)))
                return;
        }

        if (_dialogue.HasProven)
        {
            Timers.CancelAll();
            if (TellProven() is ChunksArrived live && IsTooSlow(live))
                Fail(FailureKind.Cut, "it is sending the feed more slowly than real time");
        }
        else if (Timers.IsTimerActive(SilenceTimer))
        {
            ReadOn();
        }
        else
        {
            ReadOn(_stall.Silence);
        }
    }

    /// <summary>Reacts to the meaning of a frame.</summary>
    /// <returns>False if this receiver has finished, successfully or not.</returns>
    private bool TryHandle(FrameMeaning meaning)
    {
        switch (meaning)
        {
            case FrameMeaning.SongBytes:
                Timers.Cancel(SilenceTimer);
                return true;
            case FrameMeaning.MustSend send:
                _connection.Tell(new Send(send.Frame));
                return true;
            case FrameMeaning.Welcomed:
                SendPlay();
                return true;
            case FrameMeaning.Started started:
                AwaitPiece();
                Become(Receiving);
                _owner.Tell(new StreamStarted(_order, started.Tree) { Live = started.Live });
                return true;
            case FrameMeaning.Ended:
                Finish(StreamFinished.Instance);
                return false;
            case FrameMeaning.Failed failed:
                Fail(failed.Kind, failed.Reason, failed.Error);
                return false;
            default:
                return true;
        }
    }

    private bool ChangeOffset(PlayAgain again)
    {
        _order = _order with { Offset = again.Offset, Epoch = again.Epoch };
        _stall.SetAhead(TimeSpan.Zero);
        return _dialogue.Seek(again.Offset);
    }

    private void Restart(PlayAgain again)
    {
        Timers.Cancel(PieceTimer);
        Become(Starting);
        if (ChangeOffset(again))
            SendPlay();
        ReadOn(_settings.FirstByteTimeout);
    }

    private void SendPlay()
    {
        _connection.Tell(new Send(_dialogue.Request()));
        Become(Starting);
    }

    private void AwaitPiece()
    {
        _awaitedSince = Stopwatch.GetTimestamp();
        Timers.StartSingleTimer(PieceTimer, PieceExpired.Instance, _stall.Piece);
    }

    private bool IsTooSlow(ChunksArrived arrived) =>
        _pace is not null
        && _pace.IsTooSlow(
            arrived.Chunks.Aggregate(TimeSpan.Zero, (sum, chunk) => sum + chunk.Duration), Stopwatch.GetElapsedTime(_awaitedSince));

    private void ReadOn(TimeSpan deadline)
    {
        _silence = deadline;
        Timers.StartSingleTimer(SilenceTimer, SilenceExpired.Instance, deadline);
        ReadOn();
    }

    private void ReadOn()
    {
        if (_isReading)
            return;
        _isReading = true;
        _connection.Tell(ReadMore.Instance);
    }

    private IReceiverMessage TellProven()
    {
        _hostSentBytes = true;
        var arrival = _dialogue.DequeueArrival(_order.Epoch);
        _owner.Tell(arrival);
        return arrival;
    }

    private void Fail(FailureKind kind, string reason, Error? error = null, bool isUntrusted = false) =>
        Finish(new StreamFailed(_order.Host, kind, $"{_order.Host.Name} ({Place}): {reason}", error)
        {
            HostSentBytes = _hostSentBytes || _dialogue.HasProven,
            Way = _order.Way,
            IsUntrusted = isUntrusted,
        });

    private static bool IsUntrusted(TlsFailure? failure) =>
        failure is TlsFailure.KeyMismatch or TlsFailure.BadCertificate or TlsFailure.NotTls;

    private string Place => _order.Way switch
    {
        HostWay.Local local => local.EndPoint.ToString(),
        HostWay.CalledBack or HostWay.Relayed => _order.Way.Text,
        _ => HostPort.Format(_order.Host.Address, _order.Host.Port),
    };

    private void Finish(IReceiverMessage result)
    {
        // Verified bytes are valid even if the stream fails.
        if (_dialogue.HasProven)
            TellProven();
        _owner.Tell(result);
        Context.Stop(Self);
    }

    private sealed record ConnectionGone : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly ConnectionGone Instance = new();
    }

    private sealed record PieceExpired : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly PieceExpired Instance = new();
    }

    private sealed record SilenceExpired : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly SilenceExpired Instance = new();
    }
}
