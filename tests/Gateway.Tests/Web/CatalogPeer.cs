using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Gateway.Tests.Live;
using TspActors.Gateway.Tests.Media;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Web;

/// <summary>A peer with a catalog that a test changes. The bytes of its songs come from memory.</summary>
internal sealed class CatalogPeer : UntypedActor
{
    private static readonly SwarmLink Link = new(true, "127.0.0.1:1", "a tracker");

    private readonly IReadOnlyList<Song> _songs;
    private readonly FakePeerPlan _plan;
    private readonly IActorRef _fetches;
    private readonly FakeRadio _radio;
    private IActorRef _follower = ActorRefs.Nobody;
    private bool _hasListedAll;

    public CatalogPeer(IReadOnlyList<Song> songs, FakePeerPlan plan, FakeRadio radio) =>
        (_songs, _plan, _radio, _fetches) = (songs, plan, radio, Context.ActorOf(Props.Create(() => new FakePeer(plan))));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FollowCatalog follow:
                _follower = follow.Follower;
                _follower.Tell(new CatalogListed([], IsFirst: true, IsLast: false));
                _follower.Tell(Link);
                break;
            case CatalogApplied when !_hasListedAll:
                // As with a real peer, the songs follow once the earlier page has been applied.
                _hasListedAll = true;
                _follower.Tell(new CatalogListed(_songs, IsFirst: false, IsLast: true));
                break;
            case CatalogApplied:
                break;
            case CatalogChanged changed:
                _follower.Tell(changed);
                break;
            case ReceiveFeed hear:
                Sender.Tell(_radio.Join(hear, Context));
                break;
            case GetSongHosts wanted:
                if (_plan.Hosts(wanted.SongId) is { } hosts)
                    Sender.Tell(new SongHosts(hosts));
                break;
            case GetPeerReport:
                Sender.Tell(new PeerReport("peer", new string('0', 32), "", Link, null, 0, 0, [], _plan.Uploads, 0, "none"));
                break;
            default:
                _fetches.Forward(message);
                break;
        }
    }
}
