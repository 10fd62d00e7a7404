using System.Net;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// How many songs that nobody has shared before a peer, and all peers at one address together, may bring: so many at once, and so many an
/// hour.
/// </summary>
/// <remarks>
/// An id is never given to another song. Without this one peer could use all of them up by sharing other songs again and again.
/// </remarks>
internal sealed class NewSongBudget(CatalogLimits limits, TimeProvider time)
{
    /// <summary>Who is refused is told to come back when this part of an hour's songs would be taken.</summary>
    private const int PartOfHour = 12;

    /// <summary>All that a peer may have, and all of it replaced once, is taken at once.</summary>
    private const int SharesAtOnce = 2;

    private readonly Dictionary<PeerId, TokenBucket> _peers = [];
    private readonly Dictionary<IPAddress, TokenBucket> _addresses = [];
    private int _tidiedAt = 1_000;

    /// <summary>Counts a song that is new.</summary>
    /// <param name="peer">Who brings it.</param>
    /// <param name="address">As limits count it; null = not known, and not counted.</param>
    /// <returns>Null, or why it is refused; then it is not counted.</returns>
    public string? Take(PeerId peer, IPAddress? address)
    {
        var now = time.GetElapsedTime(0);
        var atOnce = (int)Math.Min(int.MaxValue, (long)limits.SongsPerPeer * SharesAtOnce);
        var ofPeer = Of(_peers, peer, limits.NewSongsPerPeerHour, atOnce, now);
        var ofAddress = address is null
            ? null
            : Of(_addresses, address, limits.NewSongsPerAddressHour, Math.Max(limits.NewSongsPerAddress, atOnce), now);
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
        var wait = bucket.WaitFor(Math.Max(1, perHour / PartOfHour), now);
        return $"this tracker takes {perHour} songs an hour that are new to it from {whose}; try again in {Math.Max(1, Math.Ceiling(wait.TotalMinutes)):0} min";
    }

    private TokenBucket Of<TKey>(Dictionary<TKey, TokenBucket> buckets, TKey key, int perHour, int burst, TimeSpan now)
        where TKey : notnull
    {
        if (buckets.TryGetValue(key, out var bucket))
            return bucket;
        Tidy(now);
        return buckets[key] = new TokenBucket(perHour / 3600.0, Math.Max(1, burst), now, savesUp: true);
    }

    // Those that are full again are as good as new ones; what is left has been paid for with songs.
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
