using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Reachability;
using TspActors.Tracker.Search;
using TspActors.Transport;

namespace TspActors.Tracker.Peers;

/// <summary>The tracker's end of one connection: answers its requests from the catalog snapshot, in order, and registers its peer.</summary>
/// <remarks>
/// <code>
/// Serving  → FramesReceived → answers are gathered and sent as one write; the rest waits until that is taken → Sent → on, or ReadMore
///          → an INIT that is accepted → JoinPeer  → Waiting → PeerJoined → Serving
///          → LIST with a query        → SearchCatalog → Waiting → CatalogSearched → Serving
///          → SHARE                    → ReceiveShare → Waiting → ShareApplied → Serving; where it came too soon, Waiting → ShareDue → ReceiveShare
///          → DrainRequested          → where its peer can go elsewhere, served on until it has, or MoveOverdue
///          → QUIT, InputEnded, DrainRequested, MoveOverdue, the PeerActor's end → what is owed is sent, the PeerActor goes, the connection closes and this actor with it
/// </code>
/// Child of its TspConnectionActor; ends with it.
/// </remarks>
internal sealed class RequestSessionActor : UntypedActor, IWithTimers
{
    /// <summary>After this long the requests that are left wait for their next turn: one read can bring a thousand.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    /// <summary>A peer that is accepted is registered within milliseconds; one that is not by then was lost when the tracker failed inside.</summary>
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A search is about as much work as so many other requests.</summary>
    private const int SearchCost = 10;

    /// <summary>When a peer that the cluster cannot register now is to come back; by then it has been tried elsewhere, too.</summary>
    private static readonly TimeSpan CutOffRetry = TimeSpan.FromSeconds(2);

    /// <summary>So many bytes of a share count as a request. A usual song has some 170; it is as much work as ten requests, but is asked for only once.</summary>
    private const int BytesPerCost = 64;

    private readonly SessionDependencies _parts;
    private readonly TrackerSettings _settings;
    private readonly Queue<Frame> _frames = new();
    private readonly AnswerBuffer _answers = new();
    private readonly SearchPlaces _places = new();
    private readonly Allowance _allowance;
    private readonly RequestTally _tally;
    private bool _sending;
    private bool _turnAwaited;
    private bool _waiting;
    private SearchCatalog? _search;
    private Frame? _shareHeld;
    private bool _inputEnded;
    private bool _closing;
    private IActorRef _connection = ActorRefs.Nobody;
    private IActorRef? _peer;
    private CatalogHost? _host;
    private IPAddress _remote = IPAddress.None;
    private Handshake? _handshake;

    public RequestSessionActor(SessionDependencies parts)
    {
        _parts = parts;
        _settings = parts.Settings;
        _tally = new RequestTally(parts.Counts);
        _allowance = new Allowance(_settings.RequestsPerSecond, _settings.RequestBurst);
    }

    public static Props Props(SessionDependencies parts) => Akka.Actor.Props.Create(() => new RequestSessionActor(parts));

    public ITimerScheduler Timers { get; set; } = null!;

    private bool MayAsk => _peer is not null || (_settings.AnonymousRequests && _settings.AccessKey is null);

    protected override void PostStop()
    {
        if (_search is not null)
            _parts.Searcher.Tell(new ForgetSearch(_search));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FramesReceived received:
                foreach (var frame in received.Frames)
                    _frames.Enqueue(frame);
                Serve();
                break;
            case Sent:
                _sending = false;
                _answers.Return();
                Serve();
                break;
            case NextTurn:
                _turnAwaited = false;
                Serve();
                break;
            case CatalogSearched searched when !_closing:
                _search = null;
                Answered();
                _answers.AddAll(searched.Answer);
                Serve();
                break;
            case CatalogSearched:
                break;
            case Status.Failure failure:
                throw new InvalidOperationException("a search has failed", failure.Cause);
            case ShareApplied:
                Answered();
                Serve();
                break;
            case ShareDue when _shareHeld is { } share && !_closing:
                _waiting = false;
                ReceiveShare(share, Stopwatch.GetElapsedTime(0));
                Serve();
                break;
            case ShareDue:
                break;
            case PeerJoined joined:
                Timers.Cancel(JoinOverdue.Instance);
                _peer = Context.WatchWith(joined.Peer, PeerGone.Instance);
                Answered();
                if (_host is { Port: > 0 })
                    _parts.Ports?.Tell(new WatchPort(_host, _remote, joined.Peer));
                _connection.Tell(new KeepAlive(_settings.HeartbeatInterval));
                Serve();
                break;
            case ConnectionOpened opened:
                _connection = opened.Connection;
                _remote = opened.Remote.Address;
                _handshake = new Handshake(_settings, opened.Remote.Address);
                _connection.Tell(ReadMore.Instance);
                break;
            case InputEnded:
                _inputEnded = true;
                Serve();
                break;
            case DrainRequested when !_closing:
                Drain();
                break;
            case MoveOverdue:
                Close();
                break;
            case DrainRequested:
                break;
            case JoinOverdue:
            case PeerGone:
                // After a replacement this comes too late to matter: the connection is closing.
                _peer = null;
                Close(Errors.Frame(ErrorCode.Internal, "the tracker has failed; register again", retryAfter: TimeSpan.FromSeconds(1)));
                break;
            case ConnectionClosed closed:
                if (closed.Violation is { } violation)
                    _tally.Reject(violation);
                else if (closed.Reason == CloseReason.TimedOut)
                    _tally.Reject(ErrorCode.Timeout);
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Serve()
    {
        var begun = Stopwatch.GetTimestamp();
        while (!_closing && !_waiting && !_answers.IsFull && _frames.TryDequeue(out var frame))
        {
            Handle(frame, Stopwatch.GetElapsedTime(0, begun));
            if (!_waiting)
                _tally.Count(frame.Operation, begun);
            if (_frames.Count > 0 && Stopwatch.GetElapsedTime(begun) > Turn)
            {
                AwaitTurn();
                break;
            }
        }

        _tally.AddUp();
        if (_closing || _sending)
            return;
        if (!_answers.IsEmpty)
            SendAnswers();
        else if (_waiting || _turnAwaited)
            return;
        else if (_inputEnded)
            Close();
        else
            _connection.Tell(ReadMore.Instance);
    }

    private void Answered()
    {
        _waiting = false;
        _tally.Answered();
    }

    private void AwaitTurn()
    {
        if (_turnAwaited)
            return;
        _turnAwaited = true;
        Self.Tell(NextTurn.Instance);
    }

    private void SendAnswers()
    {
        _connection.Tell(new Send(_answers.Lend(), Token: Self));
        _sending = true;
    }

    // A peer that has another tracker to go to registers there before its songs go here; it is served until it has, though not for long.
    private void Drain()
    {
        _tally.Reject(ErrorCode.ShuttingDown);
        var lastWords = Errors.Frame(ErrorCode.ShuttingDown, "the tracker is going down", retryAfter: TimeSpan.FromSeconds(1));
        var wait = _settings.DrainTimeout / 2;
        if (_peer is null || wait == TimeSpan.Zero || _parts.Standing.Current.OtherTrackers.IsEmpty)
        {
            Close(lastWords);
            return;
        }

        _connection.Tell(new Send(lastWords));
        Timers.StartSingleTimer(MoveOverdue.Instance, MoveOverdue.Instance, wait);
    }

    private void Close(byte[]? lastWords = null)
    {
        if (_closing)
            return;
        if (lastWords is not null)
            _answers.Add(lastWords);
        _closing = true;
        _peer?.Tell(PeerLeaves.Instance);
        _connection.Tell(new CloseConnection(_answers.Take()));
    }

    private void Handle(in Frame frame, TimeSpan now)
    {
        switch (frame.Operation)
        {
            // Has an allowance of its own: it is not refused, but waits.
            case Operation.Share when _peer is not null:
                ReceiveShare(frame, now);
                break;
            case Operation.Quit:
                Close();
                break;
            // Not answered, not even when there are too many.
            case Operation.Pong or Operation.Error:
                _allowance.Take(now, 1);
                break;
            case Operation.List when MayAsk:
                if (Read<ListRequest>(frame) is { } list && IsAllowed(frame, now, list.Query.Length == 0 ? 1 : SearchCost))
                    List(frame.SongId, list);
                break;
            default:
                // Of a long one that is skipped the last part counts.
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
                    CatalogAnswers.Info(_answers, _parts.Catalog.Current, frame.SongId, info);
                break;
            case Operation.Play when MayAsk:
                CatalogAnswers.Grant(_answers, _parts.Catalog.Current, frame.SongId);
                break;
            case Operation.List or Operation.Info or Operation.Play or Operation.Share:
                RefuseStranger(frame.SongId);
                break;
            case Operation.Init:
                TakeInit(frame);
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

    private void List(int cursor, ListRequest request)
    {
        if (request.Query.Length == 0)
        {
            CatalogAnswers.List(_answers, _parts.Catalog.Current, cursor, request, _places);
            return;
        }

        _waiting = true;
        _tally.AwaitSearch();
        _search = new SearchCatalog(_parts.Catalog.Current, cursor, request, _places, CountedAddress.Of(_remote));
        _parts.Searcher.Tell(_search);
    }

    private void TakeInit(in Frame frame)
    {
        if (Read<Init>(frame) is not { } init)
            return;
        switch (_handshake!.Take(init))
        {
            case HandshakeResult.Answer answer:
                _answers.Add(answer.Frame);
                break;
            case HandshakeResult.Refused refused:
                Refuse(new ProtocolViolation(refused.Code, refused.Message, frame.SongId));
                break;
            // Who hosts nothing changes nothing, and may hear what is known here.
            case HandshakeResult.Accepted { Host.Port: > 0 } when !_parts.Standing.Current.MayRegister:
                _tally.Reject(ErrorCode.Busy);
                _answers.Add(Errors.Frame(
                    ErrorCode.Busy, "this tracker cannot reach enough of the others of its cluster to register a peer", frame.SongId, CutOffRetry));
                _handshake!.Begin();
                break;
            case HandshakeResult.Accepted accepted:
                accepted.Welcome.AlternativeTrackers.Add(_parts.Standing.Current.OtherTrackers);
                _host = accepted.Host;
                if (_parts.Ports is null && _host.Port > 0)
                    _host.Reach = Reach.Reachable;
                accepted.Welcome.CatalogVersion = _parts.Catalog.Current.Version;
                _waiting = true;
                _tally.Await(Operation.Init);
                // What was asked before is answered before the welcome.
                if (!_answers.IsEmpty)
                    _connection.Tell(new Send(_answers.Take()));
                Timers.StartSingleTimer(JoinOverdue.Instance, JoinOverdue.Instance, JoinTimeout);
                _parts.Tracker.Tell(new JoinPeer(accepted.Host, accepted.WantsBroadcasts, accepted.Welcome, Self, _connection));
                break;
        }
    }

    // One that is too soon is not refused, as the peer would have to share all of it again: it and what comes behind it are read later.
    private void ReceiveShare(in Frame frame, TimeSpan now)
    {
        _shareHeld = null;
        if (_allowance.Take(now, 1 + (frame.Body.Length / BytesPerCost)) is { } wait)
        {
            (_shareHeld, _waiting) = (frame, true);
            Timers.StartSingleTimer(ShareDue.Instance, ShareDue.Instance, wait);
        }
        else if (Read<Share>(frame) is { } share)
        {
            _waiting = true;
            _tally.Await(Operation.Share);
            _peer!.Tell(new ReceiveShare(share));
        }
    }

    private bool IsAllowed(in Frame frame, TimeSpan now, int cost = 1)
    {
        if (_allowance.Take(now, cost) is not { } wait)
            return true;
        _tally.Reject(ErrorCode.RateLimited);
        _answers.Add(Errors.Frame(ErrorCode.RateLimited, $"more than {_settings.RequestsPerSecond} requests a second came on this connection", frame.SongId, wait));
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

    private void RefuseStranger(int songId) => Refuse(_settings.AccessKey is null
        ? new ProtocolViolation(ErrorCode.NotRegistered, "this tracker answers registered peers only: send INIT first", songId)
        : new ProtocolViolation(ErrorCode.Unauthenticated, "this tracker needs an access key", songId));

    private void Refuse(ProtocolViolation violation)
    {
        var frame = Errors.Frame(violation);
        _tally.Reject(violation.Code);
        if (Errors.ClosesConnection(violation.Code))
            Close(frame);
        else
            _answers.Add(frame);
    }

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
