using System.Net;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Limits the songs which others share already, and which the peers at one address begin to share: a burst, and a number per hour.
/// </summary>
/// <remarks>
/// A claim costs a line of a share, and everybody hears of it. So it must not be free to claim all songs again and again.
/// </remarks>
internal sealed class KnownSongBudget(CatalogLimits limits, TimeProvider time)
{
    /// <summary>A refused peer is told to come back when this fraction of an hour's songs has been refilled.</summary>
    private const int PartOfHour = 12;

    private readonly TokenBuckets<IPAddress> _addresses = new(
        limits.KnownSongsPerAddressHour, Math.Max(limits.KnownSongsPerAddress, limits.SongsPerPeer));

    /// <summary>Counts a song.</summary>
    /// <param name="address">The peer's address, as limits count it; null = unknown and not counted.</param>
    /// <returns>Null, or the reason for a refusal; a refused song is not counted.</returns>
    public string? TryCount(IPAddress? address)
    {
        if (address is null)
            return null;
        var now = time.GetElapsedTime(0);
        var bucket = _addresses.Find(address, now);
        if (bucket.TrySpend(1, now, out _))
            return null;
        var wait = bucket.WaitFor(Math.Max(1, limits.KnownSongsPerAddressHour / PartOfHour), now);
        return $"this tracker lets the peers at one address share {limits.KnownSongsPerAddressHour} songs an hour that others share already; try again in {Math.Max(1, Math.Ceiling(wait.TotalMinutes)):0} min";
    }
}
