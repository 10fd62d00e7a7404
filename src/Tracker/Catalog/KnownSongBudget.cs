using System.Net;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Limits how many songs that others already share may be added by the peers at one address: a burst, and a number per hour.
/// </summary>
/// <remarks>
/// To add such a song, a peer sends a few bytes, but the change is broadcast to every peer. So adding all songs again and again must not
/// be free.
/// </remarks>
internal sealed class KnownSongBudget(CatalogLimits limits, TimeProvider time)
{
    /// <summary>A refused peer may try again when one twelfth of an hour's songs is available again.</summary>
    private const int PartOfHour = 12;

    private readonly TokenBuckets<IPAddress> _addresses = new(
        limits.KnownSongsPerAddressHour, Math.Max(limits.KnownSongsPerAddress, limits.SongsPerPeer));

    /// <summary>Counts a song.</summary>
    /// <param name="address">The peer's address, normalised for per-address limits; null = unknown and not counted.</param>
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
        return $"from one address, this tracker accepts {limits.KnownSongsPerAddressHour} songs an hour that other peers already share; try again in {Math.Max(1, Math.Ceiling(wait.TotalMinutes)):0} min";
    }
}
