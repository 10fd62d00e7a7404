using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Library;
using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Relays;
using TspActors.Transport.Tls;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Tracking;

/// <summary>
/// The actor for one connection to one tracker, from the first attempt to the end. It registers the peer, sends requests, and shares songs.
/// </summary>
/// <remarks>
/// <code>
/// Greeting   → not TLS → connects again without TLS, where that is allowed
///            → connected → hello; welcome → Registered             refused, wrong step, deadline, closed → Ended
/// Registered → UseSession, LIST → shares; requests → replies       silent, closed, an ERROR that closes  → Ended
///            → BUSY while a share is unanswered → SharePostponed; shares again after the pause
///            → SHUTTING_DOWN → Draining
/// Draining   → keeps the songs at the tracker, returns each request
/// any of these → QuitSession → Quitting → closed → Ended
/// Ended      → returns each request; EndSession → stops
/// any        → EndSession → returns the requests, aborts the connection, stops
/// </code>
/// The messages to and from the link are in SessionMessages.cs. TrackerFrames parses each frame into a message for the current state.
/// A session that fails is not restarted: it reports its end like any other, and the link creates a new one.
/// </remarks>
internal sealed class TrackerSessionActor : UntypedActor, IWithTimers
{
    private readonly TrackerAddress _tracker;
    private readonly LinkSettings _settings;
    private readonly IActorRef _library;
    private readonly TrackerGreeting _greeting;
    private readonly TrackerTls? _tls;
    private readonly IActorRef _relayDesk;
    private readonly bool _hostsNothing;
    private readonly PendingRequests _pending;
    private readonly SessionShare _share;
    private readonly SessionDeadlines _deadlines;
    private readonly NamedAddresses? _permitted;
    private readonly TimeSpan _tick;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _connection = ActorRefs.Nobody;
    private UntypedReceive _state;
    private SessionEnd? _end;
    private NamedAddresses _addresses = NamedAddresses.WithoutTracker;
    private TrackerFeatures _features;
    private IPEndPoint? _trackerAt;

    public TrackerSessionActor(
        TrackerAddress tracker, LinkIdentity identity, LinkSettings settings, OwnSongs songs, IActorRef library, NamedAddresses? permitted,
        TimeSpan registration)
    {
        (_tracker, _settings, _library, _permitted) = (tracker, settings, library, permitted);
        (_greeting, _tls, _relayDesk) = (new TrackerGreeting(identity), identity.Tls, identity.RelayDesk);
        _hostsNothing = identity is { ListenPort: 0, WantsBroadcasts: false };
        _pending = new PendingRequests(settings.MaxPendingRequests, settings.RequestTimeout, TimeProvider.System);
        _share = new SessionShare(songs, settings, TimeProvider.System, Random.Shared);
        _deadlines = new SessionDeadlines(_pending, _share.Progress, settings, registration, TimeProvider.System);
        _tick = (registration < settings.RequestTimeout ? registration : settings.RequestTimeout) / 4;
        _state = Greeting;
    }

    private enum Due
    {
        Deadlines,
        ShareAll,
        OfferRefused,
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="tracker">The tracker to connect to.</param>
    /// <param name="identity">This peer's identity.</param>
    /// <param name="settings">Deadlines and limits.</param>
    /// <param name="songs">The songs that are currently shared; later changes arrive as <see cref="LibraryChanged"/>.</param>
    /// <param name="library">The actor that remembers song ids.</param>
    /// <param name="permitted">Decides which addresses the tracker may have, if another tracker has named it; null permits any
    ///   address.</param>
    /// <param name="registration">The deadline for the tracker to accept the connection and the registration.</param>
    public static Props Props(
        TrackerAddress tracker, LinkIdentity identity, LinkSettings settings, OwnSongs songs, IActorRef library, NamedAddresses? permitted,
        TimeSpan registration) =>
        Akka.Actor.Props.Create(() => new TrackerSessionActor(tracker, identity, settings, songs, library, permitted, registration));

    protected override void PreStart()
    {
        if (_tls?.FindFault(_tracker) is { } fault)
        {
            End(new SessionEnd(EndCause.Untrusted, fault));
            return;
        }

        _log.Debug("Connecting to tracker {0}.", _tracker);
        Connect(_tls?.ClientFor(_tracker));
        Timers.StartPeriodicTimer(Due.Deadlines, new Tick(Due.Deadlines), _tick);
        Enter(Greeting);
    }

    protected override void PostStop()
    {
        if (_end is null)
            End("the connection failed");
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message) => Unhandled(message);

    private void Greeting(object message)
    {
        switch (message)
        {
            case ConnectFailed failed when _tls?.MayGoPlain(_tracker, failed) == true:
                _log.Debug("Tracker {0} does not speak TLS.", _tracker);
                Context.Unwatch(_connection);
                Connect(null);
                break;
            case ConnectFailed failed when _tls is not null:
                _connection = ActorRefs.Nobody;
                End(new SessionEnd(TrackerTls.IsUntrusted(failed) ? EndCause.Untrusted : EndCause.Lost, _tls.Explain(_tracker, failed)));
                break;
            case ConnectionOpened opened:
                _greeting.TrackerKey = opened.IsSecure ? opened.RemoteKey : null;
                _trackerAt = opened.Remote;
                _addresses = new NamedAddresses(opened.Remote.Address);
                Context.Parent.Tell(HelloSent.Instance);
                _connection.Tell(new Send(_greeting.Hello));
                _connection.Tell(ReadMore.Instance);
                break;
            case Init init:
                Greet(init);
                break;
            case ErrorReceived received:
                End(SessionEnd.FromError(received.Error));
                break;
            default:
                OnCommon(message);
                break;
        }
    }

    private void Registered(object message)
    {
        switch (message)
        {
            case AskTracker ask:
                Ask(ask.ReplyTo, ask.Request);
                break;
            case SongPage or SongInfoPage or PlayGrant when _pending.TryDequeue(out var replyTo, out var request):
                if (replyTo.Equals(Context.Parent))
                    Reply(replyTo, request, message);
                else
                    ReplyToAnother(replyTo, request, message);
                break;
            case CatalogDelta delta:
                Context.Parent.Tell(new CatalogBroadcast(delta));
                break;
            case ErrorReceived { Error.Code: ErrorCode.ShuttingDown } shutdown:
                Drain(shutdown.Error.Message);
                break;
            case Sent:
                _share.Progress.FrameSent();
                _deadlines.ShareAdvanced();
                SendShare();
                break;
            case UseSession use:
                _share.Progress.IsHeld = !use.InUse;
                SendShare();
                break;
            case SendCall send when _features.HasFlag(send.Call.Way == CallWay.Relay ? TrackerFeatures.Relay : TrackerFeatures.Call):
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Call, send.SongId, send.Call)));
                break;
            case SendCall send:
                Sender.Tell(new CallUnsent(send.Call, "its tracker does not pass calls on"));
                break;
            case TrackerRelay relay:
                Reserve(relay);
                break;
            case ReportPort report when _features.HasFlag(TrackerFeatures.Call):
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Reach, ReportPort.RequestId, new Reach
                {
                    ListenPort = (uint)report.Port,
                    LocalEndpoints = { report.LocalEndpoints },
                })));
                break;
            case ReportLoad load:
                _pending.ShareSent();
                _connection.Tell(new Send(ShareFrames.Load(load.Active, load.Max)));
                break;
            case Tick { Due: Due.ShareAll }:
                _share.Progress.Request();
                SendShare();
                // The tracker may have refused a report of the load, too.
                Context.System.EventStream.Publish(LoadWanted.Instance);
                break;
            case Tick { Due: Due.OfferRefused }:
                _share.OfferRefusedAgain();
                SendShare();
                break;
            default:
                OnCommon(message);
                break;
        }
    }

    // The earlier requests have been returned, so their replies are ignored.
    private void Draining(object message)
    {
        if (message is not (SongPage or SongInfoPage or PlayGrant))
            OnCommon(message);
    }

    private void Quitting(object message)
    {
        if (message is AskTracker or EndSession or ConnectionClosed or ConnectionGone)
            OnCommon(message);
    }

    private void Ended(object message)
    {
        if (message is AskTracker or EndSession)
            OnCommon(message);
    }

    // Handles messages that most states handle in the same way.
    private void OnCommon(object message)
    {
        switch (message)
        {
            case FramesReceived received:
                foreach (var frame in received.Frames)
                {
                    if (TrackerFrames.Parse(frame) is { } content)
                        _state(content);
                }

                _connection.Tell(ReadMore.Instance);
                break;
            case PingReceived ping:
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong, ping.Number)));
                break;
            case SongsRequested:
                _deadlines.AskedForSongs();
                _share.Progress.Request();
                SendShare();
                break;
            case Assign assign:
                OnAssign(assign);
                break;
            case TrackerCall call:
                PassOn(call);
                break;
            case PlaceReserved { Tag: int requestId } reserved:
                AnswerRelay(requestId, reserved.Refusal);
                break;
            case Reach reach:
                Context.Parent.Tell(new PortReported(reach));
                break;
            case ErrorReceived received:
                OnError(received.Error, received.Id);
                break;
            case LibraryChanged changed:
                _share.Progress.Apply(changed);
                SendShare();
                break;
            case Tick { Due: Due.Deadlines } when _deadlines.Fault is { } fault:
                End(fault);
                break;
            case AskTracker ask:
                Return([new PendingRequest(ask.ReplyTo, ask.Request, IsOverdue: false)], _end?.Reason ?? "it is shutting down");
                break;
            case QuitSession:
                Return(_pending.RemoveAll(), "this peer has left it");
                Enter(Quitting);
                _connection.Tell(new CloseConnection(FrameEncoder.Encode(Operation.Quit)));
                break;
            case EndSession:
                _end ??= new SessionEnd(EndCause.Lost, "this peer has left it");
                Return(_pending.RemoveAll(), _end.Reason);
                Context.Stop(Self);
                break;
            default:
                if (SessionEnd.ReasonFrom(message) is not { } reason)
                    break;
                // A connection that has closed on its own needs no abort.
                if (message is ConnectFailed or ConnectionClosed or ConnectionGone)
                    _connection = ActorRefs.Nobody;
                End(reason);
                break;
        }
    }

    // If the relay has the tracker's key, it is the tracker itself. The tracker might not know the address at which this peer reaches it,
    // so this connection's address replaces the one in the call.
    private void PassOn(TrackerCall tracker)
    {
        var call = tracker.Call;
        if (call.Way == CallWay.Relay && _greeting.TrackerKey is { } key && call.RelayId.Span.SequenceEqual(key.ToArray())
            && call.Endpoint.Length > 0)
            call.Endpoint = _trackerAt!.ToString();
        _addresses.AddScope(call);
        Context.Parent.Tell(new CallReceived(
            call, tracker.SongId, IPEndPoint.TryParse(call.Endpoint, out var endpoint) && _addresses.Permits(endpoint.Address)));
    }

    private void Reserve(TrackerRelay asked)
    {
        if (_relayDesk.IsNobody())
            AnswerRelay(asked.RequestId, ErrorCode.Unsupported);
        else if (RelayReservation.TryRead(asked.Relay, out var reservation))
            _relayDesk.Tell(new ReservePlace(reservation, asked.RequestId));
        else
            AnswerRelay(asked.RequestId, ErrorCode.BadRequest);
    }

    private void AnswerRelay(int requestId, ErrorCode refusal) => _connection.Tell(new Send(FrameEncoder.Encode(
        Operation.Relay, requestId, new Relay { Ok = refusal == ErrorCode.Unknown, Code = refusal })));

    private void Connect(TlsClient? tls)
    {
        _connection = Context.ActorOf(TspConnectionActor.Outgoing(
            _tracker.Host, _tracker.Port, _settings.Transport, Self, _permitted is { } permitted ? permitted.Permits : null, tls));
        Context.WatchWith(_connection, ConnectionGone.Instance);
    }

    private void Enter(UntypedReceive state)
    {
        _state = state;
        Become(state);
    }

    private void End(string reason) => End(new SessionEnd(EndCause.Lost, reason));

    // Notifies the link before the socket closes, so that the link learns of the end before the tracker does.
    private void End(SessionEnd end)
    {
        _log.Debug("The session with tracker {0} ended ({1}): {2}.", _tracker, end.Cause, end.Reason);
        _end = end;
        Enter(Ended);
        Timers.CancelAll();
        Context.Parent.Tell(new SessionEnded(end, Returned(_pending.RemoveAll(), end.Reason)));
        _connection.Tell(AbortConnection.Instance);
    }

    private void Greet(Init init)
    {
        switch (_greeting.Advance(init))
        {
            case HandshakeResult.Reply reply:
                _connection.Tell(new Send(reply.Frame));
                break;
            case HandshakeResult.Accepted accepted:
                Register(accepted.Welcome);
                break;
            case HandshakeResult.Refused refused:
                End(new SessionEnd(EndCause.Refused, refused.Message));
                break;
        }
    }

    private void Register(Welcome welcome)
    {
        _features = (TrackerFeatures)welcome.Features;
        Enter(Registered);
        _tls?.Accepted(_tracker, _greeting.TrackerKey);
        _deadlines.Registered();
        _connection.Tell(new KeepAlive(TrackerGreeting.HeartbeatOf(welcome)));
        string[] trackers = [.. _addresses.Filter(welcome.AlternativeTrackers)];
        welcome.AlternativeTrackers.Clear();
        welcome.AlternativeTrackers.AddRange(trackers);
        Context.Parent.Tell(new SessionRegistered(welcome, _addresses, _greeting.TrackerKey));
        if (!_hostsNothing)
            return;
        // A peer that hosts nothing may be a visitor, and no tracker asks a visitor for its songs (docs/protocol.md section 3).
        _deadlines.AskedForSongs();
        _share.Progress.Skip();
        ReportShare();
    }

    private void OnError(Error error, int id)
    {
        // This is the reply to REACH, the only request that the tracker does not answer in order.
        if (id == ReportPort.RequestId)
            _log.Debug("Tracker {0} will not try this peer's port: {1}.", _tracker, error.Message);
        else if (error.Code == ErrorCode.Busy && id == 0 && _pending.IsShareNext)
        {
            PostponeShare(error);
        }
        else if (error.Code == ErrorCode.ShuttingDown || Errors.ClosesConnection(error.Code))
        {
            End(SessionEnd.FromError(error));
        }
        else if (_pending.TryDequeue(out var replyTo, out var request))
        {
            Reply(replyTo, request, new TrackerRefused(error));
        }
    }

    // Several frames of a share may be refused one after another. Only the first refusal starts the pause.
    private void PostponeShare(Error error)
    {
        _pending.ShareRefused();
        if (_share.Postpone(error) is not { } postponed)
            return;
        Timers.StartSingleTimer(Due.ShareAll, new Tick(Due.ShareAll), postponed.Pause);
        Context.Parent.Tell(postponed);
    }

    private void Drain(string reason)
    {
        Enter(Draining);
        Context.Parent.Tell(new SessionDraining(reason, Returned(_pending.RemoveAll(), reason)));
    }

    private void Ask(IActorRef replyTo, object request)
    {
        if (_pending.TryAdd(replyTo, request))
            _connection.Tell(new Send(RequestFrames.Encode(request)));
        else
            Reply(replyTo, request, new TrackerUnavailable(OfflineRequests.TooMany));
    }

    private object Filter(PlayGrant grant)
    {
        if (grant.Song is null)
            return grant;
        _addresses.AddScopes(grant.Song);
        var song = _addresses.Filter(grant.Song, out var refused);
        if (refused.Count == 0)
            return grant;
        var named = Configuration.HostPort.Format(refused[0].Address, refused[0].Port);
        _log.Warning(
            "Tracker {0} named a host at {1}, an address that is invalid or that only local trackers can know. This peer will not connect to it.",
            _tracker, named);
        return song.Hosts.Count > 0 ? new PlayGrant { Song = song, Reach = { grant.Reach } } : new TrackerRefused(new Error
        {
            Code = ErrorCode.NoHost,
            Message = $"the tracker named no usable host for song {song.Id}: for example, {named} is an address that is invalid or that only local trackers can know",
        });
    }

    // The link receives the songs first, so that it has them by the time the receiver acts on the reply.
    private void ReplyToAnother(IActorRef replyTo, object request, object reply)
    {
        var passedOn = reply is PlayGrant grant ? Filter(grant) : reply;
        Context.Parent.Tell(new SongsNamed(request, reply));
        replyTo.Tell(passedOn);
    }

    private static void Reply(IActorRef replyTo, object request, object reply) =>
        replyTo.Tell(replyTo.Equals(Context.Parent) ? new TrackerReplied(request, reply) : reply);

    private void Return(IEnumerable<PendingRequest> requests, string reason) => Context.Parent.Tell(Returned(requests, reason));

    // Leaves out the link's own requests, because the link sends them again to each tracker.
    private RequestsReturned Returned(IEnumerable<PendingRequest> requests, string reason) => new(
        _tracker, reason,
        [.. requests.Where(request => !request.ReplyTo.Equals(Context.Parent))
            .Select(request => request with { IsOverdue = request.IsOverdue && !_share.Progress.IsHeld })]);

    private void SendShare()
    {
        if (_share.Progress.NextFrame() is { } frame)
        {
            _pending.ShareSent();
            _connection.Tell(new Send(frame, Token: ShareProgress.Token));
        }

        ReportShare();
    }

    private void ReportShare()
    {
        if (_deadlines.HasAskedForSongs && _share.NextReport() is { } report)
            Context.Parent.Tell(report);
    }

    private void OnAssign(Assign assign)
    {
        _library.Tell(new RememberIds(assign.Songs));
        var offer = _share.Apply(assign);
        if (offer == TimeSpan.Zero)
            Timers.Cancel(Due.OfferRefused);
        else if (offer is { } wait)
            Timers.StartSingleTimer(Due.OfferRefused, new Tick(Due.OfferRefused), wait);
        _deadlines.ShareAdvanced();
        ReportShare();
    }

    private sealed record Tick(Due Due) : ILocalMessage, IDeadLetterSuppression;
}
