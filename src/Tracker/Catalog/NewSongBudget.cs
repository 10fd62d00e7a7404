using System.Net;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Limits the new songs, those nobody has shared before, that a peer and all peers at one address may bring: a burst, and a number per
/// hour.
/// </summary>
/// <remarks>
/// An id is never given to another song. Without this limit one peer could use up all ids by sharing new songs again and again.
/// </remarks>
internal sealed class NewSongBudget
{
    /// <summary>A refused peer is told to come back when this fraction of an hour's songs has been refilled.</summary>
    private const int PartOfHour = 12;

    /// <summary>The burst: everything a peer may share, and all of it replaced once.</summary>
    private const int SharesAtOnce = 2;

    private readonly CatalogLimits _limits;
    private readonly TimeProvider _time;
    private readonly TokenBuckets<PeerId> _peers;
    private readonly TokenBuckets<IPAddress> _addresses;

    public NewSongBudget(CatalogLimits limits, TimeProvider time)
    {
        (_limits, _time) = (limits, time);
        var atOnce = Math.Min(int.MaxValue, (long)limits.SongsPerPeer * SharesAtOnce);
        _peers = new TokenBuckets<PeerId>(limits.NewSongsPerPeerHour, atOnce);
        _addresses = new TokenBuckets<IPAddress>(limits.NewSongsPerAddressHour, Math.Max(limits.NewSongsPerAddress, atOnce));
    }

    /// <summary>Counts a new song.</summary>
    /// <param name="peer">The peer that brings it.</param>
    /// <param name="address">Its address, as limits count it; null = unknown and not counted.</param>
    /// <returns>Null, or the reason for a refusal; a refused song is not counted.</returns>
    public string? Take(PeerId peer, IPAddress? address)
    {
        var now = _time.GetElapsedTime(0);
        var ofPeer = _peers.Find(peer, now);
        var ofAddress = address is null ? null : _addresses.Find(address, now);
        if (ofPeer.WaitFor(1, now) > TimeSpan.Zero)
            return Refusal("one peer", _limits.NewSongsPerPeerHour, ofPeer, now);
        if (ofAddress?.WaitFor(1, now) > TimeSpan.Zero)
            return Refusal("one address", _limits.NewSongsPerAddressHour, ofAddress, now);
        ofPeer.Spend(1);
        ofAddress?.Spend(1);
        return null;
    }

    private static string Refusal(string whose, int perHour, TokenBucket bucket, TimeSpan now)
    {
        var wait = bucket.WaitFor(Math.Max(1, perHour / PartOfHour), now);
        return $"this tracker takes {perHour} songs an hour that are new to it from {whose}; try again in {Math.Max(1, Math.Ceiling(wait.TotalMinutes)):0} min";
    }
}
