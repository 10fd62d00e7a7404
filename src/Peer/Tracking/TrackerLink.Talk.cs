using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

// What is said on the connections: frames, questions and their answers, the local copy, shares.
internal sealed partial class TrackerLinkActor
{
    // Frames ------------------------------------------------------------------------------------------------------------------

    private void Handle(LinkConnection link, in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Ping:
                link.Actor.Tell(new Send(FrameEncoder.Encode(Operation.Pong, frame.SongId)));
                break;
            case Operation.Error:
                if (Read<Error>(link, frame) is { } error)
                    HandleError(link, error, frame.SongId);
                break;
            case Operation.Init when !link.IsRegistered:
                if (Read<Init>(link, frame) is { } init)
                    Greet(link, init);
                break;
            case Operation.List when !frame.HasBody:
                link.HasAskedForSongs = true;
                link.Share.Requested();
                SendShare();
                break;
            case Operation.List:
                Answer(link, Read<SongPage>(link, frame));
                break;
            case Operation.Info:
                Answer(link, Read<SongInfoPage>(link, frame));
                break;
            case Operation.Play:
                Answer(link, Read<PlayGrant>(link, frame));
                break;
            case Operation.Assign:
                if (Read<Assign>(link, frame) is { } assign)
                    Assigned(link, assign);
                break;
            case Operation.BroadcastList when link == _links.Current:
                if (Read<CatalogDelta>(link, frame) is { } delta)
                    Broadcast(delta);
                break;
        }
    }

    private T? Read<T>(LinkConnection link, in Frame frame)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        if (Bodies.TryParse<T>(frame, out var body, out var violation))
            return body;
        Lost(link, $"it sent something that is not TSP: {violation.Message}");
        return null;
    }

    private void Greet(LinkConnection link, Init init)
    {
        switch (link.Handshake.Advance(init))
        {
            case HandshakeResult.Reply reply:
                link.Actor.Tell(new Send(reply.Frame));
                break;
            // A host of songs speaks INIT, too, but its welcome is an empty one (docs/protocol.md section 4).
            case HandshakeResult.Accepted { Welcome: { TrackerName: "", HeartbeatIntervalMs: 0 } }:
                Refused(link, "that is no tracker (is it the port of a peer?)");
                break;
            case HandshakeResult.Accepted accepted:
                Registered(link, accepted.Welcome);
                break;
            case HandshakeResult.Refused refused:
                Refused(link, refused.Message);
                break;
        }
    }

    // Another tracker may have the right access key; it ends when none is left (ConnectNext).
    private void Refused(LinkConnection link, string reason)
    {
        if (_choice.Refused(link.Tracker, reason))
            Context.System.EventStream.Publish(new RefusalNotice(link.Tracker, reason));
        Lost(link, reason);
    }

    private void HandleError(LinkConnection link, Error error, int id)
    {
        switch (error.Code)
        {
            // A tracker that this peer is moving to, or has moved to, has told its cluster: this one was meant to hear of it.
            case ErrorCode.Replaced when link == _links.Current && _links.Next is not { HasSaidHello: true }:
                ReplacedBySomebody(link);
                break;
            case ErrorCode.Unauthenticated:
                Refused(link, error.Message);
                break;
            case ErrorCode.Busy when link.IsRegistered && id == 0 && link.Share.IsAnswerOwed:
                Postpone(link, error);
                break;
            case ErrorCode.ShuttingDown when link == _links.Current && link.IsRegistered && _links.Former is null && _choice.Known.Count > 1:
                Drain(link, error.Message);
                break;
            case ErrorCode.ShuttingDown:
            case var code when Errors.ClosesConnection(code) || !link.IsRegistered:
                if (error.Code == ErrorCode.Busy)
                    _choice.Avoid(link.Tracker, TimeSpan.FromMilliseconds(Math.Min(error.RetryAfterMs, LongestPause.TotalMilliseconds)));
                Lost(link, error.Message);
                break;
            default:
                Answer(link, new TrackerRefused(error));
                break;
        }
    }

    // Questions ---------------------------------------------------------------------------------------------------------------

    private string Away => $"no tracker at {_status.Tracker}: {_status.Detail}";

    private void Ask(IActorRef asker, object question)
    {
        if (_links.IsRegistered)
            _questions.Send(_links.Current!, asker, question);
        else if (_noneLeft || _ended is not null)
            _questions.AnswerOffline(asker, question, Away);
        else
            _questions.Keep(asker, question);
    }

    private void AskAgain(LinkConnection left)
    {
        foreach (var (asker, question) in Others(left.Pending.Clear()))
            Ask(asker, question);
    }

    // What this actor asks for itself begins anew with each tracker.
    private IEnumerable<(IActorRef Asker, object Question)> Others(IReadOnlyList<(IActorRef Asker, object Question)> requests) =>
        requests.Where(request => !request.Asker.Equals(Self));

    private void Answer(LinkConnection link, object? answer)
    {
        if (answer is null)
            return;
        if (link.Pending.TryTake(out var asker, out var question))
        {
            if (!asker.Equals(Self))
                asker.Tell(answer);
            else if (question is FindHosts)
                TakePort(answer);
            else if (link == _links.Current)
                TakeOwnAnswer(answer);
        }
        else if (answer is not TrackerRefused && !link.IsDraining)
        {
            Lost(link, "it answered something that was not asked");
        }
    }

    // The own port ------------------------------------------------------------------------------------------------------------

    private void CheckPortLater()
    {
        if (_identity.ListenPort > 0 && _settings.PortCheckInterval > TimeSpan.Zero)
            Timers.StartSingleTimer(PortTimer, new Tick(PortTimer), _settings.PortCheckInterval * (0.5 + Random.Shared.NextDouble()));
    }

    // Who hosts a song of this peer? It does, and the tracker says what it knows of its port.
    private void CheckPort()
    {
        if (_links is { IsRegistered: true, Current: { } link } && _songs.ById.Keys.FirstOrDefault() is > 0 and var own)
            _questions.TrySend(link, Self, new FindHosts(own));
        CheckPortLater();
    }

    private void TakePort(object answer)
    {
        if (_port.Take(answer) is { } notice)
            Context.System.EventStream.Publish(notice);
        SetStatus(_status);
    }

    // The local copy ----------------------------------------------------------------------------------------------------------

    private void ListCatalog()
    {
        if (_links.IsRegistered && _identity.WantsBroadcasts && _listing.Begin())
            AskForPage();
    }

    // A listing that the tracker has put off goes on where it is.
    private void GoOnListing()
    {
        if (_links.IsRegistered && _catalog.IsListing)
            AskForPage();
        else
            ListCatalog();
    }

    private void AskForPage()
    {
        if (!_questions.TrySend(_links.Current!, Self, _listing.Question))
            ListLater();
    }

    private void TakeOwnAnswer(object answer)
    {
        switch (_listing.Take(answer))
        {
            case CatalogListing.Step.Ask:
                AskForPage();
                break;
            case CatalogListing.Step.Done:
                CatalogTaken();
                break;
            case CatalogListing.Step.Pause:
                Timers.StartSingleTimer(ListTimer, new Tick(ListTimer), _listing.Pause);
                break;
            case CatalogListing.Step.Later:
                ListLater();
                break;
            case CatalogListing.Step.Endless:
                Lost(_links.Current!, "its pages do not end");
                break;
            default:
                Lost(_links.Current!, "it did not answer LIST with a page");
                break;
        }
    }

    private void ListLater()
    {
        _catalog.AbandonListing();
        Timers.StartSingleTimer(ListTimer, new Tick(ListTimer), _listing.WaitAgain());
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
            Timers.StartSingleTimer(ListTimer, new Tick(ListTimer), _listing.WaitAgain());
    }

    // Sharing -----------------------------------------------------------------------------------------------------------------

    private void SendShare()
    {
        if (_links is { IsRegistered: true, Current: { } link } && link.Share.Next() is { } frame)
            link.Actor.Tell(new Send(frame, Token: ShareProgress.Token));
        TellWhenShared();
    }

    private void TellWhenShared()
    {
        if (_links.IsRegistered ? !_links.Current!.Share.IsComplete : !_noneLeft && _ended is null)
            return;
        if (_links.IsRegistered)
            CloseFormer();
        foreach (var waiter in _shareWaiters)
            waiter.Tell(_status);
        _shareWaiters.Clear();
    }

    private void Assigned(LinkConnection link, Assign assign)
    {
        _library.Tell(new RememberIds(assign.Songs));
        var isNews = link.Share.Assigned(assign.Songs);
        link.ShareWentOn();
        if (link != _links.Current)
            return;
        SetStatus(_status with { SongsRefused = link.Share.Refused });
        if (link.Share.Refused == 0)
            DropOffers();
        else if (_offers.Refused(isNews) is { } wait)
            Timers.StartSingleTimer(OfferTimer, new Tick(OfferTimer), wait);
        TellWhenShared();
    }

    private void DropOffers()
    {
        _offers.Reset();
        Timers.Cancel(OfferTimer);
    }

    private void SendLoad()
    {
        if (_links.IsRegistered && _unreportedLoad is var (active, max))
            _links.Current!.Actor.Tell(new Send(ShareFrames.Load(active, max)));
        _unreportedLoad = null;
        Timers.StartSingleTimer(LoadTimer, new Tick(LoadTimer), LoadInterval);
    }
}
