using Akka.Actor;
using Akka.Event;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Listening;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Serving;

/// <summary>Receives one live feed for the gateway, and passes on the chunks that its SongFetchActor reports.</summary>
/// <remarks>
/// <code>
/// Hearing  → StopFetching, or the receiver wants no more chunks → Stopping: the SongFetchActor sends STOP to its host
///          → the feed is over, or cannot be received → Stopping
/// Stopping → the SongFetchActor has terminated → stops
/// </code>
/// </remarks>
internal sealed class GatewayLiveActor : UntypedActor
{
    private readonly ILiveReceiver _receiver;
    private readonly IActorRef _fetch;

    public GatewayLiveActor(ReceiveFeed hear, ServedPeer peer, ListeningSettings settings)
    {
        _receiver = hear.Receiver;
        var order = new FetchOrder(hear.SongId, 0, Pace.Realtime, new ChunkOnlySink(), peer.Requester, peer.Own, KnownHosts.None)
        {
            Expected = hear.Hash,
            AcceptsLive = true,
            Relays = peer.Live,
        };
        _fetch = Context.ActorOf(SongFetchActor.Props(order, settings, peer.TrackerLink, Self), "feed");
        Context.WatchWith(_fetch, FetchGone.Instance);
    }

    /// <param name="hear">The feed to receive, and the receiver of its chunks.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="settings">The deadlines.</param>
    public static Props Props(ReceiveFeed hear, ServedPeer peer, ListeningSettings settings) =>
        Akka.Actor.Props.Create(() => new GatewayLiveActor(hear, peer, settings));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChunkHeard { Chunk: var chunk }:
                if (!_receiver.Heard(new LiveSound(chunk.Mp3, chunk.Duration, chunk.Title.Text)))
                    Stop();
                break;
            case FetchCompleted:
                End(null);
                break;
            case FetchFailed failed:
                End(GatewayFetchActor.FaultOf(failed));
                break;
            case FetchGone:
                End(new FetchFault(FetchFaultKind.HostsFailed, "internal error"));
                Context.Stop(Self);
                break;
            case StopFetching:
                Stop();
                break;
        }
    }

    private void Stop()
    {
        _fetch.Tell(StopFetch.Instance);
        Become(Stopping);
    }

    private void Stopping(object message)
    {
        if (message is FetchGone)
            Context.Stop(Self);
    }

    private void End(FetchFault? fault)
    {
        _receiver.Ended(fault);
        Become(Stopping);
    }

    private sealed record FetchGone : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly FetchGone Instance = new();
    }
}
