using System.Collections.Concurrent;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Peers;

namespace TspActors.Tracker.Clustering;

/// <summary>A peer's registration at another tracker in the cluster.</summary>
/// <param name="Owner">The tracker.</param>
/// <param name="ResumeDigest">The digest of the resume secret in the peer's welcome.</param>
/// <param name="IsSecure">Whether the peer registered over TLS, so that its id is the id of its key.</param>
internal sealed record RemoteRegistration(Address Owner, ByteString ResumeDigest, bool IsSecure);

/// <summary>The peers that are registered at other trackers in the cluster, as far as this tracker knows.</summary>
/// <remarks>
/// Thread-safe: the TrackerActor writes to it and the PeerRegistryActor reads from it, so that a join need not wait for the TrackerActor.
/// </remarks>
/// <param name="time">The clock; null = the system's.</param>
internal sealed class RemoteRegistrations(TimeProvider? time = null)
{
    private readonly ConcurrentDictionary<PeerId, RemoteRegistration> _registrations = new();
    private readonly SecurePeers _left = new(time ?? TimeProvider.System);

    /// <summary>Returns a peer's registration at another tracker; null if there is none.</summary>
    public RemoteRegistration? Find(PeerId peer) => _registrations.GetValueOrDefault(peer);

    /// <summary>Returns whether a peer is registered over TLS at another tracker, or was within the last day.</summary>
    public bool IsSecure(PeerId peer) => Find(peer) is { IsSecure: true } || _left.Contains(peer);

    /// <summary>Records that a peer has registered at another tracker.</summary>
    public void Add(PeerId peer, RemoteRegistration registration) => _registrations[peer] = registration;

    /// <summary>Records that a peer is no longer registered at any other tracker.</summary>
    public void Remove(PeerId peer)
    {
        if (_registrations.TryRemove(peer, out var registration) && registration.IsSecure)
            _left.Add(peer);
    }

    /// <summary>Removes all registrations.</summary>
    public void Clear()
    {
        foreach (var peer in _registrations.Keys)
            Remove(peer);
    }
}
