using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>How a tracker proves who it is.</summary>
/// <param name="Kind">The kind of proof.</param>
/// <param name="Pin">The key that the tracker must have; only with <see cref="TrackerSecurityKind.Pinned"/>.</param>
public sealed record TrackerSecurity(TrackerSecurityKind Kind, KeyId? Pin = null)
{
    /// <summary>The default, for an address without a scheme.</summary>
    public static readonly TrackerSecurity Automatic = new(TrackerSecurityKind.Automatic);
}

/// <summary>The ways a tracker can prove who it is. The format of its address in the settings determines which one applies.</summary>
public enum TrackerSecurityKind
{
    /// <summary>
    /// host:port — TLS if the tracker speaks it. The tracker's key is remembered the first time, and any other key is an error afterwards.
    /// </summary>
    Automatic,

    /// <summary>tsp://host:port — plain, so the tracker proves nothing.</summary>
    Plain,

    /// <summary>tsps://host:port — TLS with a certificate for that name from an authority that the machine trusts.</summary>
    Authority,

    /// <summary>tsps://host:port#key-id — TLS with that key.</summary>
    Pinned,
}
