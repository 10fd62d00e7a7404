using TspActors.Configuration;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

/// <summary>Reads <see cref="LinkSettings"/> from the tsp.peer.link section.</summary>
internal static class LinkSettingsReader
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Reads the section.</summary>
    public static LinkSettings Read(SettingsReader section)
    {
        var settings = new LinkSettings
        {
            ReconnectMin = section.Duration("reconnect-min", Shortest, Longest),
            ReconnectMax = section.Duration("reconnect-max", Shortest, Longest),
            RequestTimeout = section.Duration("request-timeout", Shortest, Longest),
            NextTrackerAfter = section.Duration("next-tracker-after", Shortest, Longest),
            ShareTimeout = section.Duration("share-timeout", Shortest, Longest),
            MaxPendingRequests = section.Int("max-pending", 1, 100_000),
            SpreadInterval = section.Duration("spread-interval", TimeSpan.Zero, Longest),
            SpreadIntervalMax = section.Duration("spread-interval-max", Shortest, Longest),
            MaxLearnedTrackers = section.Int("max-told-trackers", 0, 1_000),
            PortCheckInterval = section.Duration("port-check-interval", TimeSpan.Zero, Longest),
            OfferAgainMin = section.Duration("offer-again-min", Shortest, Longest),
            OfferAgainMax = section.Duration("offer-again-max", Shortest, Longest),
            KnownSongs = section.Int("known-songs", 0, 1_000_000),
            Catalog = new CatalogBounds(
                section.BytesOrAuto("max-catalog", 0, long.MaxValue) ?? CatalogBounds.Default.CopyBytes,
                section.Bytes("max-queued-changes", 0, 4L << 30)),
            Transport = new TransportSettings
            {
                ReadBufferBytes = 64 * 1024,
                ConnectTimeout = section.Duration("connect-timeout", Shortest, Longest),
            },
        };
        if (settings.ReconnectMin > settings.ReconnectMax)
            section.Reject("reconnect-min", "it is longer than tsp.peer.link.reconnect-max", "set a shorter time, or raise the other setting");
        return settings;
    }
}
