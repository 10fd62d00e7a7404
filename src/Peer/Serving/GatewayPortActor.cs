using Akka.Actor;
using Akka.Event;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Hosting.Covers;
using TspActors.Peer.Listening;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Serving;

/// <summary>The gateway's counterpart in the peer: handles the messages in TspActors.Gateway.Swarm.</summary>
/// <remarks>
/// Songs are fetched by GatewayFetchActor children, live feeds by GatewayLiveActor children, and covers by CoverFetchActor children.
/// Supervision: a child that throws is stopped, and its receiver is informed of the failure.
/// </remarks>
internal sealed class GatewayPortActor : UntypedActor
{
    // The gateway asks for only a few covers at a time.
    private const int MaxCovers = 16;

    private static readonly TimeSpan CoverDeadline = TimeSpan.FromSeconds(15);

    private readonly ServedPeer _peer;
    private readonly PeerReports _reports;
    private readonly ListeningSettings _settings;
    private readonly int _maxFetches;
    private readonly List<IActorRef> _followers = [];
    private int _covers;

    public GatewayPortActor(ServedPeer peer, ListeningSettings settings, int maxFetches)
    {
        (_peer, _settings, _maxFetches) = (peer, settings, maxFetches);
        _reports = new PeerReports(peer);
    }

    /// <param name="peer">The peer.</param>
    /// <param name="settings">The deadlines for fetches.</param>
    /// <param name="maxFetches">The maximum number of concurrent fetches.</param>
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
            case ReceiveFeed hear:
                Start(GatewayLiveActor.Props(hear, _peer, _settings));
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
            case OwnCoverRead { Picture.IsEmpty: true, SongId: > 0 } read:
                FetchFromHosts(read);
                break;
            case OwnCoverRead read:
                read.ReplyTo.Tell(new CoverFetched(read.Picture, read.Picture.IsEmpty ? "no song on this peer has this cover" : ""));
                break;
            case CoverFetchGone:
                _covers--;
                break;
        }
    }

    private void Start(Props fetch)
    {
        if (Context.GetChildren().Count() - _covers >= _maxFetches)
        {
            Sender.Tell(new FetchRefused(new FetchFault(
                FetchFaultKind.TooMany, "too many songs are being fetched (tsp.peer.http.media.max-fetches)", TimeSpan.FromSeconds(5))));
            return;
        }

        Sender.Tell(new FetchRunning(Context.ActorOf(fetch)));
    }

    private void Fetch(FetchSong fetch)
    {
        var order = new FetchOrder(
            fetch.SongId, fetch.Offset, fetch.IsRealTime ? Pace.Realtime : Pace.Full, new ReceiverSink(fetch.Receiver), _peer.Requester,
            _peer.Own, KnownHosts.None)
        {
            Expected = fetch.Hash,
        };
        Start(GatewayFetchActor.Props(order, _settings, _peer.TrackerLink, fetch.Receiver));
    }

    // A failed request is answered with Status.Failure, which makes the gateway's Ask throw.
    private void Reply(Task<object> answer) => answer.PipeTo(Sender, Self);

    private void FetchPicture(FetchCover cover)
    {
        var replyTo = Sender;
        if (_peer.Covers?.Has(cover.Cover) == true && _peer.Covers.Open(cover.Cover, out _) is { } reading)
        {
            reading.PipeTo(
                Self,
                success: opened => new OwnCoverRead(cover.SongId, cover.Cover, PictureOf(opened), replyTo),
                failure: _ => new OwnCoverRead(cover.SongId, cover.Cover, default, replyTo));
        }
        else
        {
            Self.Tell(new OwnCoverRead(cover.SongId, cover.Cover, default, replyTo));
        }
    }

    private static ReadOnlyMemory<byte> PictureOf(OpenCover? opened)
    {
        using (opened)
            return opened?.Image.Bytes ?? default;
    }

    private void FetchFromHosts(OwnCoverRead wanted)
    {
        if (_covers >= MaxCovers)
        {
            wanted.ReplyTo.Tell(new CoverFetched(default, "too many covers are being fetched"));
            return;
        }

        var actor = Context.ActorOf(CoverFetchActor.Props(
            new CoverOrder(wanted.SongId, wanted.Cover, _peer.Requester, _peer.Own, CoverDeadline), _settings, _peer.TrackerLink,
            wanted.ReplyTo,
            result => new CoverFetched(result.Picture, result.Reason)));
        Context.WatchWith(actor, CoverFetchGone.Instance);
        _covers++;
    }

    private sealed record OwnCoverRead(int SongId, ContentHash Cover, ReadOnlyMemory<byte> Picture, IActorRef ReplyTo) : ILocalMessage;

    private sealed record CoverFetchGone : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly CoverFetchGone Instance = new();
    }

    private sealed record FollowerGone(IActorRef Follower) : ILocalMessage, IDeadLetterSuppression;
}
