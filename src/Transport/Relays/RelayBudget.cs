using TspActors.Transport.Limits;

namespace TspActors.Transport.Relays;

/// <summary>The limit on the combined rate of all places at a relay. Thread-safe.</summary>
/// <param name="bytesPerSecond">The rate.</param>
/// <param name="now">The time. Times are readings of one monotonic clock.</param>
internal sealed class RelayBudget(long bytesPerSecond, TimeSpan now)
{
    private readonly Lock _gate = new();

    // A second's worth of bytes may pass in one burst.
    private readonly TokenBucket _bucket = new(bytesPerSecond, bytesPerSecond, now);

    /// <summary>Spends bytes if the rate allows it.</summary>
    /// <returns>Zero if the bytes were spent; otherwise how long to wait.</returns>
    public TimeSpan TrySpend(int bytes, TimeSpan time)
    {
        lock (_gate)
        {
            _bucket.TrySpend(bytes, time, out var wait);
            return wait;
        }
    }
}
