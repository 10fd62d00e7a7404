using Akka.Actor;
using Akka.Event;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Listening;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Serving;

/// <summary>The gateway's counterpart: carries out the messages of TspActors.Gateway.Swarm.</summary>
/// <remarks>
/// Fetches run in GatewayFetchActor children. Supervision: one that throws is stopped, and its receiver hears that it failed.
/// </remarks>
internal sealed class GatewayPortActor : UntypedActor
{
    private readonly ServedPeer _peer;
    private readonly PeerReports _reports;
    private readonly ListeningSettings _settings;
    private readonly int _maxFetches;
    private readonly List<IActorRef> _followers = [];

    public GatewayPortActor(ServedPeer peer, ListeningSettings settings, int maxFetches)
    {
        (_peer, _settings, _maxFetches) = (peer, settings, maxFetches);
        _reports = new PeerReports(peer);
    }

    /// <param name="peer">The peer.</param>
    /// <param name="settings">The deadlines of fetches.</param>
    /// <param name="maxFetches">The maximum number of fetches at the same time.</param>
    public static Props Props(ServedPeer peer, ListeningSettings settings, int maxFetches) =>
        Akka.Actor.Props.Create(() => new GatewayPortActor(peer, settings, maxFetches));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LinkStatus));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FetchSong fetch:
                Fetch(fetch);
                break;
            case FollowCatalog follow:
                _followers.Add(follow.Follower);
                Context.WatchWith(follow.Follower, new FollowerGone(follow.Follower));
                _peer.TrackerLink.Forward(follow);
                _peer.TrackerLink.Tell(GetLinkStatus.Instance);
                break;
            case FollowerGone gone:
                _followers.Remove(gone.Follower);
                break;
            case LinkStatus status:
                foreach (var follower in _followers)
                    follower.Tell(PeerReports.ToSwarmLink(status));
                break;
            case GetPeerReport:
                Reply(_reports.DescribeAsync());
                break;
            case GetSongHosts hosts:
                Reply(_reports.FindHostsAsync(hosts.SongId));
                break;
            case ControlSpeaker order:
                Reply(_reports.ControlAsync(order));
                break;
            case GetSpeaker:
                Reply(_reports.DescribeSpeakerAsync());
                break;
            case FetchCover cover:
                FetchPicture(cover);
                break;
        }
    }

    private void Fetch(FetchSong fetch)
    {
        if (Context.GetChildren().Count() >= _maxFetches)
        {
            Sender.Tell(new FetchRefused(new FetchFault(
                FetchFaultKind.TooMany, "too many songs are being fetched (tsp.peer.http.media.max-fetches)", TimeSpan.FromSeconds(5))));
            return;
        }

        var order = new FetchOrder(
            fetch.SongId, fetch.Offset, fetch.IsRealTime ? Pace.Realtime : Pace.Full, new ReceiverSink(fetch.Receiver), _peer.Requester,
            _peer.Own, KnownHosts.None)
        {
            Expected = fetch.Hash,
        };
        var actor = Context.ActorOf(GatewayFetchActor.Props(order, _settings, _peer.TrackerLink, fetch.Receiver));
        Sender.Tell(new FetchRunning(actor));
    }

    // A failed question is answered with Status.Failure, which ends the Ask of the gateway with an exception.
    private void Reply(Task<object> answer) => answer.PipeTo(Sender, Self);

    private void FetchPicture(FetchCover cover)
    {
        _ = cover;
        Sender.Tell(new CoverFetched(ReadOnlyMemory<byte>.Empty, "covers are not fetched yet"));
    }

    private sealed record FollowerGone(IActorRef Follower) : ILocalMessage, IDeadLetterSuppression;
}
