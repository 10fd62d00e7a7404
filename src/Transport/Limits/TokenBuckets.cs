namespace TspActors.Transport.Limits;

/// <summary>Token buckets by key. Full buckets are removed from time to time, because a full bucket is equivalent to a new one.</summary>
/// <remarks>Not thread-safe.</remarks>
/// <typeparam name="TKey">The type of the keys, for example an address.</typeparam>
/// <param name="perHour">The number of tokens added to a bucket per hour; 0 = no limit.</param>
/// <param name="burst">The number of tokens in a full bucket.</param>
public sealed class TokenBuckets<TKey>(double perHour, long burst)
    where TKey : notnull
{
    private const int TidiedFrom = 1_000;

    private readonly Dictionary<TKey, TokenBucket> _buckets = [];
    private int _tidiedAt = TidiedFrom;

    /// <summary>Returns the bucket of a key.</summary>
    public TokenBucket Find(TKey key, TimeSpan now)
    {
        if (_buckets.TryGetValue(key, out var bucket))
            return bucket;
        if (_buckets.Count >= _tidiedAt)
            Tidy(now);
        return _buckets[key] = new TokenBucket(perHour / 3600.0, Math.Max(1, burst), now, savesUp: true);
    }

    // A method of its own: in Find, the lambda expression's closure would be allocated on every call.
    private void Tidy(TimeSpan now)
    {
        // A bucket with a surplus is not equivalent to a new one.
        foreach (var (full, _) in _buckets.Where(entry => entry.Value.IsFull(now) && entry.Value.Level(now) <= Math.Max(1, burst)).ToList())
            _buckets.Remove(full);
        _tidiedAt = Math.Max(TidiedFrom, 2 * _buckets.Count);
    }
}
