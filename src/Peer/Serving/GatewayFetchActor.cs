using Akka.Actor;
using Akka.Event;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Listening;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Serving;

/// <summary>Fetches one song for the gateway, and passes on the reports of its SongFetchActor.</summary>
/// <remarks>
/// <code>
/// Fetching → StopFetching → Stopping: the SongFetchActor sends STOP to its host
///          → the fetch has completed or failed → Stopping
/// Stopping → the SongFetchActor has terminated → stops
/// </code>
/// </remarks>
internal sealed class GatewayFetchActor : UntypedActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly FetchOrder _order;
    private readonly ListeningSettings _settings;
    private readonly IActorRef _trackerLink;
    private readonly ISongReceiver _receiver;
    private IActorRef _fetch = ActorRefs.Nobody;

    public GatewayFetchActor(FetchOrder order, ListeningSettings settings, IActorRef trackerLink, ISongReceiver receiver) =>
        (_order, _settings, _trackerLink, _receiver) = (order, settings, trackerLink, receiver);

    /// <param name="order">The song to fetch. The order's sink writes to the receiver.</param>
    /// <param name="settings">The deadlines.</param>
    /// <param name="trackerLink">The TrackerLinkActor, which asks the tracker for hosts.</param>
    /// <param name="receiver">The gateway's receiver of the song.</param>
    public static Props Props(FetchOrder order, ListeningSettings settings, IActorRef trackerLink, ISongReceiver receiver) =>
        Akka.Actor.Props.Create(() => new GatewayFetchActor(order, settings, trackerLink, receiver));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        _fetch = Context.ActorOf(SongFetchActor.Props(_order, _settings, _trackerLink, Self), "song");
        Context.WatchWith(_fetch, FetchGone.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FetchStarted started:
                _receiver.Started(started.Host.Name, started.Way.Text);
                break;
            case FetchNotice notice:
                _receiver.Notice(notice.Text);
                break;
            case FetchCompleted:
                _receiver.Completed();
                Become(Stopping);
                break;
            case FetchFailed failed:
                Fail(FaultOf(failed));
                break;
            case FetchGone:
                Fail(new FetchFault(FetchFaultKind.HostsFailed, "internal error"));
                Context.Stop(Self);
                break;
            case StopFetching:
                _fetch.Tell(StopFetch.Instance);
                Become(Stopping);
                break;
        }
    }

    private void Stopping(object message)
    {
        if (message is FetchGone)
            Context.Stop(Self);
    }

    private void Fail(FetchFault fault)
    {
        _log.Debug("song {0} for the gateway: {1} ({2})", _order.Id, fault.Reason, fault.Kind);
        _receiver.Failed(fault);
        Become(Stopping);
    }

    /// <summary>Returns the fault in the gateway's terms.</summary>
    internal static FetchFault FaultOf(FetchFailed failed) => failed switch
    {
        { IsTrackerUnavailable: true } => new FetchFault(FetchFaultKind.NoTracker, failed.Reason),
        { Error: { Code: ErrorCode.Busy or ErrorCode.RateLimited } busy } => new FetchFault(
            FetchFaultKind.Busy, failed.Reason, busy.RetryAfterMs > 0 ? TimeSpan.FromMilliseconds(busy.RetryAfterMs) : null),
        { Error.Code: ErrorCode.NoHost or ErrorCode.UnknownSong } => new FetchFault(FetchFaultKind.NoHost, failed.Reason),
        _ => new FetchFault(FetchFaultKind.HostsFailed, failed.Reason),
    };

    private sealed record FetchGone : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly FetchGone Instance = new();
    }
}
