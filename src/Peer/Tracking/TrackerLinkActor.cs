using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>Keeps the peer registered at one of its trackers: shares, asks, keeps the local copy of the catalog, and goes to another tracker when this one is lost or better placed.</summary>
/// <remarks>
/// <code>
/// Waiting    → Connect                         → Connecting
/// Connecting → ConnectionOpened → hello        → Greeting          ConnectFailed → the next tracker at once; after all of them Waiting
/// Greeting   → Welcome                         → Registered        refused, deadline, closed → as above
/// Registered → LIST, ASSIGN, answers, BROADCAST_LIST               closed, silent            → as above
///            → SHUTTING_DOWN                   → as above; where others are known, that connection stays until everything is shared at the next one
///            → a preferred tracker is there    → Moving: the next connection registers, everything is shared there, then the former one is closed
/// any        → REPLACED soon after a move      → Waiting, or back to the former one, once
/// any        → REPLACED, or every configured tracker has refused this peer (its access key, say) in one round → Ended (nothing is tried again; questions are answered with the reason)
/// </code>
/// Which tracker, <see cref="TrackerChoice"/> decides. There are at most three connections (<see cref="LinkSlots"/>). Connection actors are its children, made anew for
/// each try; whatever one says after it was given up is ignored.
/// </remarks>
internal sealed partial class TrackerLinkActor : UntypedActor, IWithTimers
{
    private const string ConnectTimer = "connect";
    private const string DeadlineTimer = "deadline";
    private const string LoadTimer = "load";
    private const string ListTimer = "list";
    private const string SpreadTimer = "spread";
    private const string ShareTimer = "share";
    private const string OfferTimer = "offer";
    private const string PortTimer = "port";
    private static readonly TimeSpan LoadInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly LinkIdentity _identity;
    private readonly LinkSettings _settings;
    private readonly IActorRef _library;
    private readonly TrackerChoice _choice;
    private readonly OfferTimes _offers;
    private readonly CatalogCopy _catalog = new();
    private readonly CatalogListing _listing;
    private readonly LinkQuestions _questions;
    private readonly LinkSlots _links = new();
    private readonly OwnPort _port;
    private readonly OwnMoves _moves = new(TimeProvider.System);

    private OwnSongs _songs = OwnSongs.None;
    private bool _noneLeft;
    private string? _ended;
    private LinkStatus _status;
    private LinkStatus _told;
    private (int Active, int Max)? _unreportedLoad;
    private readonly List<IActorRef> _shareWaiters = [];
    private IActorRef? _leaver;

    public TrackerLinkActor(LinkIdentity identity, LinkSettings settings, IActorRef library)
    {
        _identity = identity;
        _settings = settings;
        _library = library;
        _choice = new TrackerChoice(identity.Peer, identity.Trackers, settings, TimeProvider.System, Random.Shared);
        _offers = new OfferTimes(settings, TimeProvider.System, Random.Shared);
        _listing = new CatalogListing(_catalog, TimeProvider.System, Random.Shared);
        _questions = new LinkQuestions(_catalog, settings);
        _port = new OwnPort(identity.Peer);
        _status = _told = new LinkStatus(false, identity.Trackers[0], "connecting", 0, 0);
    }

    public static Props Props(LinkIdentity identity, LinkSettings settings, IActorRef library) =>
        Akka.Actor.Props.Create(() => new TrackerLinkActor(identity, settings, library));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _library.Tell(WatchLibrary.Instance);
        Context.System.EventStream.Subscribe(Self, typeof(ReportLoad));
        Timers.StartPeriodicTimer(DeadlineTimer, new Tick(DeadlineTimer), _settings.RequestTimeout / 4);
        ConnectNext("");
    }

    // A connection that fails is not restarted: the link makes a new one.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        if (_links.Of(message is ConnectionGone gone ? gone.Connection : Sender) is { } link && OnConnection(link, message))
            return;
        switch (message)
        {
            case ListSongs or DescribeSongs or FindHosts:
                Ask(Sender, message);
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
                _songs = changed.Songs;
                foreach (var known in _links.All)
                    known.Share.Library(changed);
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

    private bool OnConnection(LinkConnection link, object message)
    {
        switch (message)
        {
            case FramesReceived received:
                foreach (var frame in received.Frames)
                {
                    if (_links.Of(link.Actor) is null)
                        return true;
                    Handle(link, frame);
                }

                link.Actor.Tell(ReadMore.Instance);
                return true;
            case Sent:
                link.Share.Taken();
                link.ShareWentOn();
                SendShare();
                return true;
            case ConnectionOpened:
                link.HasSaidHello = true;
                link.Actor.Tell(new Send(link.Handshake.Hello));
                link.Actor.Tell(ReadMore.Instance);
                return true;
            case ConnectFailed failed:
                Lost(link, failed.Reason);
                return true;
            case ConnectionClosed closed:
                Lost(link, closed.Message);
                return true;
            case InputEnded:
                Lost(link, "the tracker closed the connection");
                return true;
            case ConnectionGone:
                Lost(link, "the connection failed");
                return true;
            default:
                return false;
        }
    }

    private void OnTick(Tick tick)
    {
        switch (tick.Name)
        {
            case ConnectTimer:
                ConnectNext("");
                break;
            case DeadlineTimer:
                CheckDeadlines();
                break;
            case LoadTimer when _unreportedLoad is not null:
                SendLoad();
                break;
            case ListTimer:
                GoOnListing();
                break;
            case PortTimer:
                CheckPort();
                break;
            case SpreadTimer:
                Spread();
                break;
            case ShareTimer when _links.IsRegistered:
                _links.Current!.Share.Requested();
                SendShare();
                break;
            case OfferTimer when _links.IsRegistered:
                _offers.Offered();
                _links.Current!.Share.OfferRefusedAgain();
                SendShare();
                break;
        }
    }

    // Connecting --------------------------------------------------------------------------------------------------------------

    private LinkConnection Connect(TrackerAddress tracker)
    {
        var handshake = new ClientHandshake(
            _identity.AccessKey, _identity.Peer, _identity.Name, _identity.ListenPort, _identity.WantsBroadcasts, _identity.AdvertisedAddress);
        var actor = Context.ActorOf(TspConnectionActor.Outgoing(tracker.Host, tracker.Port, _settings.Transport, Self));
        Context.WatchWith(actor, new ConnectionGone(actor));
        var link = new LinkConnection(tracker, actor, handshake, _settings, TimeProvider.System);
        link.Share.Library(new LibraryChanged(_songs));
        return link;
    }

    // The next tracker at once; when all were tried, whoever waits is told, and there is a pause.
    private void ConnectNext(string reason)
    {
        if (_ended is null && _choice.TryNext(out var tracker))
        {
            _links.Use(Connect(tracker));
            return;
        }

        if (_ended is null && _choice.FinalRefusal is { } refusal)
        {
            _ended = reason = refusal.Reason;
            _status = _status with { Tracker = refusal.Tracker, Detail = refusal.Reason };
        }

        Wait(reason, TimeSpan.Zero);
    }

    private void Wait(string reason, TimeSpan shortest)
    {
        _noneLeft = true;
        _questions.AnswerKept($"no tracker at {_status.Tracker}: {reason}");
        // A link that was told to leave has no news for anyone.
        if (_leaver is null)
            SetStatus(_status with { Final = _ended is not null });
        TellWhenShared();
        if (_leaver is not null)
            Gone();
        else if (_ended is null)
            Timers.StartSingleTimer(ConnectTimer, new Tick(ConnectTimer), _choice.NextRound() is var pause && pause > shortest ? pause : shortest);
    }

    private void Lost(LinkConnection link, string reason, TimeSpan? pause = null)
    {
        Drop(link);
        var wasUsed = _links.Remove(link);
        if (link.IsRegistered)
            _moves.Left(link.Tracker);
        if (wasUsed)
            Replaced(link, reason);
        else if (!link.IsRegistered)
            _choice.Missed(link.Tracker);
        AskAgain(link);
        if (_links.Current is not null)
            return;
        if (pause is { } shortest)
            Wait(reason, shortest);
        else
            ConnectNext(reason);
    }

    private void Replaced(LinkConnection lost, string reason)
    {
        _choice.Lost(lost.Tracker, lost.IsSteady);
        _catalog.AbandonListing();
        Timers.Cancel(ListTimer);
        Timers.Cancel(ShareTimer);
        DropOffers();
        foreach (var (asker, question) in Others(lost.Pending.TakeOverdue()))
            _questions.AnswerOffline(asker, question, $"no tracker at {lost.Tracker}: {reason}");
        if (!_links.IsRegistered)
        {
            _status = new LinkStatus(false, lost.Tracker, reason, _catalog.Count, lost.Share.Refused);
            return;
        }

        // A move that failed after its welcome: the tracker before it still knows this peer.
        var link = _links.Current!;
        SetStatus(new LinkStatus(true, link.Tracker, link.Name!, _catalog.Count, link.Share.Refused));
        ListCatalog();
        SendShare();
    }

    private static void Drop(LinkConnection link) => link.Actor.Tell(AbortConnection.Instance);

    /// <summary>Not to be tried again: the reason will not go away by itself.</summary>
    private void End(LinkConnection link, string reason)
    {
        _ended = reason;
        foreach (var other in _links.RemoveOthers())
            Drop(other);
        Lost(link, reason);
    }

    private void Registered(LinkConnection link, Welcome welcome)
    {
        link.Welcomed(welcome);
        _choice.Welcomed(link.Tracker, welcome.AlternativeTrackers);
        _noneLeft = false;
        if (link == _links.Next)
        {
            _links.Move();
            _catalog.AbandonListing();
            Timers.Cancel(ListTimer);
            Timers.Cancel(ShareTimer);
            DropOffers();
        }

        link.Actor.Tell(new KeepAlive(TimeSpan.FromMilliseconds(Math.Clamp(welcome.HeartbeatIntervalMs, 100, 600_000))));
        SetStatus(new LinkStatus(true, link.Tracker, welcome.TrackerName, _catalog.Count, link.Share.Refused));
        _questions.SendKept(link);
        Context.System.EventStream.Publish(LoadWanted.Instance);
        if (_identity.WantsBroadcasts)
            ListCatalog();
        SpreadLater();
        CheckPortLater();
    }

    private void SetStatus(LinkStatus status)
    {
        _status = status with { PortReachable = _port.IsReachable };
        var isNews = status.Connected != _told.Connected || status.Detail != _told.Detail || status.Final != _told.Final;
        if (!isNews)
            return;
        _told = status;
        Context.System.EventStream.Publish(status);
    }

    private void CheckDeadlines()
    {
        foreach (var link in _links.All)
        {
            if (link.Fault is { } fault)
                Lost(link, fault);
        }

        if (_links.Current is { IsSteady: true } steady)
            _choice.Held(steady.Tracker);
        if (_links.Current is { IsRegistered: true, HasAskedForSongs: true } current && current.Registered > 3 * _settings.RequestTimeout)
            CloseFormer();
        _questions.AnswerOverdue(Away);
    }

    // Leaving -----------------------------------------------------------------------------------------------------------------

    private void Quit()
    {
        _leaver = Sender;
        _ended ??= "this peer is stopping";
        Timers.CancelAll();
        foreach (var other in _links.RemoveOthers())
            Drop(other);
        if (_links.IsRegistered)
        {
            _links.Current!.Actor.Tell(new CloseConnection(FrameEncoder.Encode(Operation.Quit)));
            return;
        }

        // One that is just being greeted must not register a peer that leaves.
        if (_links.Current is { } greeted)
        {
            Drop(greeted);
            _links.Remove(greeted);
        }

        _questions.AnswerKept(Away);
        Gone();
    }

    private void Gone()
    {
        _leaver?.Tell(Left.Instance);
        _leaver = null;
    }

    private sealed record ConnectionGone(IActorRef Connection) : ILocalMessage;

    private sealed record Tick(string Name) : ILocalMessage;
}
