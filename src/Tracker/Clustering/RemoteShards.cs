using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Clustering;

/// <summary>Brings the songs of other trackers' peers into this tracker's registry.</summary>
internal sealed class RemoteShards(SongRegistry registry, PeerOwnership claims)
{
    /// <summary>Takes changes of another tracker's part.</summary>
    /// <returns>Peers that were connected here and have registered there since.</returns>
    public IReadOnlyList<PeerId> Apply(ApplyShardChanges part)
    {
        var moved = new List<PeerId>();
        foreach (var change in part.Changes)
        {
            switch (change)
            {
                case RemoteChange.Joined joined:
                    var wasHere = claims.IsHere(joined.Peer);
                    if (!claims.Claim(joined.Peer, part.Owner, joined.Stamp))
                        break;
                    registry.Move(joined.Host);
                    if (wasHere)
                        moved.Add(joined.Peer);
                    break;
                case RemoteChange.Left:
                    Leave(change.Peer, part.Owner, change.Stamp);
                    break;
                case RemoteChange.Reached reached when claims.Holds(reached.Peer, part.Owner, reached.Stamp):
                    registry.SetReach(reached.Peer, reached.Reach);
                    break;
                case RemoteChange.Shared shared when claims.Holds(shared.Peer, part.Owner, shared.Stamp):
                    registry.Withdraw(shared.Peer, shared.Gone);
                    registry.Apply(shared.Peer, shared.Share);
                    if (shared.IsSettled)
                        registry.EndMove(shared.Peer);
                    break;
            }
        }

        if (part.Remaining is { } remaining)
        {
            foreach (var (peer, stamp) in claims.Of(part.Owner).Where(claim => !remaining.Contains(claim)))
                Leave(peer, part.Owner, stamp);
        }

        return moved;
    }

    /// <summary>Another tracker is gone, and its part with it.</summary>
    public void Gone(Address owner)
    {
        foreach (var (peer, stamp) in claims.Of(owner))
            Leave(peer, owner, stamp);
    }

    private void Leave(PeerId peer, Address owner, ulong stamp)
    {
        if (claims.Release(peer, owner, stamp))
            registry.Leave(peer);
    }
}
