using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>Fetches one cover from the hosts of a song, trying one after another, and replies with <see cref="CoverResult"/>.</summary>
/// <remarks>
/// <code>
/// Asking   → PlayGrant → Fetching                       refused, no tracker → CoverResult without a picture
/// Fetching → PiecesArrived → CoverResult                StreamFailed → the next way to a host; none left: without a picture
/// any      → the deadline → CoverResult without a picture
/// </code>
/// </remarks>
internal sealed class CoverFetchActor : UntypedActor, IWithTimers
{
    // A song can have hundreds of hosts. If the first few do not have its cover, the others are unlikely to have it.
    private const int MaxWays = 6;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CoverOrder _order;
    private readonly ListeningSettings _settings;
    private readonly IActorRef _trackerLink;
    private readonly IActorRef _replyTo;
    private readonly Func<CoverResult, object> _reply;
    private readonly Queue<HostRoute> _routes = [];
    private Song _song = new();
    private IActorRef _receiver = ActorRefs.Nobody;

    public CoverFetchActor(
        CoverOrder order, ListeningSettings settings, IActorRef trackerLink, IActorRef replyTo, Func<CoverResult, object>? reply) =>
        (_order, _settings, _trackerLink, _replyTo, _reply) = (order, settings, trackerLink, replyTo, reply ?? (result => result));

    /// <param name="order">The order for the cover.</param>
    /// <param name="settings">The deadlines for connections.</param>
    /// <param name="trackerLink">The TrackerLinkActor, which knows the hosts.</param>
    /// <param name="replyTo">The actor to reply to.</param>
    /// <param name="reply">Creates the reply that this actor expects; null = the CoverResult itself.</param>
    public static Props Props(
        CoverOrder order, ListeningSettings settings, IActorRef trackerLink, IActorRef replyTo, Func<CoverResult, object>? reply = null) =>
        Akka.Actor.Props.Create(() => new CoverFetchActor(order, settings, trackerLink, replyTo, reply));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        Timers.StartSingleTimer(nameof(Late), Late.Instance, _order.Deadline);
        _trackerLink.Tell(new FindHosts(_order.SongId));
    }

    protected override void OnReceive(object message) => Asking(message);

    private void Asking(object message)
    {
        switch (message)
        {
            case PlayGrant grant:
                _song = grant.Song;
                var routes = HostRoutes.Of(_song, grant.Reach, !_order.Requester.Calls.IsNobody(), _order.Requester.UsesRelays);
                foreach (var route in routes.Where(route => _order.Own?.Is(route.Host) != true).Take(MaxWays))
                    _routes.Enqueue(route);
                Become(Fetching);
                FetchFromNext();
                break;
            case TrackerRefused refused:
                End(default, refused.Error.Message);
                break;
            case TrackerUnavailable unavailable:
                End(default, unavailable.Reason);
                break;
            case Late:
                End(default, "the tracker did not reply");
                break;
        }
    }

    private void Fetching(object message)
    {
        switch (message)
        {
            case PiecesArrived arrived when Sender.Equals(_receiver):
                End(arrived.Pieces[0], "");
                break;
            case StreamFailed failed when Sender.Equals(_receiver):
                _log.Debug("cover of song {0}: {1}", _order.SongId, failed.Reason);
                FetchFromNext();
                break;
            case ReceiverGone gone when gone.Receiver.Equals(_receiver):
                FetchFromNext();
                break;
            case Late:
                End(default, "the hosts are too slow");
                break;
        }
    }

    private void FetchFromNext()
    {
        if (!_routes.TryDequeue(out var route))
        {
            End(default, "no host sent it");
            return;
        }

        var order = new StreamOrder(
            _song, route.Host, 0, Pace.Full, _order.Requester, TimeSpan.Zero, IsLast: _routes.Count == 0)
        {
            Way = route.Way,
            Cover = _order.Cover,
        };
        _receiver = Context.ActorOf(StreamReceiverActor.Props(order, _settings, Self));
        Context.WatchWith(_receiver, new ReceiverGone(_receiver));
    }

    private void End(ReadOnlyMemory<byte> picture, string reason)
    {
        _replyTo.Tell(_reply(new CoverResult(picture, reason)));
        Context.Stop(Self);
    }

    private sealed record ReceiverGone(IActorRef Receiver) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Late : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Late Instance = new();
    }
}

/// <summary>An order to a CoverFetchActor.</summary>
/// <param name="SongId">The tracker's id for a song with the cover.</param>
/// <param name="Cover">The cover's hash.</param>
/// <param name="Requester">The peer that asks the hosts.</param>
/// <param name="Own">Identifies this peer's own host, so that the fetch skips it; null if this peer hosts nothing.</param>
/// <param name="Deadline">How long the entire fetch may take.</param>
internal sealed record CoverOrder(int SongId, ContentHash Cover, Requester Requester, OwnHost? Own, TimeSpan Deadline);

/// <summary>A CoverFetchActor's reply.</summary>
/// <param name="Picture">The picture, which matches the hash; empty if it could not be fetched.</param>
/// <param name="Reason">The human-readable reason why the picture could not be fetched.</param>
internal sealed record CoverResult(ReadOnlyMemory<byte> Picture, string Reason) : ILocalMessage;
