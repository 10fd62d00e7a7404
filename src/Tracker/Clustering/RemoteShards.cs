using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Clustering;

/// <summary>Applies the shards of other trackers to this tracker's registry.</summary>
internal sealed class RemoteShards(SongRegistry registry, PeerOwnership claims, RemoteRegistrations registrations)
{
    /// <summary>Applies changes to another tracker's shard.</summary>
    /// <returns>Peers that were connected here and have since registered at that tracker.</returns>
    public IReadOnlyList<PeerId> Apply(ApplyShardChanges batch)
    {
        var moved = new List<PeerId>();
        foreach (var change in batch.Changes)
        {
            switch (change)
            {
                case RemoteChange.Joined joined:
                    var wasHere = claims.IsHere(joined.Peer);
                    if (!claims.Claim(joined.Peer, batch.Owner, joined.Stamp))
                        break;
                    registrations.Add(joined.Peer, new RemoteRegistration(batch.Owner, joined.ResumeDigest, joined.Host.IsSecure));
                    registry.Move(joined.Host);
                    if (wasHere)
                        moved.Add(joined.Peer);
                    break;
                case RemoteChange.Left:
                    Leave(change.Peer, batch.Owner, change.Stamp);
                    break;
                case RemoteChange.Reached reached when claims.Holds(reached.Peer, batch.Owner, reached.Stamp):
                    registry.SetReach(reached.Peer, reached.Reach);
                    break;
                case RemoteChange.Moved changed when claims.Holds(changed.Peer, batch.Owner, changed.Stamp):
                    registry.MoveTo(changed.Peer, changed.Port, changed.LocalEndpoints);
                    break;
                case RemoteChange.Shared shared when claims.Holds(shared.Peer, batch.Owner, shared.Stamp):
                    registry.Withdraw(shared.Peer, shared.Gone);
                    registry.Apply(shared.Peer, shared.Share);
                    if (shared.IsSettled)
                        registry.EndMove(shared.Peer);
                    break;
            }
        }

        if (batch.Remaining is { } remaining)
        {
            foreach (var (peer, stamp) in claims.RegistrationsAt(batch.Owner).Where(claim => !remaining.Contains(claim)))
                Leave(peer, batch.Owner, stamp);
        }

        return moved;
    }

    /// <summary>Drops another tracker's shard.</summary>
    public void Drop(Address owner)
    {
        foreach (var (peer, stamp) in claims.RegistrationsAt(owner))
            Leave(peer, owner, stamp);
    }

    private void Leave(PeerId peer, Address owner, ulong stamp)
    {
        if (!claims.Release(peer, owner, stamp))
            return;
        registrations.Remove(peer);
        registry.Leave(peer);
    }
}
