using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>How a peer stays connected to a tracker. The link section of config/peer.conf explains each setting.</summary>
public sealed record LinkSettings
{
    /// <summary>The first wait before the peer tries a lost tracker again. It doubles each time.</summary>
    public TimeSpan ReconnectMin { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The maximum wait before the peer tries a lost tracker again, not counting random jitter.</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The deadline for the tracker's reply to a handshake step or a request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The deadline for a tracker to accept the connection and the registration while there are other trackers to try. For the last tracker
    /// of a round, the deadline is <see cref="RequestTimeout"/>.
    /// </summary>
    public TimeSpan NextTrackerAfter { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// The deadline for a share to make progress. While a share is running, requests may wait longer than <see cref="RequestTimeout"/>.
    /// </summary>
    public TimeSpan ShareTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The maximum number of requests that can wait for replies.</summary>
    public int MaxPendingRequests { get; init; } = 256;

    /// <summary>
    /// How often the peer tries its preferred tracker while it is connected to a different tracker in the cluster; zero = never.
    /// </summary>
    public TimeSpan SpreadInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum to which <see cref="SpreadInterval"/> grows while the preferred tracker is unreachable.</summary>
    public TimeSpan SpreadIntervalMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The maximum number of trackers that the peer remembers because other trackers named them.</summary>
    public int MaxLearnedTrackers { get; init; } = 32;

    /// <summary>The first wait before the peer offers refused songs again. It doubles each time.</summary>
    public TimeSpan OfferAgainMin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum wait before the peer offers refused songs again, not counting random jitter.</summary>
    public TimeSpan OfferAgainMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the peer asks the tracker whether the peer's port is reachable; zero = never.</summary>
    public TimeSpan PortCheckInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The maximum number of songs that a peer remembers because the tracker's replies have named them.</summary>
    public int KnownSongs { get; init; } = 10_000;

    /// <summary>How much of the tracker's catalog is passed on to the gateway, and kept while a list is being read.</summary>
    public CatalogBounds Catalog { get; init; } = CatalogBounds.Default;

    /// <summary>The limits and deadlines of the connection.</summary>
    public TransportSettings Transport { get; init; } = new() { ReadBufferBytes = 64 * 1024 };
}
