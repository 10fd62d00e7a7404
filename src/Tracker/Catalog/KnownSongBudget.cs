using System.Net;
using TspActors.Transport.Limits;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Limits how many already shared songs the peers of one address or network may add: a burst, and a number per hour.
/// </summary>
/// <remarks>
/// To add such a song, a peer sends only a few bytes, but the change is broadcast to every peer. Without this limit, a peer could
/// therefore cause a lot of traffic by adding all songs over and over.
/// </remarks>
internal sealed class KnownSongBudget(CatalogLimits limits, TimeProvider time)
{
    /// <summary>A refused peer may try again when a twelfth of the hourly number of songs is available.</summary>
    private const int RetryDivisor = 12;

    private readonly NetworkBuckets _networks =
        new(limits.KnownSongsPerAddressHour, Math.Max(limits.KnownSongsPerAddress, limits.SongsPerPeer));

    /// <summary>Counts a song, if the limits allow it.</summary>
    /// <param name="address">The peer's address, normalised for per-address limits; null = unknown and not counted.</param>
    /// <returns>The reason for a refusal; null if there is none. A refused song is not counted.</returns>
    public string? TryCount(IPAddress? address)
    {
        if (address is null)
            return null;
        var now = time.GetElapsedTime(0);
        if (_networks.TrySpend(address, now) is not { } empty)
            return null;
        var wait = empty.Bucket.WaitFor(Math.Max(1, empty.PerHour / RetryDivisor), now);
        return $"of the songs that other peers already share, this tracker accepts at most {empty.PerHour} an hour from {empty.Whose}; try again in {Math.Max(1, Math.Ceiling(wait.TotalMinutes)):0} min";
    }
}
