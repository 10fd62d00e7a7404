using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Relays;

/// <summary>The rules that decide which peers may be connected through a relay.</summary>
internal static class RelayRules
{
    /// <summary>
    /// Returns whether a peer can use a relay. A relay sees all bytes that pass through it, so both ends must use TLS inside the relayed
    /// connection, and know each other's key.
    /// </summary>
    public static bool CanUse(CatalogHost peer) =>
        peer is { IsSecure: true, SeenAt: not null } && peer.Features.HasFlag(PeerFeatures.RelayUser);

    /// <summary>Returns whether a host can be reached through a relay: it must also be callable.</summary>
    public static bool CanHost(CatalogHost host) => CanUse(host) && host.IsCallable;
}
