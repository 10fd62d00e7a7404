using TspActors.Peer.Tracking;
using TspActors.Protocol.Mdns;

namespace TspActors.Peer.Reaching.Discovery;

/// <summary>Decides which of the trackers on the local network a peer may join, and how it connects to them.</summary>
/// <param name="encryption">Whether the peer speaks TLS.</param>
/// <param name="known">The remembered keys of trackers.</param>
internal sealed class DiscoveryRules(PeerEncryption encryption, TrackerKeys known)
{
    /// <summary>Returns the human-readable reason why a tracker must not be joined; null = it may be joined.</summary>
    public string? FindFault(FoundTracker tracker)
    {
        ArgumentNullException.ThrowIfNull(tracker);
        if (encryption == PeerEncryption.Off && tracker.Encryption == AnnouncedEncryption.Require)
            return "it speaks only TLS, but tsp.peer.encryption is set to off";
        if (encryption == PeerEncryption.Require && tracker.Encryption == AnnouncedEncryption.Off)
            return "it does not speak TLS, but tsp.peer.encryption is set to require";
        // An announcement must not replace a key that this peer has seen, nor make this peer speak plain TSP to a tracker with which it has
        // spoken TLS.
        if (known.Find(tracker.TrackerAddress) is { } key)
        {
            if (key != tracker.KeyId)
                return $"it announces a different key from the one that this peer remembers for {tracker.TrackerAddress}";
            // Anybody on the network can read the key in an announcement and repeat it, so the right key alone proves nothing.
            if (!tracker.IsPinned)
                return $"it announces that it does not speak TLS, but this peer remembers a key for {tracker.TrackerAddress}";
        }

        return known.Fault;
    }

    /// <summary>Returns the address that this peer uses to connect to a tracker.</summary>
    public TrackerAddress AddressOf(FoundTracker tracker)
    {
        ArgumentNullException.ThrowIfNull(tracker);
        return encryption == PeerEncryption.Off
            ? new TrackerAddress(tracker.TrackerAddress.Host, tracker.Port)
            : tracker.TrackerAddress;
    }
}
