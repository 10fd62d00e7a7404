using Akka.Actor;
using TspActors.Protocol;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// Records which tracker owns which peer. A peer that moves is briefly registered at two trackers, and all trackers agree that the later
/// registration counts.
/// </summary>
/// <remarks>
/// A stamp is the time of registration, but always greater than every stamp that this tracker has seen, so clock differences do not matter.
/// Of two registrations made without knowledge of each other, the one with the greater stamp counts; if the stamps are equal, the one at
/// the tracker with the greater address counts.
/// </remarks>
/// <param name="time">The clock from which the stamps are taken.</param>
/// <param name="self">This tracker's address; null = there are no other trackers.</param>
internal sealed class PeerOwnership(TimeProvider time, Address? self)
{
    private readonly Dictionary<PeerId, Registration> _claims = [];

    // A Lamport clock. It never goes back, because other trackers may still know of a registration that has ended here.
    private ulong _latest;

    /// <summary>Claims a peer that has registered here.</summary>
    /// <returns>The stamp of its registration.</returns>
    public ulong ClaimHere(PeerId peer)
    {
        _latest = Math.Max((ulong)time.GetUtcNow().ToUnixTimeMilliseconds(), _latest + 1);
        _claims[peer] = new Registration(null, _latest);
        return _latest;
    }

    /// <summary>Records that a peer has registered at another tracker.</summary>
    /// <returns>True if that registration now counts; false if it already did, or if there is a later one.</returns>
    public bool Claim(PeerId peer, Address owner, ulong stamp)
    {
        _latest = Math.Max(_latest, stamp);
        if (_claims.TryGetValue(peer, out var before)
            && (before.Stamp > stamp
                || (before.Stamp == stamp && string.CompareOrdinal((before.Owner ?? self)?.ToString(), owner.ToString()) >= 0)))
        {
            return false;
        }

        _claims[peer] = new Registration(owner, stamp);
        return true;
    }

    /// <summary>Returns whether the registration with this stamp at <paramref name="owner"/> (null = this tracker) counts.</summary>
    public bool Holds(PeerId peer, Address? owner, ulong stamp) =>
        _claims.TryGetValue(peer, out var claim) && claim.Stamp == stamp && Equals(claim.Owner, owner);

    /// <summary>Returns whether the peer is registered here.</summary>
    public bool IsHere(PeerId peer) => _claims.TryGetValue(peer, out var claim) && claim.Owner is null;

    /// <summary>Returns whether the peer is registered at another tracker.</summary>
    public bool IsElsewhere(PeerId peer) => _claims.TryGetValue(peer, out var claim) && claim.Owner is not null;

    /// <summary>Ends a peer's registration here, unless a different registration counts now.</summary>
    public bool ReleaseHere(PeerId peer) => IsHere(peer) && _claims.Remove(peer);

    /// <summary>Ends a registration at another tracker.</summary>
    /// <returns>True if it was the registration that counted.</returns>
    public bool Release(PeerId peer, Address owner, ulong stamp) => Holds(peer, owner, stamp) && _claims.Remove(peer);

    /// <summary>Returns those registrations at another tracker that count.</summary>
    public IReadOnlyList<(PeerId Peer, ulong Stamp)> RegistrationsAt(Address owner) =>
        [.. _claims.Where(claim => owner.Equals(claim.Value.Owner)).Select(claim => (claim.Key, claim.Value.Stamp))];

    private readonly record struct Registration(Address? Owner, ulong Stamp);
}
