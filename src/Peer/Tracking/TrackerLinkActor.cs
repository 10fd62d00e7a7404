using Akka.Actor;
using Akka.Event;
using Google.Protobuf.Collections;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Library;
using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Keeps the peer registered at one of its trackers: chooses the tracker, moves to a better one, and passes requests to the session in use.
/// </summary>
/// <remarks>
/// <code>
/// Seeking  → a session performs the handshake; if it fails, the next tracker is tried immediately
///          → registered → Linked                                                  no tracker left → Waiting
/// Linked   → requests go to the session in use                                    it ends → another session, or Seeking
///          → another tracker is preferred, or this one accepts no songs → a second session registers and shares at the other tracker;
///            then the previous session sends QUIT
///          → the tracker shuts down → Seeking, while that session keeps the songs there
/// Waiting  → after a pause → Seeking; until then, requests are answered from the known songs, or with the reason
///          → REPLACED leads here too; if this peer has not moved, the pause grows each time
/// Ended    → nothing is tried again, because every configured tracker has refused this peer or Leave has arrived
/// </code>
/// <see cref="SessionSlots"/> (at most three sessions), _noneLeft and _ended together make up the state. <see cref="TrackerChoice"/>
/// chooses the tracker. Each attempt has its own session. The link ignores messages from a session that it has dropped, except for the
/// requests that the session returns.
/// </remarks>
internal sealed class TrackerLinkActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan LoadInterval = TimeSpan.FromSeconds(1);

    // The longest pause after a REPLACED. If a registration has lasted longer, no second peer is competing for the id.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private LinkIdentity _identity;
    private readonly LinkSettings _settings;
    private readonly IActorRef _library;
    private readonly TrackerChoice _choice;
    private readonly KnownSongs _known;
    private readonly FollowedCatalog _catalog;
    private readonly CatalogFollowers _followers = new();
    private readonly OfflineRequests _offline;
    private readonly SessionSlots _sessions = new();
    private readonly ListenPortStatus _port;
    private int _listenPort;
    private readonly ResumeSecrets _secrets;
    private readonly Backoff _afterReplaced;
    private readonly MoveHistory _moves = new(TimeProvider.System);
    private readonly StatusChangeFilter _status;
    private readonly List<IActorRef> _shareWaiters = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private OwnSongs _songs = OwnSongs.None;
    private bool _noneLeft;
    private string? _ended;
    private ReportLoad? _unreportedLoad;
    private IActorRef? _leaver;

    public TrackerLinkActor(LinkIdentity identity, LinkSettings settings, IActorRef library, string? secretsPath)
    {
        _secrets = new ResumeSecrets(
            secretsPath is null ? null : new ResumeSecretFile(secretsPath, warning => _log.Warning("{0}", warning)));
        (_identity, _settings, _library) = (identity, settings, library);
        _choice = new TrackerChoice(identity.Peer, identity.Trackers, settings, TimeProvider.System, Random.Shared);
        // A guest runs only one command, so it need not remember songs.
        _known = identity.WantsBroadcasts ? KnownSongs.Create(settings) : new KnownSongs(0, 0);
        _catalog = new FollowedCatalog(_followers, TimeProvider.System, Random.Shared, settings.Catalog);
        _offline = new OfflineRequests(_known, settings, TimeProvider.System);
        _afterReplaced = new Backoff(settings.ReconnectMax, LongestPause, Random.Shared);
        _port = new ListenPortStatus(identity.Peer);
        _listenPort = identity.ListenPort;
        _status = new StatusChangeFilter(new LinkStatus(false, identity.Trackers[0], "connecting", null, 0));
    }

    private enum Due
    {
        Connect,
        Deadlines,
        Load,
        ListCatalog,
        Spread,
        CheckPort,
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private string Away => $"no tracker at {_status.Current.Tracker}: {_status.Current.Detail}";

    /// <param name="identity">This peer's identity.</param>
    /// <param name="settings">Deadlines and limits.</param>
    /// <param name="library">The LibraryActor.</param>
    /// <param name="secretsPath">The file that stores the resume secrets; null = they are kept in memory only.</param>
    public static Props Props(LinkIdentity identity, LinkSettings settings, IActorRef library, string? secretsPath = null) =>
        Akka.Actor.Props.Create(() => new TrackerLinkActor(identity, settings, library, secretsPath));

    protected override void PreStart()
    {
        _library.Tell(WatchLibrary.Instance);
        Context.System.EventStream.Subscribe(Self, typeof(ReportLoad));
        Timers.StartPeriodicTimer(Due.Deadlines, new Tick(Due.Deadlines), _settings.RequestTimeout / 4);
        ConnectNext("");
    }

    // A session that fails is not restarted: the link creates a new one.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        if (_sessions.Find(Sender) is { } session && OnSession(session, message))
            return;
        switch (message)
        {
            case ListSongs or DescribeSongs or FindHosts:
                Ask(Sender, message);
                break;
            case FindKnownTitles find:
                Sender.Tell(new Titles(_known.FindTitles(find.Beginning, find.Most)));
                break;
            case GetLinkStatus:
                Sender.Tell(_status.Current);
                break;
            case FollowCatalog follow:
                Context.WatchWith(follow.Follower, new FollowerGone(follow.Follower));
                _followers.Add(follow.Follower);
                ListForFollowers();
                break;
            case FollowerGone gone:
                _followers.Remove(gone.Follower);
                ContinueOrAbandon();
                break;
            case CatalogApplied:
                _followers.Applied(Sender);
                ContinueOrAbandon();
                break;
            case AwaitShare:
                _shareWaiters.Add(Sender);
                TellWhenShared();
                break;
            case LibraryChanged changed:
                _songs = changed.Songs;
                foreach (var known in _sessions.All)
                    known.Actor.Tell(changed);
                TellWhenShared();
                break;
            case SendCall send when _ended is null && _sessions is { IsRegistered: true, Current: { } current }:
                current.Actor.Forward(send);
                break;
            case SendCall send:
                Sender.Tell(new CallUnsent(send.Call, Away));
                break;
            case ReachableAt at:
                OnReachableAt(at.Port);
                break;
            // Only a hello names the features. Sending another hello now would withdraw this peer's songs for a moment, so trackers learn
            // of the change from the next hello.
            case PassFeedsOn pass:
                _identity = _identity with
                {
                    Features = pass.On ? _identity.Features | PeerFeatures.LiveRelay : _identity.Features & ~PeerFeatures.LiveRelay,
                };
                break;
            case ReportLoad load:
                _unreportedLoad = load;
                if (!Timers.IsTimerActive(Due.Load))
                    SendLoad();
                break;
            case RequestsReturned returned:
                AskAgain(returned);
                break;
            case SessionDraining draining:
                AskAgain(draining.Returned);
                break;
            case SessionEnded ended:
                Sender.Tell(EndSession.Instance);
                AskAgain(ended.Returned);
                break;
            case Tick tick:
                OnTick(tick.Due);
                break;
            case Peer.Tracking.Leave:
                Quit();
                break;
        }
    }

    private bool OnSession(TrackerSession session, object message)
    {
        switch (message)
        {
            case HelloSent:
                session.HasSaidHello = true;
                return true;
            case SessionRegistered registered:
                _offline.Addresses = registered.Addresses;
                Registered(session, registered);
                return true;
            case ShareReported report:
                ShareChanged(session, report);
                return true;
            case SharePostponed postponed:
                Postponed(session, postponed);
                return true;
            case CatalogBroadcast broadcast when session == _sessions.Current:
                OnBroadcast(session, broadcast.Delta);
                return true;
            case SongsNamed named:
                _known.Add(SongsIn(named.Reply));
                Count(session, named.Request, named.Reply);
                return true;
            case TrackerReplied { Request: FindHosts } replied:
                PublishPort(_port.Apply(replied.Reply));
                return true;
            case PortReported reported when session == _sessions.Current:
                PublishPort(_port.Apply(reported.Reach));
                if (TrackerAddress.TryParse(reported.Reach.Observed, null, out var observed))
                    Context.System.EventStream.Publish(new PortProbed(reported.Reach.Reachable, observed));
                FallBack(session, reported.Reach);
                return true;
            case CallReceived call:
                _identity.Calls.Tell(call);
                return true;
            case TrackerReplied { Request: ListSongs request } replied when session == _sessions.Current:
                OnListed(session, request, replied.Reply);
                return true;
            case SessionDraining draining:
                Drain(session, draining.Reason);
                AskAgain(draining.Returned);
                return true;
            case SessionEnded ended:
                OnEnded(session, ended.End);
                AskAgain(ended.Returned);
                return true;
            default:
                return false;
        }
    }

    private void PublishPort(PortNotice? notice)
    {
        // Nobody fetches songs from a peer that only listens, so its user need not know about its port.
        if (notice is not null && _identity.Features != PeerFeatures.Callable)
            Context.System.EventStream.Publish(notice);
        SetStatus(_status.Current);
    }

    // The next hello also names the port. The port is reported even if the tracker already knows it, because the tracker immediately tries
    // every reported port.
    private void OnReachableAt(int port)
    {
        _listenPort = port;
        if (_sessions is { IsRegistered: true, Current: { } current })
            Report(current, port);
    }

    // The port may have changed during the handshake, or while a different tracker was in use.
    private void ReportChangedPort(TrackerSession session)
    {
        if (session.ReportedPort != _listenPort)
            Report(session, _listenPort);
    }

    private void Report(TrackerSession session, int port)
    {
        session.ReportedPort = port;
        SendReport(session, port);
    }

    private void SendReport(TrackerSession session, int port) =>
        session.Actor.Tell(new ReportPort(port, _identity.LocalEndpoints()));

    // The hello names the router's port, which does not exist for a tracker that reaches this peer without going through the router. Such a
    // tracker has no earlier port to fall back to, so this machine's own port is reported to it.
    private void FallBack(TrackerSession session, Reach reach)
    {
        if (reach.Reachable || reach.ListenPort != session.HelloPort || session.HelloPort == _identity.ListenPort
            || session.HasReportedOwnPort)
            return;
        session.HasReportedOwnPort = true;
        SendReport(session, _identity.ListenPort);
    }

    private void OnTick(Due due)
    {
        switch (due)
        {
            case Due.Connect:
                ConnectNext("");
                break;
            case Due.Deadlines:
                CheckDeadlines();
                break;
            case Due.Load when _unreportedLoad is not null:
                SendLoad();
                break;
            case Due.ListCatalog when _sessions is { IsRegistered: true, Current: { } current }:
                Follow(current, _catalog.Continue());
                break;
            case Due.CheckPort:
                CheckPort();
                break;
            case Due.Spread:
                Spread();
                break;
        }
    }

    // Connecting --------------------------------------------------------------------------------------------------------------

    private TrackerSession Connect(TrackerAddress tracker)
    {
        var identity = _identity with
        {
            Resume = _secrets.Find(tracker),
            ListenPort = _listenPort,
            // A pinned key authenticates the tracker. If the tracker recognizes this peer's key, it does not ask for an access key.
            IsInvited = _identity.IsInvited || (_identity.Tls is not null && tracker.Security.Pin is not null),
        };
        // The configured trackers are the user's choice, so they may have any address.
        var addresses = _identity.Trackers.Contains(tracker) ? null : _offline.Addresses;
        // A tracker that hangs must not hold up the others, so only the last tracker of a round may be slow.
        var registration = _choice.HasUntried && _settings.NextTrackerAfter < _settings.RequestTimeout
            ? _settings.NextTrackerAfter
            : _settings.RequestTimeout;
        var actor = Context.ActorOf(TrackerSessionActor.Props(
            tracker, identity, _settings, _songs, _library, addresses, registration));
        return new TrackerSession(tracker, actor, identity.ListenPort, TimeProvider.System);
    }

    // Tries the next tracker immediately. If all have been tried, answers all waiting requests and pauses.
    private void ConnectNext(string reason)
    {
        if (_ended is null && _choice.TryNext(out var tracker))
        {
            _sessions.Use(Connect(tracker));
            return;
        }

        if (_ended is null && _choice.FinalRefusal is { } refusal)
        {
            _ended = reason = refusal.Reason;
            _status.Set(_status.Current with { Tracker = refusal.Tracker, Detail = refusal.Reason });
        }

        Wait(reason, TimeSpan.Zero);
    }

    private void Wait(string reason, TimeSpan shortest)
    {
        _noneLeft = true;
        _offline.AnswerKept($"no tracker at {_status.Current.Tracker}: {reason}");
        // Once the peer is stopping, nothing is reported.
        if (_leaver is null)
            SetStatus(_status.Current with { Final = _ended is not null });
        TellWhenShared();
        if (_leaver is not null)
        {
            TellLeft();
        }
        else if (_ended is null)
        {
            var pause = _choice.NextRound() is var next && next > shortest ? next : shortest;
            _log.Debug("No tracker is left to try; the next round begins in {0}.", pause);
            StartTimer(Due.Connect, pause);
        }
    }

    private void Registered(TrackerSession session, SessionRegistered registered)
    {
        var welcome = registered.Welcome;
        _log.Debug("Registered at tracker {0} (\"{1}\").", session.Tracker, welcome.TrackerName);
        session.Registered(welcome.TrackerName, registered.TrackerKey);
        _secrets.Remember(
            session.Tracker, welcome.Resume, TrackerChoice.ParseNames(welcome.AlternativeTrackers, _settings.MaxLearnedTrackers));
        _choice.Welcomed(session.Tracker, welcome.AlternativeTrackers);
        _noneLeft = false;
        if (session == _sessions.Next)
        {
            _sessions.Move();
            _log.Debug("Moved from tracker {0} to {1}.", _sessions.Former?.Tracker, session.Tracker);
            _sessions.Former?.Actor.Tell(new UseSession(false));
            AbandonListing();
        }

        // Sent after the newest LibraryChanged, so that the first share includes that change.
        session.Actor.Tell(new UseSession(true));
        _port.ApplyWelcome(welcome, _identity);
        SetStatus(new LinkStatus(true, session.Tracker, welcome.TrackerName, _status.Current.SongsInCatalog, session.Refused));
        ReportChangedPort(session);
        foreach (var kept in _offline.RemoveKept())
            session.Actor.Tell(new AskTracker(kept.ReplyTo, kept.Request));
        Context.System.EventStream.Publish(LoadWanted.Instance);
        Follow(session, _catalog.Start());
        SpreadLater();
        CheckPortLater();
    }

    private void OnEnded(TrackerSession session, SessionEnd end)
    {
        switch (end.Cause)
        {
            // When this peer itself moves, the cluster makes the old tracker send REPLACED. Without a move, REPLACED means that another
            // peer has the same id.
            case EndCause.Replaced when session == _sessions.Current && _sessions.Next is not { HasSaidHello: true }:
                ReplacedBySomebody(session);
                return;
            // Another tracker may accept this peer's access key; the link gives up when no tracker is left (ConnectNext).
            case EndCause.Refused:
                _log.Debug("Tracker {0} refused this peer: {1}.", session.Tracker, end.Reason);
                if (_choice.Refused(session.Tracker, end.Reason))
                    Context.System.EventStream.Publish(new RefusalNotice(session.Tracker, end.Reason));
                break;
            case EndCause.Untrusted:
                _log.Debug("Tracker {0} did not prove who it is: {1}.", session.Tracker, end.Reason);
                if (_choice.Untrusted(session.Tracker))
                    Context.System.EventStream.Publish(new TrustNotice(end.Reason));
                break;
            case EndCause.Busy:
                _choice.Avoid(session.Tracker, end.RetryAfter);
                break;
        }

        Lost(session, end.Reason);
    }

    private void Lost(TrackerSession session, string reason, TimeSpan? pause = null)
    {
        session.Actor.Tell(EndSession.Instance);
        var wasInUse = _sessions.Remove(session);
        if (session.IsRegistered)
            _moves.Left(session.Tracker);
        if (wasInUse)
            Replace(session, reason);
        else if (!session.IsRegistered)
            _choice.Missed(session.Tracker);
        if (_sessions.Current is not null)
            return;
        if (pause is { } shortest)
            Wait(reason, shortest);
        else
            ConnectNext(reason);
    }

    // Switches to another session, if there is one.
    private void Replace(TrackerSession lost, string reason)
    {
        _log.Debug("Lost tracker {0}: {1}.", lost.Tracker, reason);
        _choice.Lost(lost.Tracker, lost.IsSteady);
        AbandonListing();
        if (_sessions is not { IsRegistered: true, Current: { } session })
        {
            _status.Set(new LinkStatus(false, lost.Tracker, reason, _status.Current.SongsInCatalog, lost.Refused));
            return;
        }

        // A move failed after the welcome, but this peer is still registered at the previous tracker.
        _log.Debug("Back at tracker {0}.", session.Tracker);
        SetStatus(new LinkStatus(true, session.Tracker, session.Name!, _status.Current.SongsInCatalog, session.Refused));
        session.Actor.Tell(new UseSession(true));
        ReportChangedPort(session);
        Follow(session, _catalog.Start());
    }

    private void EndOthers()
    {
        foreach (var other in _sessions.RemoveOthers())
            other.Actor.Tell(EndSession.Instance);
    }

    private void SetStatus(LinkStatus status)
    {
        var current = status with
        {
            PortReachable = _port.IsReachable,
            ListedAt = _port.ListedAt,
            ObservedAddress = _port.ObservedAddress,
            IsCalledBack = _port.IsCalledBack,
            TrackerKey = status.Connected ? _sessions.Current?.Key : null,
        };
        if (_status.Update(current))
            Context.System.EventStream.Publish(_status.Current);
    }

    private void CheckDeadlines()
    {
        if (_sessions.Current is { IsSteady: true } steady)
            _choice.Held(steady.Tracker);
        if (_sessions.Current is { IsRegistered: true, Share: not null } current && current.RegisteredFor > 3 * _settings.RequestTimeout)
            QuitFormer();
        _offline.AnswerOverdue(Away);
    }

    private void SpreadLater()
    {
        if (_settings.SpreadInterval > TimeSpan.Zero)
            StartTimer(Due.Spread, _settings.SpreadInterval * (0.5 + Random.Shared.NextDouble()));
    }

    private void Spread()
    {
        if (_sessions is { IsRegistered: true, IsSettled: true, Current: { } current } && current.HasShared(_songs) && !_catalog.IsListing
            && _choice.Preferred(current.Tracker) is { } preferred)
        {
            _log.Debug("Trying the preferred tracker {0} while connected to {1}.", preferred, current.Tracker);
            _sessions.Try(Connect(preferred));
        }

        SpreadLater();
    }

    private void QuitFormer()
    {
        if (_sessions.Former is not { } former)
            return;
        _log.Debug("Leaving tracker {0}, because this peer now uses {1}.", former.Tracker, _sessions.Current?.Tracker);
        _sessions.Remove(former);
        _moves.Left(former.Tracker);
        former.Actor.Tell(QuitSession.Instance);
    }

    // The tracker is not accepting songs for now, for example because it is cut off from its cluster. Another tracker may accept them.
    // Until one does, this tracker is better than none.
    private void Postponed(TrackerSession session, SharePostponed postponed)
    {
        _log.Debug("Tracker {0} accepts no songs for {1}: {2}.", session.Tracker, postponed.Pause, postponed.Reason);
        _choice.Avoid(session.Tracker, postponed.Pause);
        if (session == _sessions.Current && _sessions.CanGoBack)
        {
            Lost(session, postponed.Reason);
            return;
        }

        ShareChanged(session, postponed.Share);
        if (session == _sessions.Current && _sessions.IsSettled && _choice.Elsewhere(session.Tracker) is { } other)
            _sessions.Try(Connect(other));
    }

    // The tracker keeps this peer's songs for a while, so other peers can still find them until another tracker has them.
    private void Drain(TrackerSession session, string reason)
    {
        if (session != _sessions.Current || _sessions.Former is not null || _choice.Known.Count <= 1)
        {
            Lost(session, reason);
            return;
        }

        _sessions.Drain();
        _moves.Left(session.Tracker);
        Replace(session, reason);
        if (_sessions.Current is null)
            ConnectNext(reason);
    }

    // Trackers can be wrong about this peer's own move. In that case, this peer registers again, or stays at its previous tracker. If a
    // second peer really has this id, another REPLACED follows. This peer then reconnects after increasingly long pauses. It never gives
    // up, because a stranger must not be able to shut it out permanently.
    private void ReplacedBySomebody(TrackerSession session)
    {
        if (_sessions.Former is { } former)
            _moves.Left(former.Tracker);
        if (session.RegisteredFor > LongestPause)
            _afterReplaced.Reset();
        if (!_moves.Excuses(session.Tracker))
        {
            EndOthers();
            Lost(
                session, "another peer with this peer's id is connected (is it running twice with the same data folder?)",
                _afterReplaced.Next());
            return;
        }

        if (_sessions.Next is { } tried)
        {
            tried.Actor.Tell(EndSession.Instance);
            _sessions.Remove(tried);
        }

        Lost(session, "it says that this peer has connected again", _settings.ReconnectMax * (0.5 + Random.Shared.NextDouble()));
    }

    private void Ask(IActorRef replyTo, object request)
    {
        if (_ended is null && _sessions.IsRegistered)
            _sessions.Current!.Actor.Tell(new AskTracker(replyTo, request));
        else if (_noneLeft || _ended is not null)
            _offline.Answer(replyTo, request, Away);
        else
            _offline.Keep(replyTo, request);
    }

    private void AskAgain(RequestsReturned returned)
    {
        foreach (var (replyTo, request, isOverdue) in returned.Requests)
        {
            if (isOverdue)
                _offline.Answer(replyTo, request, $"no tracker at {returned.Tracker}: {returned.Reason}");
            else
                Ask(replyTo, request);
        }
    }

    // Asks for the hosts of one of this peer's own songs. The reply names this peer and says whether its port is reachable.
    private void CheckPort()
    {
        if (_sessions is { IsRegistered: true, Current: { } current } && _songs.ById.Keys.FirstOrDefault() is > 0 and var own)
            current.Actor.Tell(new AskTracker(Self, new FindHosts(own)));
        CheckPortLater();
    }

    private void CheckPortLater()
    {
        if (_identity.ListenPort > 0 && _settings.PortCheckInterval > TimeSpan.Zero)
            StartTimer(Due.CheckPort, _settings.PortCheckInterval * (0.5 + Random.Shared.NextDouble()));
    }

    // The catalog ------------------------------------------------------------------------------------------------------------

    private static RepeatedField<Song> SongsIn(object reply) => reply switch
    {
        SongPage page => page.Songs,
        SongInfoPage page => page.Songs,
        PlayGrant { Song: { } song } => [song],
        _ => [],
    };

    private void OnBroadcast(TrackerSession session, CatalogDelta delta)
    {
        _known.Apply(delta);
        if (_followers.Any)
            _known.AddWhereRoom(delta.Changed);
        Follow(session, _catalog.Apply(delta));
    }

    private void OnListed(TrackerSession session, ListSongs request, object reply)
    {
        _known.AddWhereRoom(SongsIn(reply));
        Count(session, request, reply);
        Follow(session, _catalog.Apply(request, reply));
    }

    // Each page of a complete catalog listing states the total number of songs.
    private void Count(TrackerSession session, object request, object reply)
    {
        if (session == _sessions.Current && (request, reply) is (ListSongs { Query: "" }, SongPage page))
            SetStatus(_status.Current with { SongsInCatalog = (int)Math.Min(page.Total, int.MaxValue) });
    }

    // A new follower needs the catalog from the first page on.
    private void ListForFollowers()
    {
        AbandonListing();
        if (_sessions is { IsRegistered: true, Current: { } current })
            Follow(current, _catalog.Start());
    }

    private void ContinueOrAbandon()
    {
        if (!_followers.Any)
            AbandonListing();
        else if (_sessions is { IsRegistered: true, Current: { } current })
            Follow(current, _catalog.Applied());
    }

    private void Follow(TrackerSession session, CatalogStep step)
    {
        if (step.Fault is { } fault)
            Lost(session, fault);
        if (step.Notice is { } notice)
            _log.Warning("Tracker {0}: {1}.", session.Tracker, notice);
        if (step.Request is { } request)
            session.Actor.Tell(new AskTracker(Self, request));
        if (step.Pause is { } pause)
            StartTimer(Due.ListCatalog, pause);
    }

    private void AbandonListing()
    {
        _catalog.Abandon();
        Timers.Cancel(Due.ListCatalog);
    }

    private void ShareChanged(TrackerSession session, ShareReported report)
    {
        session.Share = report;
        if (session != _sessions.Current)
            return;
        SetStatus(_status.Current with { SongsRefused = report.Refused });
        TellWhenShared();
    }

    private void TellWhenShared()
    {
        if (_sessions.IsRegistered ? !_sessions.Current!.HasShared(_songs) : !_noneLeft && _ended is null)
            return;
        if (_sessions.IsRegistered)
            QuitFormer();
        foreach (var waiter in _shareWaiters)
            waiter.Tell(_status.Current);
        _shareWaiters.Clear();
    }

    private void SendLoad()
    {
        if (_sessions.IsRegistered && _unreportedLoad is { } load)
            _sessions.Current!.Actor.Tell(load);
        _unreportedLoad = null;
        StartTimer(Due.Load, LoadInterval);
    }

    private void Quit()
    {
        _leaver = Sender;
        _ended ??= "this peer is stopping";
        Timers.CancelAll();
        EndOthers();
        if (_sessions.IsRegistered)
        {
            _sessions.Current!.Actor.Tell(QuitSession.Instance);
            return;
        }

        // A session that is still in its handshake must not register a peer that is leaving.
        if (_sessions.Current is { } greeting)
        {
            greeting.Actor.Tell(EndSession.Instance);
            _sessions.Remove(greeting);
        }

        _offline.AnswerKept(Away);
        TellLeft();
    }

    private void TellLeft()
    {
        _leaver?.Tell(Left.Instance);
        _leaver = null;
    }

    private void StartTimer(Due due, TimeSpan wait) => Timers.StartSingleTimer(due, new Tick(due), wait);

    private sealed record Tick(Due Due) : ILocalMessage, IDeadLetterSuppression;

    private sealed record FollowerGone(IActorRef Follower) : ILocalMessage, IDeadLetterSuppression;
}
