using TspActors.Peer.Tracking;

namespace TspActors.Peer.Diagnosis;

/// <summary>Describes how the tracker that this peer is connected to has proved its identity.</summary>
/// <param name="encryption">Whether this peer speaks TLS.</param>
internal sealed class TrackerTrust(PeerEncryption encryption)
{
    /// <summary>Returns the description, and whether the connection is encrypted.</summary>
    /// <param name="status">The state of the link, which must be connected.</param>
    public (string Text, bool IsSecure) Describe(LinkStatus status)
    {
        var security = status.Tracker.Security;
        if (status.TrackerKey is { } key)
        {
            return security.Kind == TrackerSecurityKind.Authority
                ? ("over TLS, with a certificate from an authority", true)
                : ($"over TLS, key {key}", true);
        }

        return encryption == PeerEncryption.Off || security.Kind == TrackerSecurityKind.Plain
            ? ("unencrypted", false)
            : ("unencrypted, because it does not speak TLS", false);
    }
}
