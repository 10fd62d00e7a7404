using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Calls;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Reachability;
using TspActors.Tracker.Relays;
using TspActors.Tracker.Search;
using TspActors.Transport;
using TspActors.Transport.Limits;
using TspActors.Transport.Relays;
using TspActors.Transport.Sessions;

namespace TspActors.Tracker.Peers;

/// <summary>
/// The tracker's end of one connection: it replies to the requests in order, from the catalog snapshot, and registers the peer.
/// </summary>
/// <remarks>
/// <code>
/// Serving   → FramesReceived → replies are collected and sent as one write; reading pauses until Sent → the remaining frames, or ReadMore
///           → an accepted INIT         → JoinPeer      → Joining       → PeerJoined      → Serving
///             with an invitation       → Admitting: the invitation is used up, then the same
///           → LIST with a query        → SearchCatalog → Searching     → CatalogSearched → Serving
///           → SHARE                    → ReceiveShare  → Sharing       → ShareApplied    → Serving
///           → SHARE above the rate limit               → HoldingShare  → ShareDue        → Sharing
///             after a share that exhausts the SharePace, or an INIT from a network that has done so → Rest to the connection
///           → RELAY with a ticket      → TakePlace     → Relayed: passes on the bytes that arrive (RelayedSession)
///           → DrainRequested → a peer that can go to another tracker is served until it has moved, or until MoveOverdue
/// any       → QUIT, InputEnded, DrainRequested (for any other peer), MoveOverdue, JoinOverdue, PeerGone → Closing: sends the pending
///             replies, stops the PeerActor and closes the connection; this actor stops with the connection
/// </code>
/// In any state other than Serving, frames wait in the <see cref="FramePump"/>. This actor is a child of its TspConnectionActor and stops
/// with it.
/// </remarks>
internal sealed class RequestSessionActor : UntypedActor, IWithTimers
{
    /// <summary>
    /// After this long, the session yields its thread and serves the remaining requests later. One read can contain a thousand requests.
    /// </summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// An accepted peer is normally registered within milliseconds. A join that takes this long has been lost because an actor failed.
    /// </summary>
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The cost of a search, which is about as much work as this many other requests.</summary>
    private const int SearchCost = 10;

    /// <summary>
    /// The retry delay for a peer whose id another connection is using. If that connection has been lost, the tracker notices within this
    /// time.
    /// </summary>
    private static readonly TimeSpan ContestedRetry = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The retry delay for a peer that cannot be registered because this tracker is cut off. In the meantime, the peer tries the other
    /// trackers.
    /// </summary>
    private static readonly TimeSpan CutOffRetry = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many bytes of a share count as one request. A typical song takes about 170 bytes. Sharing it is as much work as ten requests but
    /// counts as fewer, because it happens only once.
    /// </summary>
    private const int BytesPerCost = 64;

    private readonly SessionDependencies _dependencies;
    private readonly TrackerSettings _settings;
    private readonly FramePump _pump = new();
    private readonly AnswerBuffer _answers = new();
    private readonly SearchPositions _places = new();
    private readonly TokenBucket _requests;
    private readonly TokenBucket _calmSearches = new(perSecond: 3, capacity: 10, Stopwatch.GetElapsedTime(0));
    private readonly RequestTally _tally;
    private SearchCatalog? _search;
    private Frame? _heldShare;
    private TimeSpan _rest;
    private IActorRef _connection = ActorRefs.Nobody;
    private IActorRef? _peer;
    private CatalogHost? _host;
    private IPAddress _remote = IPAddress.None;
    private bool _isSecure;
    private bool _isVisitor;
    private Handshake? _handshake;
    private Admission? _admission;
    private IPEndPoint _reachedAt = new(IPAddress.None, 0);
    private ProtocolViolation? _plainRefusal;
    private RelayedSession? _relay;

    public RequestSessionActor(SessionDependencies dependencies)
    {
        _dependencies = dependencies;
        _settings = dependencies.Settings;
        _tally = new RequestTally(dependencies.Counts);
        _requests = new TokenBucket(_settings.RequestsPerSecond, _settings.RequestBurst, Stopwatch.GetElapsedTime(0), savesUp: true);
    }

    public static Props Props(SessionDependencies dependencies) => Akka.Actor.Props.Create(() => new RequestSessionActor(dependencies));

    public ITimerScheduler Timers { get; set; } = null!;

    private bool MayAsk => _peer is not null || _isVisitor || _handshake!.IsMember
        || (_settings.AnonymousRequests && _settings.AccessKey is null && !_handshake.IsRestricted);

    protected override void PostStop()
    {
        if (_search is not null)
            _dependencies.Searcher.Tell(new ForgetSearch(_search));
    }

    protected override void OnReceive(object message) => Serving(message);

    private void Serving(object message)
    {
        switch (message)
        {
            // A relayed connection is plain on the outside, with TLS inside.
            case FramesReceived received when _plainRefusal is { } refusal && received.Frames[0].Operation != Operation.Relay:
                Refuse(refusal);
                break;
            case FramesReceived received when _admission is { IsMember: true } && !_handshake!.IsMember:
                Refuse(new ProtocolViolation(
                    ErrorCode.Unauthenticated, "this peer is no longer a member of this tracker", received.Frames[0].SongId));
                break;
            case FramesReceived received:
                // A peer that joined without being a member, and has since become one, must also be refused when it is removed from the
                // list of members.
                if (_admission is { IsMember: false } && _handshake!.IsRestricted && _handshake.IsMember)
                    _admission = _admission with { IsMember = true };
                _pump.Enqueue(received.Frames);
                Serve();
                break;
            case Sent:
                _pump.Release(HoldReasons.Unsent);
                _answers.Return();
                Serve();
                break;
            case NextTurn:
                _pump.Release(HoldReasons.Turn);
                Serve();
                break;
            case Status.Failure failure:
                throw new InvalidOperationException("a search has failed", failure.Cause);
            case ConnectionOpened opened:
                OnOpened(opened);
                break;
            case InputEnded:
                _pump.EndInput();
                Serve();
                break;
            case DrainRequested:
                Drain();
                break;
            case MoveOverdue:
                Close();
                break;
            case JoinOverdue or PeerGone:
                _peer = null;
                Close(Errors.Frame(
                    ErrorCode.Internal, "the tracker has failed; register again", message is JoinOverdue ? _admission!.SongId : 0,
                    TimeSpan.FromSeconds(1)));
                break;
            case ConnectionClosed closed:
                OnConnectionClosed(closed);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Joining(object message)
    {
        if (message is JoinRefused refused)
        {
            OnJoinRefused(refused);
            return;
        }

        if (message is VisitorAdmitted)
        {
            Timers.Cancel(JoinOverdue.Instance);
            _isVisitor = true;
            _connection.Tell(new KeepAlive(_settings.HeartbeatInterval));
            _answers.Add(FrameEncoder.Encode(Operation.Init, 0, new Init { Welcome = _admission!.Welcome }));
            ResumeServing();
            return;
        }

        if (message is not PeerJoined joined)
        {
            Serving(message);
            return;
        }

        Timers.Cancel(JoinOverdue.Instance);
        _peer = Context.WatchWith(joined.Peer, PeerGone.Instance);
        if (_host is { Port: > 0 })
            _dependencies.Ports?.Tell(new WatchPort(_host, _remote, joined.Peer, _connection));
        if (_host is { Port: > 0 } && _host.Features.HasFlag(PeerFeatures.RelayVolunteer))
            _dependencies.RelayBroker?.Tell(new VolunteerJoined(_host, joined.Peer, _connection));
        _connection.Tell(new KeepAlive(_settings.HeartbeatInterval, TrackerBodies.OfPeers));
        // A peer that leaves and returns is not faster than one that stays.
        if (_dependencies.SharePace.RestOf(_remote, Stopwatch.GetElapsedTime(0)) is { Ticks: > 0 } rest)
            _connection.Tell(new Rest(rest));
        ResumeServing();
    }

    private void OnOpened(ConnectionOpened opened)
    {
        _connection = opened.Connection;
        _remote = opened.Remote.Address;
        _isSecure = opened.IsSecure;
        _reachedAt = opened.Local;
        _handshake = new Handshake(
            _settings, _dependencies.Access, _dependencies.Members, RemoteEnd.From(opened), opened.OwnKey ?? _dependencies.KeyId);
        if (_isSecure || _settings.Encryption != TrackerEncryption.Require)
            _connection.Tell(ReadMore.Instance);
        else
            RefusePlain(new ProtocolViolation(
                ErrorCode.Unauthenticated, $"this tracker speaks TLS only: tsps://{opened.Local}#{_dependencies.KeyId}"));
    }

    // If the tracker relays, a plain connection may still take a place with a ticket, so it is not refused yet.
    private void RefusePlain(ProtocolViolation refusal)
    {
        if (_dependencies.RelayDesk is null)
        {
            Refuse(refusal);
            return;
        }

        _plainRefusal = refusal;
        _connection.Tell(ReadMore.Instance);
    }

    private void OnJoinRefused(JoinRefused refused)
    {
        Timers.Cancel(JoinOverdue.Instance);
        _host = null;
        _handshake!.Restart();
        _tally.Reject(ErrorCode.Forbidden);
        var requestId = _admission!.SongId;
        _answers.Add(refused.NeedsKey
            ? Errors.Frame(
                ErrorCode.Forbidden,
                "this peer id belongs to a TLS key, which this connection has not shown; register with TLS, or use another id", requestId)
            : Errors.Frame(
                ErrorCode.Forbidden, "another peer with this id is connected (is the peer running twice with the same data folder?)",
                requestId, ContestedRetry));
        ResumeServing();
    }

    private void Searching(object message)
    {
        if (message is not CatalogSearched searched)
        {
            Serving(message);
            return;
        }

        _search = null;
        _answers.AddAll(searched.Answer);
        ResumeServing();
    }

    private void Sharing(object message)
    {
        if (message is not ShareApplied)
        {
            Serving(message);
            return;
        }

        // Only the next large share waits, and what arrives after it.
        if (_rest > TimeSpan.Zero)
            _connection.Tell(new Rest(_rest));
        ResumeServing();
    }

    private void HoldingShare(object message)
    {
        if (message is not ShareDue || _heldShare is not { } share)
        {
            Serving(message);
            return;
        }

        _heldShare = null;
        Enter(Serving, nameof(Serving));
        _pump.Release(HoldReasons.Reply);
        ForwardShare(share, Stopwatch.GetElapsedTime(0));
        Serve();
    }

    private void Relayed(object message)
    {
        if (message is ConnectionClosed closed)
            OnConnectionClosed(closed);
        else
            _relay!.Handle(message, Context);
    }

    private void Closing(object message)
    {
        // By now, replies from other actors are too late.
        if (message is ConnectionClosed closed)
            OnConnectionClosed(closed);
    }

    private void OnConnectionClosed(ConnectionClosed closed)
    {
        if (closed.Violation is { } violation)
            _tally.Reject(violation);
        else if (closed.Reason == CloseReason.TimedOut)
            _tally.Reject(ErrorCode.Timeout);
        else if (closed.Reason == CloseReason.GaveWay)
            _tally.Reject(ErrorCode.Busy);
        Context.Stop(Self);
    }

    private void Enter(UntypedReceive state, string name)
    {
        Become(state);
        if (Context.System.Log.IsDebugEnabled)
            Context.GetLogger().Debug("{0} (peer {1}): {2}", _remote, _host?.Id, name);
    }

    // The frames that follow wait until another actor has replied to the current one.
    private void Await(UntypedReceive state, string name)
    {
        _pump.Hold(HoldReasons.Reply);
        Enter(state, name);
    }

    private void ResumeServing()
    {
        _tally.Answered();
        _pump.Release(HoldReasons.Reply);
        Enter(Serving, nameof(Serving));
        Serve();
    }

    private void Serve()
    {
        var begun = Stopwatch.GetTimestamp();
        while (!_answers.IsFull && _pump.TryDequeue(out var frame))
        {
            Handle(frame, Stopwatch.GetElapsedTime(0, begun));
            if (!_pump.Gate.IsHeldFor(HoldReasons.Reply))
                _tally.Count(frame.Operation, begun);
            if (_pump.HasFrames && Stopwatch.GetElapsedTime(begun) > Turn)
            {
                _pump.Hold(HoldReasons.Turn);
                Self.Tell(NextTurn.Instance);
            }
        }

        _tally.AddUp();
        if (!_answers.IsEmpty)
        {
            SendAnswers();
            return;
        }

        switch (_pump.NextStep())
        {
            case PumpStep.ReadMore:
                _connection.Tell(ReadMore.Instance);
                break;
            case PumpStep.Close:
                Close();
                break;
        }
    }

    private void SendAnswers()
    {
        if (_pump.Gate.IsHeldFor(HoldReasons.Unsent | HoldReasons.Closing))
            return;
        _connection.Tell(new Send(_answers.Lend(), Token: Self));
        _pump.Hold(HoldReasons.Unsent);
    }

    // A peer that can go to another tracker registers there before its songs are withdrawn here. Until then, this tracker serves it, for a
    // limited time.
    private void Drain()
    {
        _tally.Reject(ErrorCode.ShuttingDown);
        var lastWords = Errors.Frame(ErrorCode.ShuttingDown, "the tracker is going down", retryAfter: TimeSpan.FromSeconds(1));
        var wait = _settings.DrainTimeout / 2;
        if (_peer is null || wait == TimeSpan.Zero || _dependencies.Standing.Current.OtherTrackers.IsEmpty)
        {
            Close(lastWords);
            return;
        }

        _connection.Tell(new Send(lastWords));
        Timers.StartSingleTimer(MoveOverdue.Instance, MoveOverdue.Instance, wait);
    }

    private void Close(byte[]? lastWords = null)
    {
        if (lastWords is not null)
            _answers.Add(lastWords);
        _pump.Close();
        _peer?.Tell(PeerLeaves.Instance);
        _connection.Tell(new CloseConnection(_answers.Detach()));
        Enter(Closing, nameof(Closing));
    }

    private void Handle(in Frame frame, TimeSpan now)
    {
        switch (frame.Operation)
        {
            // A share that exceeds the rate limit is delayed, never refused.
            case Operation.Share when _peer is not null:
                ForwardShare(frame, now);
                break;
            case Operation.Quit:
                Close();
                break;
            // These frames receive no reply, even if they exceed the rate limit.
            case Operation.Pong or Operation.Error:
                _requests.TrySpend(1, now, out _);
                break;
            case Operation.List when MayAsk:
                if (Read<ListRequest>(frame) is { } list && IsAllowed(frame, now, list.Query.Length == 0 ? 1 : SearchCost))
                    List(frame.SongId, list);
                break;
            default:
                // A frame that arrives in slices counts once, at its last slice.
                if (frame.EndsFrame && IsAllowed(frame, now))
                    Answer(frame);
                break;
        }
    }

    private void Answer(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Info when MayAsk:
                if (Read<InfoRequest>(frame) is { } info)
                    CatalogAnswers.Info(_answers, _dependencies.Catalog.Current, frame.SongId, info);
                break;
            case Operation.Play when MayAsk:
                CatalogAnswers.Grant(
                    _answers, _dependencies.Catalog.Current, frame.SongId,
                    GrantView.Of(_host, _remote, _isVisitor ? null : _dependencies.Relays));
                break;
            case Operation.Call when _isVisitor && _dependencies.Calls is not null:
                if (Read<Call>(frame) is { } vain)
                    _answers.Add(FrameEncoder.Encode(Operation.Call, frame.SongId, CallRefusal.For(vain, CallRefusal.Visitor)));
                break;
            case Operation.Reach when _isVisitor && _dependencies.Ports is not null:
                Refuse(NoPortToTry(frame.SongId));
                break;
            case Operation.Call when _peer is not null && _dependencies.Calls is not null:
                if (Read<Call>(frame) is { } call)
                    PassOn(call, frame.SongId);
                break;
            case Operation.Relay when _peer is null && !_isVisitor && _dependencies.RelayDesk is not null:
                if (Read<Relay>(frame) is { } relay)
                    TakePlace(relay, frame.SongId);
                break;
            case Operation.Relay when _peer is not null && _dependencies.RelayBroker is not null:
                if (Read<Relay>(frame) is { } answer)
                    _dependencies.RelayBroker.Tell(new VolunteerAnswered(_host!.Id, frame.SongId, answer.Ok));
                break;
            case Operation.Reach when _peer is not null && _dependencies.Ports is not null:
                if (Read<Reach>(frame) is { } reach)
                    TryPort(reach, frame.SongId);
                break;
            case Operation.List or Operation.Info or Operation.Play or Operation.Share:
            case Operation.Call or Operation.Reach when _peer is null && _dependencies.Calls is not null:
                RefuseUnregistered(frame.SongId);
                break;
            case Operation.Init:
                Greet(frame);
                break;
            case Operation.Ping:
                _answers.Add(FrameEncoder.Encode(Operation.Pong, frame.SongId));
                break;
            default:
                _tally.Reject(ErrorCode.Unsupported);
                _answers.Add(Errors.Unsupported(frame));
                break;
        }
    }

    // A CALL with a code or a refusal is a host's reply to a call that this tracker has passed on.
    private void PassOn(Call call, int songId) => _dependencies.Calls!.Tell(
        call.Code != ErrorCode.Unknown || call.Refusal.Length > 0
            ? new RefuseCall(call, _host!.Id)
            : new PlaceCall(call, songId, _host!, _remote, _peer!, _connection) { ReachedAt = _reachedAt });

    private void TakePlace(Relay relay, int id)
    {
        if (relay.Ticket.IsEmpty)
        {
            Refuse(new ProtocolViolation(ErrorCode.BadFrame, "RELAY has no ticket", id));
            return;
        }

        _relay = new RelayedSession(_connection);
        Await(Relayed, nameof(Relayed));
        _dependencies.RelayDesk!.Tell(new TakePlace(new RelayTicket(relay.Ticket.Span), _connection, _remote));
    }

    private void TryPort(Reach reach, int requestId)
    {
        // The listed port of a peer that does not support REACH never changes, so no other port may be watched for it.
        if (!_host!.SupportsReach)
            Refuse(NoPortToTry(requestId));
        else if (reach.ListenPort <= IPEndPoint.MaxPort && ReachLimits.MayProbe((int)reach.ListenPort))
            _dependencies.Ports!.Tell(new TryPort(_peer!, (int)reach.ListenPort, LocalEndpoint.Filter(reach.LocalEndpoints), requestId));
        else
            Refuse(new ProtocolViolation(ErrorCode.BadRequest, $"the tracker does not probe port {reach.ListenPort}", requestId));
    }

    private static ProtocolViolation NoPortToTry(int requestId) =>
        new(ErrorCode.BadRequest, "this peer's hello does not name a port that can change", requestId);

    private void List(int cursor, ListRequest request)
    {
        if (request.Query.Length == 0)
        {
            CatalogAnswers.List(_answers, _dependencies.Catalog.Current, cursor, request, _places);
            return;
        }

        Await(Searching, nameof(Searching));
        _tally.AwaitSearch();
        _search = new SearchCatalog(
            _dependencies.Catalog.Current, cursor, request, _places, CountedAddress.From(_remote),
            IsCalm: _calmSearches.TrySpend(1, Stopwatch.GetElapsedTime(0), out _));
        _dependencies.Searcher.Tell(_search);
    }

    private void Greet(in Frame frame)
    {
        if (Read<Init>(frame) is not { } init)
            return;
        switch (_handshake!.Advance(init))
        {
            case HandshakeResult.Reply reply:
                _answers.Add(reply.Frame);
                break;
            case HandshakeResult.Refused { RetryAfter: not null } refused:
                _tally.Reject(refused.Code);
                _answers.Add(refused.ToFrame(frame.SongId));
                break;
            case HandshakeResult.Refused refused:
                Refuse(new ProtocolViolation(refused.Code, refused.Message, frame.SongId));
                break;
            case HandshakeResult.Accepted accepted:
                Admit(new Admission(accepted.Welcome, _handshake.ToHost(), frame.SongId, _handshake.IsRestricted && _handshake.IsMember));
                break;
        }
    }

    // The invitation is used up before the peer is registered. This happens on another thread, because writing the files may take time.
    private void Admit(Admission admission)
    {
        _admission = admission;
        if (_handshake!.Invitation is not { } invitation)
        {
            Join(admission);
            return;
        }

        Await(Admitting, nameof(Admitting));
        var (members, key) = (_dependencies.Members!, new KeyId(admission.Host.Id.ToArray()));
        Task.Run(() => members.Use(invitation, key)).PipeTo(
            Self, success: member => new InvitationUsed(member is not null || members.Find(key) is not null, null),
            failure: error => new InvitationUsed(false, error.Message));
    }

    private void Admitting(object message)
    {
        if (message is not InvitationUsed used)
        {
            Serving(message);
            return;
        }

        _pump.Release(HoldReasons.Reply);
        Enter(Serving, nameof(Serving));
        if (used.IsMember)
        {
            Join(_admission! with { IsMember = true });
            Serve();
            return;
        }

        if (used.Error is { } error)
            Context.GetLogger().Warning("The invitation that {0} presented could not be used: {1}", _remote, error);
        var requestId = _admission!.SongId;
        _admission = null;
        Refuse(used.Error is null
            ? new ProtocolViolation(
                ErrorCode.Unauthenticated, "this invitation has been used or has expired; ask for another one", requestId)
            : new ProtocolViolation(ErrorCode.Internal, "the tracker could not save its list of members; its log says why", requestId));
        _handshake!.Restart();
        Serve();
    }

    private void Join(Admission admission)
    {
        _admission = admission;
        var (welcome, host, songId) = (admission.Welcome, admission.Host, admission.SongId);
        // A peer that hosts nothing does not change the catalog, so it may join even while the other trackers are unreachable.
        if (host is { Port: > 0, IsOnlyCallable: false } && !_dependencies.Standing.Current.MayRegister)
        {
            _tally.Reject(ErrorCode.Busy);
            _answers.Add(Errors.Frame(
                ErrorCode.Busy, "this tracker cannot reach enough of its cluster's trackers to register a peer", songId, CutOffRetry));
            _handshake!.Restart();
            return;
        }

        welcome.AlternativeTrackers.Add(
            _dependencies.Standing.Current.OtherTrackers.Select(tracker => TrackerAddressText.For(tracker, _isSecure)));
        welcome.CatalogVersion = _dependencies.Catalog.Current.Version;
        _host = host;
        Await(Joining, nameof(Joining));
        _tally.Await(Operation.Init);
        // The replies to earlier requests are sent before the welcome.
        if (!_answers.IsEmpty)
            _connection.Tell(new Send(_answers.Detach()));
        Timers.StartSingleTimer(JoinOverdue.Instance, JoinOverdue.Instance, JoinTimeout);
        _dependencies.Peers.Tell(new JoinPeer(host, _handshake!.WantsBroadcasts, welcome, Self, _connection)
        {
            ShownSecret = _handshake.ShownSecret,
        });
    }

    // A share that exceeds the rate limit is served later, and so are the frames after it. If it were refused, the peer would have to share
    // all of its songs again.
    private void ForwardShare(in Frame frame, TimeSpan now)
    {
        if (!_requests.TrySpend(1 + (frame.Body.Length / BytesPerCost), now, out var wait))
        {
            _heldShare = frame;
            Await(HoldingShare, nameof(HoldingShare));
            Timers.StartSingleTimer(ShareDue.Instance, ShareDue.Instance, wait);
        }
        else if (Read<Share>(frame) is { } share)
        {
            _rest = _dependencies.SharePace.Spend(_remote, share.Added.Count, now);
            Await(Sharing, nameof(Sharing));
            _tally.Await(Operation.Share);
            _peer!.Tell(new ReceiveShare(share));
        }
    }

    private bool IsAllowed(in Frame frame, TimeSpan now, int cost = 1)
    {
        if (_requests.TrySpend(cost, now, out var wait))
            return true;
        // Rounded up to whole milliseconds, the unit on the wire, so that a retry after that time is not too early.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        _tally.Reject(ErrorCode.RateLimited);
        _answers.Add(Errors.Frame(ErrorCode.RateLimited,
            $"this connection sent more requests than the allowed {_settings.RequestsPerSecond} per second", frame.SongId, wait));
        return false;
    }

    private T? Read<T>(in Frame frame)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        if (Bodies.TryParse<T>(frame, out var body, out var violation))
            return body;
        Refuse(violation);
        return null;
    }

    private void RefuseUnregistered(int songId) => Refuse(_isVisitor
        ? new ProtocolViolation(
            ErrorCode.NotRegistered, "this peer is registered on another connection, so this connection cannot share songs", songId)
        : _settings.AccessKey is null && _handshake!.IsRestricted
        ? new ProtocolViolation(ErrorCode.Unauthenticated, "this tracker answers its members only", songId)
        : _settings.AccessKey is null
        ? new ProtocolViolation(ErrorCode.NotRegistered, "this tracker answers registered peers only: send INIT first", songId)
        : new ProtocolViolation(ErrorCode.Unauthenticated, "this tracker requires an access key", songId));

    private void Refuse(ProtocolViolation violation)
    {
        var frame = Errors.Frame(violation);
        _tally.Reject(violation.Code);
        if (Errors.ClosesConnection(violation.Code))
            Close(frame);
        else
            _answers.Add(frame);
    }

    /// <summary>A peer that has completed the handshake.</summary>
    private sealed record Admission(Welcome Welcome, CatalogHost Host, int SongId, bool IsMember);

    /// <summary>The invitation has been used up, or could not be used.</summary>
    private sealed record InvitationUsed(bool IsMember, string? Error) : ILocalMessage, IDeadLetterSuppression;

    private sealed record MoveOverdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly MoveOverdue Instance = new();
    }

    private sealed record NextTurn : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly NextTurn Instance = new();
    }

    private sealed record ShareDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly ShareDue Instance = new();
    }

    private sealed record JoinOverdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly JoinOverdue Instance = new();
    }

    private sealed record PeerGone : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly PeerGone Instance = new();
    }
}
