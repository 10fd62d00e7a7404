using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Peers;

/// <summary>Creates, names, watches and forgets one PeerActor per connected peer.</summary>
/// <remarks>
/// A peer that joins a second time replaces its first connection: the old PeerActor is told to go, and the new one is made when it is gone, so that a peer's
/// songs are never withdrawn after they were shared anew. Supervision: a PeerActor that fails is stopped; its connection closes and the peer registers again.
/// </remarks>
internal sealed class PeerRegistryActor : ReceiveActor
{
    public const string Name = "peers";

    private readonly IActorRef _tracker;
    private readonly Dictionary<PeerId, JoinPeer> _waiting = [];

    public PeerRegistryActor(IActorRef tracker)
    {
        _tracker = tracker;
        Receive<JoinPeer>(Join);
        Receive<PeerGone>(gone =>
        {
            // The name may be in use again: somebody joined between the child's end and the news of it.
            if (Context.Child(gone.Peer.ToString()).IsNobody() && _waiting.Remove(gone.Peer, out var next))
                Create(next);
        });
    }

    public static Props Props(IActorRef tracker) => Akka.Actor.Props.Create(() => new PeerRegistryActor(tracker));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Join(JoinPeer join)
    {
        var child = Context.Child(join.Host.Id.ToString());
        // One that waits already is replaced in its turn.
        if (_waiting.TryGetValue(join.Host.Id, out var waiting))
        {
            PeerActor.Replace(waiting.Connection);
        }
        else if (child.IsNobody())
        {
            Create(join);
            return;
        }

        _waiting[join.Host.Id] = join;
        child.Tell(ReplacePeer.Instance);
    }

    private void Create(JoinPeer join)
    {
        var peer = Context.ActorOf(PeerActor.Props(join, _tracker), join.Host.Id.ToString());
        Context.WatchWith(peer, new PeerGone(join.Host.Id));
    }

    private sealed record PeerGone(PeerId Peer) : ILocalMessage;
}
