using System.Net;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Limits how many new songs (songs that nobody has shared before) one peer, and all peers of one address or network, may add: a burst, and
/// a number per hour.
/// </summary>
/// <remarks>Ids are never reused, so without this limit, one peer could use up all of them by endlessly sharing new songs.</remarks>
internal sealed class NewSongBudget
{
    /// <summary>A refused peer may try again when a twelfth of the hourly number of songs is available.</summary>
    private const int RetryDivisor = 12;

    /// <summary>The burst, in complete shares: enough for a peer to replace all of its songs once.</summary>
    private const int SharesAtOnce = 2;

    private readonly CatalogLimits _limits;
    private readonly TimeProvider _time;
    private readonly TokenBuckets<PeerId> _peers;
    private readonly NetworkBuckets _networks;

    public NewSongBudget(CatalogLimits limits, TimeProvider time)
    {
        (_limits, _time) = (limits, time);
        var atOnce = Math.Min(int.MaxValue, (long)limits.SongsPerPeer * SharesAtOnce);
        _peers = new TokenBuckets<PeerId>(limits.NewSongsPerPeerHour, atOnce);
        _networks = new NetworkBuckets(limits.NewSongsPerAddressHour, Math.Max(limits.NewSongsPerAddress, atOnce));
    }

    /// <summary>Counts a new song, if the limits allow it.</summary>
    /// <param name="peer">The peer that shares it.</param>
    /// <param name="address">The peer's address, normalised for per-address limits; null = unknown and not counted.</param>
    /// <returns>The reason for a refusal; null if there is none. A refused song is not counted.</returns>
    public string? TryCount(PeerId peer, IPAddress? address)
    {
        var now = _time.GetElapsedTime(0);
        var ofPeer = _peers.Find(peer, now);
        if (ofPeer.WaitFor(1, now) > TimeSpan.Zero)
            return Refusal("one peer", _limits.NewSongsPerPeerHour, ofPeer, now);
        if (address is not null && _networks.TrySpend(address, now) is { } empty)
            return Refusal(empty.Whose, empty.PerHour, empty.Bucket, now);
        ofPeer.Spend(1);
        return null;
    }

    private static string Refusal(string whose, long perHour, TokenBucket bucket, TimeSpan now)
    {
        var wait = bucket.WaitFor(Math.Max(1, perHour / RetryDivisor), now);
        var minutes = Math.Max(1, Math.Ceiling(wait.TotalMinutes));
        return $"this tracker accepts at most {perHour} new songs an hour from {whose}; try again in {minutes:0} min";
    }
}
