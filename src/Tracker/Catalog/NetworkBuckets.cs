using System.Net;
using TspActors.Transport;
using TspActors.Transport.Limits;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// A token bucket for each address and for each network that contains it. A network may spend twice as much as one address, and an IPv6 /48
/// four times as much.
/// </summary>
/// <param name="perHour">The number of tokens added to the bucket of an address per hour; 0 = no limit.</param>
/// <param name="burst">The number of tokens in the full bucket of an address.</param>
internal sealed class NetworkBuckets(int perHour, long burst)
{
    // Indexed by the width of the network: an address (or IPv6 /64), a /24 or /56, a /48.
    private readonly TokenBuckets<AddressGroup>[] _buckets =
        [.. Enumerable.Range(0, 3).Select(width => new TokenBuckets<AddressGroup>((double)perHour * Times(width), burst * Times(width)))];

    // A share adds its songs one after the other, so most calls are for the same address as the previous call.
    private IPAddress? _lastAddress;
    private AddressGroup[] _lastGroups = [];

    /// <summary>Spends a token of an address and of each network that contains it.</summary>
    /// <param name="address">The address, normalised for per-address limits.</param>
    /// <param name="now">The current time.</param>
    /// <returns>A bucket that has no token left, in which case nothing is spent; null if every bucket had a token.</returns>
    public EmptyBucket? TrySpend(IPAddress address, TimeSpan now)
    {
        if (!ReferenceEquals(address, _lastAddress))
            (_lastAddress, _lastGroups) = (address, AddressGroup.Around(address));
        for (var width = 0; width < _lastGroups.Length; width++)
        {
            var bucket = _buckets[width].Find(_lastGroups[width], now);
            if (bucket.WaitFor(1, now) > TimeSpan.Zero)
                return new EmptyBucket(width == 0 ? "one address" : "one network", perHour * Times(width), bucket);
        }

        for (var width = 0; width < _lastGroups.Length; width++)
            _buckets[width].Find(_lastGroups[width], now).Spend(1);
        return null;
    }

    private static int Times(int width) => 1 << width;

    /// <summary>A bucket without tokens.</summary>
    /// <param name="Whose">The owner of the bucket, as shown to users: "one address" or "one network".</param>
    /// <param name="PerHour">The number of tokens added to it per hour.</param>
    /// <param name="Bucket">The bucket.</param>
    internal readonly record struct EmptyBucket(string Whose, long PerHour, TokenBucket Bucket);
}
