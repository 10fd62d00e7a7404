using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>The peer's one connection to a tracker: registers, shares, asks, keeps the local copy of the catalog, and comes back when it is lost.</summary>
/// <remarks>
/// <code>
/// Waiting    → Connect (after the backoff)     → Connecting
/// Connecting → ConnectionOpened → hello        → Greeting          ConnectFailed → Waiting, next tracker
/// Greeting   → Welcome                         → Registered        refused, deadline, closed → Waiting
/// Registered → LIST, ASSIGN, answers, BROADCAST_LIST               closed, QUIT → Waiting
/// any        → REPLACED, wrong access key      → Ended (nothing is tried again; questions are answered with the reason)
/// </code>
/// A connection actor is its child, made anew for each try; whatever it says after it was given up is ignored.
/// </remarks>
internal sealed class TrackerLink : UntypedActor, IWithTimers
{
    private const string ConnectTimer = "connect";
    private const string DeadlineTimer = "deadline";
    private const string LoadTimer = "load";
    private const string ListTimer = "list";
    private static readonly TimeSpan LoadInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ListAgainDelay = TimeSpan.FromMilliseconds(500);

    private readonly LinkIdentity _identity;
    private readonly LinkSettings _settings;
    private readonly IActorRef _library;
    private readonly Backoff _backoff;
    private readonly PendingRequests _pending;
    private readonly CatalogCopy _catalog = new();
    private readonly ShareProgress _share = new();
    private readonly List<(IActorRef Asker, object Question)> _early = [];

    private int _trackerIndex;
    private IActorRef _connection = ActorRefs.Nobody;
    private LinkHandshake? _handshake;
    private bool _registered;
    private int _listedUpTo;
    private bool _triedOnce;
    private string? _ended;
    private LinkStatus _status;
    private (int Active, int Max)? _unreportedLoad;
    private readonly List<IActorRef> _shareWaiters = [];
    private IActorRef? _leaver;

    public TrackerLink(LinkIdentity identity, LinkSettings settings, IActorRef library)
    {
        _identity = identity;
        _settings = settings;
        _library = library;
        _backoff = new Backoff(settings.ReconnectMin, settings.ReconnectMax, Random.Shared);
        _pending = new PendingRequests(settings.MaxPendingRequests, TimeProvider.System);
        _status = new LinkStatus(false, Tracker, "connecting", 0, 0);
    }

    public static Props Props(LinkIdentity identity, LinkSettings settings, IActorRef library) =>
        Akka.Actor.Props.Create(() => new TrackerLink(identity, settings, library));

    public ITimerScheduler Timers { get; set; } = null!;

    private TrackerAddress Tracker => _identity.Trackers[_trackerIndex % _identity.Trackers.Count];

    protected override void PreStart()
    {
        _library.Tell(WatchLibrary.Instance);
        Context.System.EventStream.Subscribe(Self, typeof(ReportLoad));
        Connect();
    }

    // A connection that fails is not restarted: the link makes a new one.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FramesReceived received when Sender.Equals(_connection):
                foreach (var frame in received.Frames)
                {
                    if (_connection.IsNobody())
                        return;
                    Handle(frame);
                }

                _connection.Tell(ReadMore.Instance);
                break;
            case Sent when Sender.Equals(_connection):
                _share.Taken();
                SendShare();
                break;
            case ConnectionOpened when Sender.Equals(_connection):
                _connection.Tell(new Send(_handshake!.Hello));
                _connection.Tell(ReadMore.Instance);
                break;
            case ConnectFailed failed when Sender.Equals(_connection):
                Lost(failed.Reason);
                break;
            case ConnectionClosed closed when Sender.Equals(_connection):
                Lost(closed.Message);
                break;
            case InputEnded when Sender.Equals(_connection):
                Lost("the tracker closed the connection");
                break;
            case ConnectionGone gone when gone.Connection.Equals(_connection):
                Lost("the connection failed");
                break;
            case ListSongs or DescribeSongs or FindHosts:
                Ask(message);
                break;
            case FindTitles find:
                Sender.Tell(new Titles(_catalog.Titles(find.Beginning, find.Most)));
                break;
            case GetLinkStatus:
                Sender.Tell(_status);
                break;
            case AwaitShare:
                _shareWaiters.Add(Sender);
                TellWhenShared();
                break;
            case LibraryChanged changed:
                _share.Library(changed);
                SendShare();
                break;
            case ReportLoad load:
                _unreportedLoad = (load.Active, load.Max);
                if (!Timers.IsTimerActive(LoadTimer))
                    SendLoad();
                break;
            case Tick tick:
                OnTick(tick);
                break;
            case Peer.Tracking.Leave:
                Quit();
                break;
        }
    }

    private void OnTick(Tick tick)
    {
        switch (tick.Name)
        {
            case ConnectTimer:
                Connect();
                break;
            case DeadlineTimer when !_registered:
                Lost($"it did not answer within {_settings.RequestTimeout.TotalSeconds:0.#} s");
                break;
            case DeadlineTimer when _pending.HasOverdue:
                Lost($"it left a request unanswered for {_settings.RequestTimeout.TotalSeconds:0.#} s");
                break;
            case LoadTimer when _unreportedLoad is not null:
                SendLoad();
                break;
            case ListTimer:
                ListCatalog();
                break;
        }
    }

    // Connecting --------------------------------------------------------------------------------------------------------------

    private void Connect()
    {
        if (_ended is not null)
            return;
        _handshake = new LinkHandshake(
            _identity.AccessKey, _identity.Peer, _identity.Name, _identity.ListenPort, _identity.WantsBroadcasts, _identity.AdvertisedAddress);
        _connection = Context.ActorOf(TspConnection.Outgoing(Tracker.Host, Tracker.Port, _settings.Transport, Self));
        Context.WatchWith(_connection, new ConnectionGone(_connection));
        Timers.StartSingleTimer(DeadlineTimer, new Tick(DeadlineTimer), _settings.RequestTimeout);
    }

    private void Lost(string reason)
    {
        DropConnection();
        var text = $"no tracker at {Tracker}: {reason}";
        _triedOnce = true;
        foreach (var (asker, question) in _pending.Clear().Concat(_early))
            asker.Tell(OfflineAnswer(question, text));
        _early.Clear();
        // A link that was told to leave has no news for anyone.
        if (_leaver is null)
            SetStatus(new LinkStatus(false, Tracker, reason, _catalog.Count, _share.Refused, Final: _ended is not null));
        _trackerIndex++;
        TellWhenShared();
        if (_leaver is not null)
            Gone();
        else if (_ended is null)
            Timers.StartSingleTimer(ConnectTimer, new Tick(ConnectTimer), _backoff.Next());
    }

    private void DropConnection()
    {
        _connection.Tell(AbortConnection.Instance);
        _connection = ActorRefs.Nobody;
        _registered = false;
        _share.Reset();
        _catalog.AbandonListing();
        Timers.Cancel(DeadlineTimer);
        Timers.Cancel(ListTimer);
    }

    /// <summary>Not to be tried again: the reason will not go away by itself.</summary>
    private void End(string reason)
    {
        _ended = reason;
        Lost(reason);
    }

    private void Registered(Welcome welcome)
    {
        _registered = true;
        _triedOnce = true;
        _backoff.Reset();
        _connection.Tell(new KeepAlive(TimeSpan.FromMilliseconds(Math.Clamp(welcome.HeartbeatIntervalMs, 100, 600_000))));
        Timers.StartPeriodicTimer(DeadlineTimer, new Tick(DeadlineTimer), _settings.RequestTimeout / 4);
        SetStatus(new LinkStatus(true, Tracker, welcome.TrackerName, _catalog.Count, _share.Refused));
        foreach (var (asker, question) in _early)
            Forward(asker, question);
        _early.Clear();
        if (_identity.WantsBroadcasts)
            ListCatalog();
    }

    private void SetStatus(LinkStatus status)
    {
        var isNews = status.Connected != _status.Connected || status.Detail != _status.Detail || status.Final != _status.Final;
        _status = status;
        if (isNews)
            Context.System.EventStream.Publish(status);
    }

    // Frames ------------------------------------------------------------------------------------------------------------------

    private void Handle(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Ping:
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong, frame.SongId)));
                break;
            case Operation.Error:
                if (Read<Error>(frame) is { } error)
                    HandleError(error);
                break;
            case Operation.Init when !_registered:
                if (Read<Init>(frame) is { } init)
                    Greet(init);
                break;
            case Operation.List when !frame.HasBody:
                _share.Requested();
                SendShare();
                break;
            case Operation.List:
                Answer(Read<SongPage>(frame));
                break;
            case Operation.Info:
                Answer(Read<SongInfoPage>(frame));
                break;
            case Operation.Play:
                Answer(Read<PlayGrant>(frame));
                break;
            case Operation.Assign:
                if (Read<Assign>(frame) is { } assign)
                    Assigned(assign);
                break;
            case Operation.BroadcastList:
                if (Read<CatalogDelta>(frame) is { } delta)
                    Broadcast(delta);
                break;
        }
    }

    private T? Read<T>(in Frame frame)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        if (Bodies.TryParse<T>(frame, out var body, out var violation))
            return body;
        Lost($"it sent something that is not TSP: {violation.Message}");
        return null;
    }

    private void Greet(Init init)
    {
        if (_handshake!.Take(init, out var reply, out var welcome) is { } fault)
        {
            End(fault);
            return;
        }

        if (reply is not null)
            _connection.Tell(new Send(reply));
        if (welcome is not null)
            Registered(welcome);
    }

    private void HandleError(Error error)
    {
        switch (error.Code)
        {
            case ErrorCode.Replaced:
                End("another peer with this peer's id is connected (is it running twice with the same data folder?)");
                break;
            case ErrorCode.Unauthenticated:
                End(error.Message);
                break;
            case ErrorCode.ShuttingDown:
            case var code when Errors.ClosesConnection(code) || !_registered:
                Lost(error.Message);
                break;
            default:
                Answer(new TrackerRefused(error));
                break;
        }
    }

    // Questions ---------------------------------------------------------------------------------------------------------------

    private void Ask(object question)
    {
        if (_registered)
            Forward(Sender, question);
        else if (_triedOnce || _ended is not null)
            Sender.Tell(OfflineAnswer(question, $"no tracker at {_status.Tracker}: {_status.Detail}"));
        else if (_early.Count < _settings.MaxPendingRequests)
            _early.Add((Sender, question));
        else
            Sender.Tell(new TrackerUnavailable("too many requests are waiting for the tracker"));
    }

    // The hosts of a song are known from the copy: music goes on when the tracker is away.
    private object OfflineAnswer(object question, string reason) =>
        question is FindHosts find && _catalog.Find(find.Id) is { } song && (song.Live || song.Format is { PayloadBytes: > 0 })
            ? new PlayGrant { Song = song }
            : new TrackerUnavailable(reason);

    private void Forward(IActorRef asker, object question)
    {
        if (!_pending.TryAdd(asker, question, _settings.RequestTimeout))
        {
            if (asker.Equals(Self))
                ListLater();
            else
                asker.Tell(new TrackerUnavailable("too many requests are waiting for the tracker"));
            return;
        }

        _connection.Tell(new Send(question switch
        {
            ListSongs list => FrameEncoder.Encode(Operation.List, list.Cursor, new ListRequest { Query = list.Query, Limit = list.Limit }),
            DescribeSongs { Limit: 0 } describe => FrameEncoder.Encode(Operation.Info, describe.Id),
            DescribeSongs describe => FrameEncoder.Encode(Operation.Info, describe.Id, new InfoRequest { Limit = describe.Limit }),
            FindHosts find => FrameEncoder.Encode(Operation.Play, find.Id),
            _ => throw new InvalidOperationException($"{question.GetType().Name} is no question to a tracker."),
        }));
    }

    private void Answer(object? answer)
    {
        if (answer is null)
            return;
        if (_pending.TryTake(out var asker))
        {
            if (asker.Equals(Self))
                TakeOwnAnswer(answer);
            else
                asker.Tell(answer);
        }
        else if (answer is not TrackerRefused)
        {
            Lost("it answered something that was not asked");
        }
    }

    // The local copy ----------------------------------------------------------------------------------------------------------

    private void ListCatalog()
    {
        if (!_registered || _catalog.IsListing)
            return;
        _catalog.BeginListing();
        _listedUpTo = 0;
        Forward(Self, new ListSongs());
    }

    private void TakeOwnAnswer(object answer)
    {
        switch (answer)
        {
            case SongPage page when page.NextCursor > 0 && page.NextCursor <= _listedUpTo:
                Lost("its pages do not end");
                break;
            case SongPage page when _catalog.Add(page) is > 0 and var next:
                _listedUpTo = next;
                Forward(Self, new ListSongs(Cursor: next));
                break;
            case SongPage:
                CatalogTaken();
                break;
            case TrackerRefused:
                ListLater();
                break;
            default:
                Lost("it did not answer LIST with a page");
                break;
        }
    }

    private void ListLater()
    {
        _catalog.AbandonListing();
        Timers.StartSingleTimer(ListTimer, new Tick(ListTimer), ListAgainDelay);
    }

    private void Broadcast(CatalogDelta delta)
    {
        _catalog.Apply(delta);
        if (!_catalog.IsListing)
            CatalogTaken();
    }

    private void CatalogTaken()
    {
        SetStatus(_status with { SongsInCatalog = _catalog.Count });
        // Many changes at once come as one gap after the other; a short wait lists once for all of them.
        if (_catalog.HasGap && !Timers.IsTimerActive(ListTimer))
            Timers.StartSingleTimer(ListTimer, new Tick(ListTimer), ListAgainDelay);
    }

    // Sharing -----------------------------------------------------------------------------------------------------------------

    private void SendShare()
    {
        if (_registered && _share.Next() is { } frame)
            _connection.Tell(new Send(frame, Token: ShareProgress.Token));
        TellWhenShared();
    }

    private void TellWhenShared()
    {
        if (_registered ? !_share.IsComplete : !_triedOnce)
            return;
        foreach (var waiter in _shareWaiters)
            waiter.Tell(_status);
        _shareWaiters.Clear();
    }

    private void Assigned(Assign assign)
    {
        _library.Tell(new RememberIds(assign.Songs));
        _share.Assigned(assign.Songs);
        SetStatus(_status with { SongsRefused = _share.Refused });
        TellWhenShared();
    }

    private void SendLoad()
    {
        if (_registered && _unreportedLoad is var (active, max))
            _connection.Tell(new Send(ShareFrames.Load(active, max)));
        _unreportedLoad = null;
        Timers.StartSingleTimer(LoadTimer, new Tick(LoadTimer), LoadInterval);
    }

    private void Quit()
    {
        _leaver = Sender;
        _ended ??= "this peer is stopping";
        Timers.CancelAll();
        if (_registered)
        {
            _connection.Tell(new CloseConnection(FrameEncoder.Encode(Operation.Quit)));
            return;
        }

        // One that is just being greeted must not register a peer that leaves.
        DropConnection();
        Gone();
    }

    private void Gone()
    {
        _leaver?.Tell(Left.Instance);
        _leaver = null;
    }

    private sealed record ConnectionGone(IActorRef Connection) : INoSerializationVerificationNeeded;

    private sealed record Tick(string Name) : INoSerializationVerificationNeeded;
}
