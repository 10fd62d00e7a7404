using System.Net;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Limits how many new songs, which nobody has shared before, a peer and all peers at one address may add: a burst, and a number per
/// hour.
/// </summary>
/// <remarks>
/// Ids are never reused, so without this limit one peer could use up all of them by sharing ever more new songs.
/// </remarks>
internal sealed class NewSongBudget(CatalogLimits limits, TimeProvider time)
{
    /// <summary>A refused peer is told to try again when this fraction of an hour's songs is available again.</summary>
    private const int RetryDivisor = 12;

    /// <summary>The burst, in full shares: everything that a peer may share, and all of it replaced once.</summary>
    private const int SharesAtOnce = 2;

    private readonly Dictionary<PeerId, TokenBucket> _peers = [];
    private readonly Dictionary<IPAddress, TokenBucket> _addresses = [];
    private int _tidiedAt = 1_000;

    /// <summary>Counts a new song, if the limits allow it.</summary>
    /// <param name="peer">The peer that shares it.</param>
    /// <param name="address">The peer's address, normalised for per-address limits; null = unknown and not counted.</param>
    /// <returns>The reason for a refusal, or null. A refused song is not counted.</returns>
    public string? TryCount(PeerId peer, IPAddress? address)
    {
        var now = time.GetElapsedTime(0);
        var atOnce = (int)Math.Min(int.MaxValue, (long)limits.SongsPerPeer * SharesAtOnce);
        var ofPeer = BucketOf(_peers, peer, limits.NewSongsPerPeerHour, atOnce, now);
        var ofAddress = address is null
            ? null
            : BucketOf(_addresses, address, limits.NewSongsPerAddressHour, Math.Max(limits.NewSongsPerAddress, atOnce), now);
        if (ofPeer.WaitFor(1, now) > TimeSpan.Zero)
            return Refusal("one peer", limits.NewSongsPerPeerHour, ofPeer, now);
        if (ofAddress?.WaitFor(1, now) > TimeSpan.Zero)
            return Refusal("one address", limits.NewSongsPerAddressHour, ofAddress, now);
        ofPeer.Spend(1);
        ofAddress?.Spend(1);
        return null;
    }

    private static string Refusal(string whose, int perHour, TokenBucket bucket, TimeSpan now)
    {
        var wait = bucket.WaitFor(Math.Max(1, perHour / RetryDivisor), now);
        var minutes = Math.Max(1, Math.Ceiling(wait.TotalMinutes));
        return $"this tracker accepts {perHour} new songs an hour from {whose}; try again in {minutes:0} min";
    }

    private TokenBucket BucketOf<TKey>(Dictionary<TKey, TokenBucket> buckets, TKey key, int perHour, int burst, TimeSpan now)
        where TKey : notnull
    {
        if (buckets.TryGetValue(key, out var bucket))
            return bucket;
        Tidy(now);
        return buckets[key] = new TokenBucket(perHour / 3600.0, Math.Max(1, burst), now, savesUp: true);
    }

    // A full bucket is no different from a new one.
    private void Tidy(TimeSpan now)
    {
        if (_peers.Count + _addresses.Count < _tidiedAt)
            return;
        foreach (var (peer, _) in _peers.Where(entry => entry.Value.IsFull(now)).ToList())
            _peers.Remove(peer);
        foreach (var (address, _) in _addresses.Where(entry => entry.Value.IsFull(now)).ToList())
            _addresses.Remove(address);
        _tidiedAt = Math.Max(1_000, 2 * (_peers.Count + _addresses.Count));
    }
}
