using System.Net;

namespace TspActors.Transport.Limits;

/// <summary>
/// A token bucket for each address and for each network that contains it. A network may spend twice as much as one address, and an IPv6 /48
/// four times as much.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
/// <param name="perHour">The number of tokens added to the bucket of an address per hour; 0 = no limit.</param>
/// <param name="burst">The number of tokens in the full bucket of an address.</param>
public sealed class NetworkBuckets(long perHour, long burst)
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
        var groups = GroupsOf(address);
        for (var width = 0; width < groups.Length; width++)
        {
            var bucket = _buckets[width].Find(groups[width], now);
            if (bucket.WaitFor(1, now) > TimeSpan.Zero)
                return new EmptyBucket(width == 0 ? "one address" : "one network", perHour * Times(width), bucket);
        }

        for (var width = 0; width < groups.Length; width++)
            _buckets[width].Find(groups[width], now).Spend(1);
        return null;
    }

    /// <summary>Spends a token of an address, but none of the networks that contain it.</summary>
    /// <param name="address">The address, normalised for per-address limits.</param>
    /// <param name="now">The current time.</param>
    public void SpendOwn(IPAddress address, TimeSpan now) => _buckets[0].Find(GroupsOf(address)[0], now).Spend(1);

    /// <summary>Returns a token to an address and to each network that contains it.</summary>
    /// <param name="address">The address, normalised for per-address limits.</param>
    /// <param name="now">The current time.</param>
    /// <param name="mayOverflow">Whether a full bucket takes the token back, too, and then has more than its burst for a while.</param>
    public void Return(IPAddress address, TimeSpan now, bool mayOverflow = false)
    {
        var groups = GroupsOf(address);
        for (var width = 0; width < groups.Length; width++)
            _buckets[width].Find(groups[width], now).Return(1, now, mayOverflow);
    }

    /// <summary>Returns the number of tokens that an address itself still has.</summary>
    /// <param name="address">The address, normalised for per-address limits.</param>
    /// <param name="now">The current time.</param>
    public double OwnLevel(IPAddress address, TimeSpan now) => _buckets[0].Find(GroupsOf(address)[0], now).Level(now);

    /// <summary>Returns whether an address has spent no token lately.</summary>
    /// <param name="address">The address, normalised for per-address limits.</param>
    /// <param name="now">The current time.</param>
    public bool IsFull(IPAddress address, TimeSpan now) => _buckets[0].Find(GroupsOf(address)[0], now).IsFull(now);

    private AddressGroup[] GroupsOf(IPAddress address)
    {
        if (!ReferenceEquals(address, _lastAddress))
            (_lastAddress, _lastGroups) = (address, AddressGroup.Around(address));
        return _lastGroups;
    }

    private static int Times(int width) => 1 << width;

    /// <summary>A bucket without tokens.</summary>
    /// <param name="Whose">The owner of the bucket, as shown to users: "one address" or "one network".</param>
    /// <param name="PerHour">The number of tokens added to it per hour.</param>
    /// <param name="Bucket">The bucket.</param>
    public readonly record struct EmptyBucket(string Whose, long PerHour, TokenBucket Bucket);
}
