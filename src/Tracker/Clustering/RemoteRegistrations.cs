using System.Collections.Concurrent;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Clustering;

/// <summary>The peers that are registered at other trackers of the cluster, as far as this tracker knows.</summary>
/// <remarks>
/// Thread-safe: the TrackerActor writes it, and the PeerRegistryActor reads it, so that a join need not wait for the TrackerActor.
/// </remarks>
internal sealed class RemoteRegistrations
{
    private readonly ConcurrentDictionary<PeerId, (Address Owner, ByteString ResumeDigest)> _registrations = new();

    /// <summary>Returns the other tracker where a peer is registered, and the digest of its resume secret; null if none.</summary>
    public (Address Owner, ByteString ResumeDigest)? Find(PeerId peer) =>
        _registrations.TryGetValue(peer, out var registration) ? registration : null;

    /// <summary>Records that a peer has registered at another tracker.</summary>
    public void Add(PeerId peer, Address owner, ByteString resumeDigest) => _registrations[peer] = (owner, resumeDigest);

    /// <summary>Records that a peer is registered at no other tracker.</summary>
    public void Remove(PeerId peer) => _registrations.TryRemove(peer, out _);

    /// <summary>Removes all registrations.</summary>
    public void Clear() => _registrations.Clear();
}
