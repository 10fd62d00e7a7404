using TspActors.Peer.Tracking;

namespace TspActors.Peer.Diagnosis;

/// <summary>Describes how a tracker that this peer is connected to has proved who it is.</summary>
/// <param name="encryption">Whether this peer speaks TLS.</param>
/// <param name="known">The remembered keys of trackers.</param>
internal sealed class TrackerTrust(PeerEncryption encryption, TrackerKeys known)
{
    /// <summary>Returns the description, and whether the connection is encrypted.</summary>
    public (string Text, bool IsSecure) Describe(TrackerAddress tracker)
    {
        var security = tracker.Security;
        if (encryption == PeerEncryption.Off || security.Kind == TrackerSecurityKind.Plain)
            return ("in plain", false);
        if (security.Kind == TrackerSecurityKind.Authority)
            return ("over TLS, with a certificate from an authority", true);
        if ((security.Pin ?? known.Find(tracker)) is { } key)
            return ($"over TLS, key {key}", true);
        return known.Path is null ? ("over TLS if the tracker speaks TLS", true) : ("in plain, because it does not speak TLS", false);
    }
}
