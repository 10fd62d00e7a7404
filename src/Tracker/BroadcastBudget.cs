using TspActors.Transport.Limits;

namespace TspActors.Tracker;

/// <summary>
/// Limits the bytes of broadcasts that all peers together receive per second. Copies of large broadcasts for thousands of peers would keep
/// the processors busy for seconds, and the replies to the peers' requests would have to wait.
/// </summary>
/// <remarks>Times are readings of one monotonic clock.</remarks>
internal sealed class BroadcastBudget(TrackerSettings settings, TimeSpan start)
{
    /// <summary>Every broadcast may have this size, however many peers receive it. It is enough for about 40 songs.</summary>
    private const long Smallest = 8 * 1024;

    // After a pause, the bytes of a quarter of a second may be sent at once.
    private readonly TokenBucket _bytes = new(settings.BroadcastBytesPerSecond, settings.BroadcastBytesPerSecond / 4.0, start);

    /// <summary>Returns the maximum size of a broadcast that so many peers receive now, in bytes.</summary>
    public long MaxSize(int peers, TimeSpan now) => settings.BroadcastBytesPerSecond == 0
        ? settings.BroadcastMaxBytes
        : Math.Min(settings.BroadcastMaxBytes, Math.Max(Smallest, (long)(_bytes.Level(now) / Math.Max(1, peers))));

    /// <summary>
    /// Records that so many peers receive a broadcast of this size now. Small broadcasts are never held back; the excess that they cause
    /// does not hold back later ones.
    /// </summary>
    public void Spend(long bytes, int peers, TimeSpan now) => _bytes.Spend(Math.Min((double)bytes * peers, _bytes.Level(now)));
}
