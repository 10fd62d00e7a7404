using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Peer.Hosting.Covers;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Library;
using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Limits;
using TspActors.Transport.Relays;
using TspActors.Transport.Sessions;

namespace TspActors.Peer.Hosting;

/// <summary>The host's end of one requester's connection: handshake, INFO, and one stream at a time (docs/protocol.md section 4).</summary>
/// <remarks>
/// <code>
/// Idle      → PLAY → AdmitStream → Admitting → StreamAdmitted → Streaming      StreamRefused → ERROR → Idle or Closing
///           → STOP → STOP (the reply) → Closing
/// Streaming → PLAY → StopStream  → Stopping  → StreamEnded    → AdmitStream → Admitting   (seeking)
///           → STOP → StopStream  → Stopping  → StreamEnded    → STOP → Closing
///           → StreamEnded        → Idle                                        the stream failed → ERROR → Idle
/// A PLAY that cannot be served leads to ERROR → Idle, if necessary via StopStream → Stopping → StreamEnded.
/// Idle      → CALL → RedeemCall  → Redeeming → CallRedeemed   → HandedOver: passes everything on to the receiver
///                                              CallUnknown    → ERROR → Closing
/// Idle      → RELAY → TakePlace   → Relayed: passes everything on (RelayedSession)
/// Relaying  → connected → RELAY with the ticket → RELAY → TLS inside → Idle              only for a call through a relay
/// Idle      → GiveWay → ERROR → Closing                                             only for a session that answers a call
/// any       → COVER → the cover is read → COVER, part by part; other frames wait until all parts are sent
/// any       → a fatal error, QUIT, or, once all requests are served, the end of the input or a shutdown   → Closing
/// </code>
/// Frames wait while the session is Admitting or Stopping, while the requester leaves too many replies unread, and for some time after the
/// requester has asked for streams too often or too early. While frames wait, the session reads nothing more (<see cref="FramePump"/>). The
/// session is a child of its TspConnectionActor and stops when the connection closes. A session that answers a call opens the connection
/// itself, as its child, and begins with CALL.
/// </remarks>
internal sealed class HostSessionActor : UntypedActor, IWithTimers
{
    // The maximum size of the unsent replies (PONG, INFO, ERROR), in bytes. Above this limit the session stops serving frames, so a
    // requester that never reads costs no more memory than this limit plus one reply.
    private const int MaxUnsentReplyBytes = 64 * 1024;

    // Users seek in bursts, so this many seconds' worth of PLAYs may arrive together.
    private const int SecondsOfPlays = 2;

    private static readonly TimeSpan GiveWayRetryAfter = TimeSpan.FromSeconds(2);

    private readonly OwnSongsCell _songs;
    private readonly IActorRef _hosting;
    private readonly FramePump _pump = new();
    private readonly HostSecurity _security;
    private readonly TokenBucket _plays;
    private readonly CallBack? _callBack;
    private readonly SharedCovers? _covers;
    private IActorRef _connection = ActorRefs.Nobody;
    private IPEndPoint _remote = new(IPAddress.None, 0);
    private HostHandshake? _handshake;
    private KeyId? _key;
    private PeerId? _peer;
    private IActorRef? _stream;
    private int _playing;
    private IActorRef _receiver = ActorRefs.Nobody;
    private ConnectionOpened? _opened;
    private NextStep _next = NextStep.Serve;
    private int _unsentReplyBytes;
    private RelayedSession? _relay;
    private Task<OpenCover?>? _openingCover;
    private CoverParts? _cover;

    public HostSessionActor(
        HostSecurity security, OwnSongsCell songs, IActorRef hosting, int maxPlaysPerSecond, CallBack? callBack, SharedCovers? covers)
    {
        _covers = covers;
        _callBack = callBack;
        _songs = songs;
        _hosting = hosting;
        _security = security;
        _plays = new TokenBucket(maxPlaysPerSecond, SecondsOfPlays * maxPlaysPerSecond, Now);
    }

    /// <param name="security">The rules about which requesters are served.</param>
    /// <param name="songs">The shared songs.</param>
    /// <param name="hosting">The HostingActor.</param>
    /// <param name="maxPlaysPerSecond">The maximum number of PLAYs served per second on this connection; 0 = no limit.</param>
    /// <param name="callBack">The call that the session answers; null if the remote end has opened the connection.</param>
    /// <param name="covers">The covers of the shared songs; null if there are none.</param>
    public static Props Props(
        HostSecurity security, OwnSongsCell songs, IActorRef hosting, int maxPlaysPerSecond = 0, CallBack? callBack = null,
        SharedCovers? covers = null) =>
        Akka.Actor.Props.Create(() => new HostSessionActor(security, songs, hosting, maxPlaysPerSecond, callBack, covers));

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    private static TransportSettings CallBackConnection { get; } = new() { ServesRemoteEnd = true, Bodies = HostBodies.All };

    // The requester has ten seconds to connect to the relay.
    private static TransportSettings RelayConnection { get; } = CallBackConnection with { FirstFrameTimeout = TimeSpan.FromSeconds(12) };

    // Whether the connection is refused because it is plain. The remote end may still present a ticket for the relay, because the relayed
    // bytes are themselves encrypted.
    private bool IsTooPlain => _security.RequiresTls && _opened is { IsSecure: false };

    protected override void PreStart()
    {
        if (_callBack is not { EndPoint: var endpoint } call)
            return;
        if (call.Ticket is { } ticket)
            Become(message => Relaying(message, call, ticket));
        Context.WatchWith(
            Context.ActorOf(TspConnectionActor.Outgoing(
                endpoint.Address.ToString(), endpoint.Port, call.Ticket is null ? CallBackConnection : RelayConnection, Self,
                tls: call.Ticket is null ? call.Tls : null)),
            ConnectionGone.Instance);
    }

    protected override void PostStop()
    {
        _cover?.Dispose();
        // A cover that is still being read can no longer reach this actor, so it is disposed of as soon as it has been read. Disposing of a
        // cover twice is harmless.
        _openingCover?.ContinueWith(
            opened => opened.Result?.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
    }

    // Only a connection that the session itself has opened is its child. If that connection fails, it is not reopened.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message) => Idle(message);

    private void Idle(object message)
    {
        if (message is GiveWay)
            Close(Errors.Frame(ErrorCode.Busy, "this host needs the connection for another requester", retryAfter: GiveWayRetryAfter));
        else
            OnConnectionMessage(message);
    }

    // Handles the messages that most states handle in the same way.
    private void OnConnectionMessage(object message)
    {
        switch (message)
        {
            case FramesReceived received when IsTooPlain && received.Frames[0].Operation != Operation.Relay:
                RefusePlain(_opened!);
                break;
            case FramesReceived received:
                _pump.Enqueue(received.Frames);
                Serve();
                break;
            case Sent { Token: byte[] reply }:
                OnReplySent(reply.Length);
                break;
            case CoverRead read:
                BeginCover(read);
                break;
            case Sent { Token: CoverParts }:
                SendCoverPart();
                break;
            case PauseOver:
                _pump.Release(HoldReasons.Pause);
                Serve();
                break;
            case ConnectionOpened opened:
                OnOpened(opened);
                break;
            case ConnectFailed failed:
                Context.Parent.Tell(new CallNotConnected(failed.Reason));
                Context.Stop(Self);
                break;
            case InputEnded:
                _pump.EndInput();
                CloseWhenDone();
                break;
            case DrainRequested:
                _pump.Drain();
                CloseWhenDone();
                break;
            case ConnectionClosed or ConnectionGone:
                Context.Stop(Self);
                break;
            case StreamDied or GiveWay:
                // The message is about an earlier stream, which has already ended, or asks for a connection that is in use again.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnOpened(ConnectionOpened opened)
    {
        _opened = opened;
        _connection = opened.Connection;
        _remote = opened.Remote;
        // The proofs cover the TLS server's key. The TLS client is the side that opened the connection or, behind a relay, the requester.
        _handshake = new HostHandshake(_security.Access, _callBack is null or { Ticket: not null }
            ? RemoteEnd.From(opened)
            : new RemoteEnd(opened.Remote.Address, opened.RemoteKey, opened.RemoteKey));
        // A key proves the requester's id. An id that the requester merely claims proves nothing.
        (_key, _peer) = (opened.RemoteKey, opened.RemoteKey?.ToPeerId());
        if (_callBack is not null)
            Context.Parent.Tell(CallConnected.Instance);
        if (_callBack is { Ticket: null })
        {
            _connection.Tell(new Send(FrameEncoder.Encode(Operation.Call, _callBack.Song.Id, new Call
            {
                Token = _callBack.Call.Token,
                PeerId = UnsafeByteOperations.UnsafeWrap(_security.Peer.ToArray()),
            })));
        }

        if (!IsTooPlain || !_security.RelayDesk.IsNobody())
            _connection.Tell(ReadMore.Instance);
        else
            RefusePlain(opened);
    }

    private void Relaying(object message, CallBack call, RelayTicket ticket)
    {
        switch (message)
        {
            case ConnectionOpened { IsSecure: false } opened:
                _connection = opened.Connection;
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Relay, 0, new Relay
                {
                    Ticket = UnsafeByteOperations.UnsafeWrap(ticket.ToArray()),
                })));
                _connection.Tell(ReadMore.Instance);
                break;
            case FramesReceived received when RelayReply.IsReady(received.Frames[0]):
                _connection.Tell(new AcceptTls(call.Tls!.Identity));
                break;
            case FramesReceived received:
                Abandon(RelayReply.Describe(received.Frames[0]));
                break;
            // The program behind the relay must have the key of the peer that called.
            case ConnectionOpened opened when opened.RemoteKey == call.Tls!.Pin:
                Enter(Idle, nameof(Idle));
                OnOpened(opened);
                break;
            case ConnectionOpened:
                Abandon("the program behind the relay is not the requester");
                break;
            case ConnectFailed failed:
                Context.Parent.Tell(new CallNotConnected($"could not connect to the relay: {failed.Reason}"));
                Context.Stop(Self);
                break;
            case ConnectionClosed closed:
                Context.Parent.Tell(new CallNotConnected($"the connection to the relay ended: {closed.Message}"));
                Context.Stop(Self);
                break;
            case InputEnded or DrainRequested:
                Abandon("the connection to the relay ended");
                break;
        }
    }

    private void Abandon(string reason)
    {
        Context.Parent.Tell(new CallNotConnected(reason));
        Close();
    }

    private void Relayed(object message) => _relay!.Handle(message, Context);

    private void Redeeming(object message)
    {
        switch (message)
        {
            case CallRedeemed redeemed:
                _receiver = Context.Watch(redeemed.Receiver);
                _connection.Tell(new AllowSilence(true, HostBodies.OfReceiver));
                Enter(HandedOver, nameof(HandedOver));
                _receiver.Tell(new HostCalled(_opened!));
                break;
            case CallUnknown { Wait.Ticks: > 0 } unknown:
                Close(Errors.Frame(
                    ErrorCode.Forbidden, "too many wrong tokens came from this address", retryAfter: unknown.Wait));
                break;
            case CallUnknown:
                Close(Errors.Frame(ErrorCode.Forbidden, "this peer is not waiting for this call"));
                break;
            default:
                OnConnectionMessage(message);
                break;
        }
    }

    // The receiver sends its frames directly to the connection.
    private void HandedOver(object message)
    {
        switch (message)
        {
            case FramesReceived or InputEnded:
                _receiver.Tell(message);
                break;
            case ConnectionClosed:
                _receiver.Tell(message);
                Context.Stop(Self);
                break;
            case Terminated or DrainRequested:
                Close();
                break;
        }
    }

    private void Admitting(object message)
    {
        switch (message)
        {
            case StreamAdmitted admitted:
                _stream = admitted.Stream;
                Context.WatchWith(_stream, new StreamDied(_stream));
                TellStreaming(true);
                _connection.Tell(new AllowSilence(true));
                Enter(Streaming, nameof(Streaming));
                _pump.Release(HoldReasons.Reply);
                Serve();
                break;
            case StreamRefused { Cuts: true } refused:
                Close(refused.Frame);
                break;
            case StreamRefused refused:
                Reply(refused.Frame);
                Pause(refused.Pause);
                Enter(Idle, nameof(Idle));
                _pump.Release(HoldReasons.Reply);
                Serve();
                break;
            default:
                OnConnectionMessage(message);
                break;
        }
    }

    private void Streaming(object message)
    {
        switch (message)
        {
            case StreamEnded when Sender.Equals(_stream):
                OnStreamOver();
                break;
            case StreamDied died when died.Stream.Equals(_stream):
                Reply(Errors.Frame(ErrorCode.Internal, "the stream failed", _playing));
                OnStreamOver();
                break;
            default:
                OnConnectionMessage(message);
                break;
        }
    }

    // Like Streaming, but the pump is held and serves no frame until the stream is over.
    private void Stopping(object message) => Streaming(message);

    private void Closing(object message)
    {
        // Only the end of the connection matters now.
        if (message is ConnectionClosed or ConnectionGone)
            Context.Stop(Self);
        else if (message is CoverRead { Cover: { } late })
            late.Dispose();
    }

    private void Enter(UntypedReceive state, string name)
    {
        Become(state);
        if (Context.System.Log.IsDebugEnabled)
            Context.GetLogger().Debug("{0} (peer {1}): {2}", _remote, _peer, name);
    }

    private void Serve()
    {
        while (_pump.TryPeek(out var frame))
        {
            if (frame.Operation is Operation.Play or Operation.Cover && _plays.WaitFor(1, Now) is var wait && wait > TimeSpan.Zero)
            {
                Pause(wait);
                break;
            }

            _pump.TryDequeue(out frame);
            Handle(frame);
        }

        if (_pump.NextStep(isBusy: _stream is not null) == PumpStep.ReadMore)
            _connection.Tell(ReadMore.Instance);
        else
            CloseWhenDone();
    }

    private void CloseWhenDone()
    {
        if (_pump.NextStep(isBusy: _stream is not null) == PumpStep.Close)
            Close(_pump.IsDraining ? Errors.Frame(ErrorCode.ShuttingDown, "this host is shutting down",
                retryAfter: TimeSpan.FromSeconds(5)) : null);
    }

    private void Pause(TimeSpan pause)
    {
        if (pause <= TimeSpan.Zero)
            return;
        _pump.Hold(HoldReasons.Pause);
        Timers.StartSingleTimer(PauseOver.Instance, PauseOver.Instance, pause);
    }

    private void Reply(byte[] frame)
    {
        _unsentReplyBytes += frame.Length;
        if (_unsentReplyBytes > MaxUnsentReplyBytes)
            _pump.Hold(HoldReasons.Backlog);
        _connection.Tell(new Send(frame, Token: frame));
    }

    private void RefusePlain(ConnectionOpened opened) => Close(Errors.Frame(
        ErrorCode.Unauthenticated, $"this host accepts only TLS; connect to {opened.Local}, and expect the key {_security.KeyId}"));

    private void OnReplySent(int bytes)
    {
        _unsentReplyBytes -= bytes;
        if (_unsentReplyBytes > MaxUnsentReplyBytes || !_pump.Gate.IsHeldFor(HoldReasons.Backlog))
            return;
        _pump.Release(HoldReasons.Backlog);
        Serve();
    }

    private void Handle(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Init:
                Greet(frame);
                break;
            case Operation.Play or Operation.Info or Operation.Cover when !_handshake!.IsProved:
                Close(Errors.Frame(ErrorCode.Unauthenticated, "this host requires an access key", frame.SongId));
                break;
            case Operation.Play:
                Play(frame);
                break;
            case Operation.Info:
                Reply(InfoReply(frame.SongId));
                break;
            case Operation.Cover:
                ReadCover(frame);
                break;
            case Operation.Call when frame.HasBody && _callBack is null && _stream is null:
                Redeem(frame);
                break;
            case Operation.Relay when frame.HasBody && _callBack is null && _stream is null && !_security.RelayDesk.IsNobody():
                TakePlace(frame);
                break;
            case Operation.Stop:
                StopStreamThen(new NextStep.Close(FrameEncoder.Encode(Operation.Stop)));
                break;
            case Operation.Ping:
                Reply(FrameEncoder.Encode(Operation.Pong, frame.SongId));
                break;
            case Operation.Quit:
                Close();
                break;
            case Operation.Pong or Operation.Error:
                break;
            default:
                if (frame.EndsFrame)
                    Reply(Errors.Unsupported(frame));
                break;
        }
    }

    private void Greet(in Frame frame)
    {
        if (!Bodies.TryParse<Init>(frame, out var init, out var violation))
        {
            Close(Errors.Frame(violation));
            return;
        }

        var result = _handshake!.Advance(init);
        if (result is HandshakeResult.Refused { Code: var code } && Errors.ClosesConnection(code))
            Close(result.ToFrame(frame.SongId));
        else
            Reply(result.ToFrame(frame.SongId));
    }

    private void Redeem(in Frame frame)
    {
        if (!Bodies.TryParse<Call>(frame, out var call, out var violation))
        {
            Close(Errors.Frame(violation));
            return;
        }

        _pump.Hold(HoldReasons.Reply);
        Enter(Redeeming, nameof(Redeeming));
        if (_security.Calls.IsNobody())
            Self.Tell(new CallUnknown(TimeSpan.Zero));
        else
            _security.Calls.Tell(new RedeemCall(new CallToken(call.Token.Span), new PeerId(call.PeerId.Span), _key, _remote.Address));
    }

    private void TakePlace(in Frame frame)
    {
        if (!Bodies.TryParse<Relay>(frame, out var relay, out var violation))
        {
            Close(Errors.Frame(violation));
            return;
        }

        if (relay.Ticket.IsEmpty)
        {
            Close(Errors.Frame(ErrorCode.BadFrame, "RELAY has no ticket", frame.SongId));
            return;
        }

        _pump.Hold(HoldReasons.Reply);
        _relay = new RelayedSession(_connection);
        Enter(Relayed, nameof(Relayed));
        _security.RelayDesk.Tell(new TakePlace(new RelayTicket(relay.Ticket.Span), _connection, _remote.Address));
    }

    private void ReadCover(in Frame frame)
    {
        if (!Bodies.TryParse<Cover>(frame, out var request, out var violation))
        {
            Close(Errors.Frame(violation));
            return;
        }

        _plays.Spend(1);
        var (cover, id) = (new ContentHash(request.Hash.Span), frame.SongId);
        if (_security.Listeners?.Permits(_key, out var reason) == false)
        {
            Reply(Errors.Frame(ErrorCode.Forbidden, reason, id));
        }
        else if (_covers is null || !_covers.Has(cover))
        {
            Reply(UnknownCover(id));
        }
        else if (_covers.Open(cover, out var retryAfter) is not { } reading)
        {
            Reply(Errors.Frame(ErrorCode.Busy, "this host is already sending too many covers", id, retryAfter));
        }
        else
        {
            _pump.Hold(HoldReasons.LongReply);
            _openingCover = reading;
            var log = Context.GetLogger();
            reading.PipeTo(Self, success: opened => new CoverRead(opened, id), failure: error =>
            {
                log.Warning("could not read the cover {0}: {1}", cover, error.Message);
                return new CoverRead(null, id);
            });
        }
    }

    private void BeginCover(CoverRead read)
    {
        if (read.Cover is null)
        {
            Reply(UnknownCover(read.RequestId));
            EndCover();
            return;
        }

        _cover = new CoverParts(read.Cover, read.RequestId);
        SendCoverPart();
    }

    // Sends one part at a time, so a slow requester costs no more memory than the cover itself.
    private void SendCoverPart()
    {
        if (_cover?.Next() is { } frame)
            _connection.Tell(new Send(frame, Token: _cover));
        else
            EndCover();
    }

    private void EndCover()
    {
        _cover?.Dispose();
        (_openingCover, _cover) = (null, null);
        _pump.Release(HoldReasons.LongReply);
        Serve();
    }

    private static byte[] UnknownCover(int id) => Errors.Frame(ErrorCode.UnknownSong, "no song on this host has this cover", id);

    private byte[] InfoReply(int id) => _songs.Current.Find(id) is { } song
        ? FrameEncoder.Encode(Operation.Info, id, new SongInfoPage { Songs = { song.ToSong() } })
        : Errors.Frame(PlayRules.UnknownSong(id));

    private void Play(in Frame frame)
    {
        if (!Bodies.TryParse<PlayRequest>(frame, out var request, out var violation))
        {
            Close(Errors.Frame(violation));
            return;
        }

        if (_security.Listeners?.Permits(_key, out var reason) == false)
        {
            RefusePlay(new ProtocolViolation(ErrorCode.Forbidden, reason, frame.SongId));
            return;
        }

        // A PLAY that cannot be served still ends the running stream, which the requester no longer wants.
        var song = _songs.Current.Find(frame.SongId);
        if (PlayRules.FindFault(song, frame.SongId, request) is { } fault)
        {
            RefusePlay(fault);
            return;
        }

        // Skips this PLAY if another one follows it in the queue. Otherwise fast seeking would start a stream for every step.
        if (_pump.IsFollowedBy(Operation.Play))
            return;
        _peer ??= _handshake!.Peer ?? (request.RequesterId.IsEmpty ? null : new PeerId(request.RequesterId.Span));
        _plays.Spend(1);
        // The new stream takes over the old stream's slot, however long the queue is.
        if (_stream is not null)
            _hosting.Tell(new KeepSlot(_stream));
        StopStreamThen(new NextStep.Admit(song!, request));
    }

    private void RefusePlay(ProtocolViolation fault)
    {
        Context.GetLogger().Debug("{0} (peer {1}) is refused: song {2}: {3}", _remote.Address, _peer, fault.SongId, fault.Message);
        StopStreamThen(new NextStep.Refuse(Errors.Frame(fault)));
    }

    private void StopStreamThen(NextStep next)
    {
        if (_stream is null)
        {
            Do(next);
            return;
        }

        _next = next;
        _pump.Hold(HoldReasons.Reply);
        _stream.Tell(StopStream.Instance);
        Enter(Stopping, nameof(Stopping));
    }

    private void TellStreaming(bool isStreaming)
    {
        if (_callBack is not null)
            Context.Parent.Tell(new CallStreaming(isStreaming));
    }

    private void OnStreamOver()
    {
        Context.Unwatch(_stream!);
        _stream = null;
        TellStreaming(false);
        _connection.Tell(new AllowSilence(false));
        Enter(Idle, nameof(Idle));
        _pump.Release(HoldReasons.Reply);
        var next = _next;
        _next = NextStep.Serve;
        Do(next);
        Serve();
    }

    private void Do(NextStep step)
    {
        switch (step)
        {
            case NextStep.Admit admit:
                _playing = admit.Song.Id;
                _pump.Hold(HoldReasons.Reply);
                Enter(Admitting, nameof(Admitting));
                _hosting.Tell(new AdmitStream(admit.Song, admit.Request, _connection, RequesterKey.From(_peer, _remote.Address)));
                break;
            case NextStep.Refuse refuse:
                Reply(refuse.Frame);
                break;
            case NextStep.Close close:
                Close(close.LastWords);
                break;
        }
    }

    private void Close(byte[]? lastWords = null)
    {
        _pump.Close();
        _stream?.Tell(StopStream.Instance);
        _connection.Tell(new CloseConnection(lastWords));
        Enter(Closing, nameof(Closing));
    }

    /// <summary>The session's next step once its stream is over.</summary>
    private abstract record NextStep
    {
        public static readonly NextStep Serve = new ServeOn();

        public sealed record ServeOn : NextStep;

        public sealed record Admit(OwnSong Song, PlayRequest Request) : NextStep;

        public sealed record Refuse(byte[] Frame) : NextStep;

        public sealed record Close(byte[] LastWords) : NextStep;
    }

    private sealed record CoverRead(OpenCover? Cover, int RequestId) : ILocalMessage;

    private sealed record ConnectionGone : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly ConnectionGone Instance = new();
    }

    private sealed record StreamDied(IActorRef Stream) : ILocalMessage;

    private sealed record PauseOver : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly PauseOver Instance = new();
    }
}
