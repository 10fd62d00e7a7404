namespace TspActors.Transport;

/// <summary>
/// Decides when to collect garbage early: when the heap has grown to three quarters of its limit. If nearly all of the heap is alive, that
/// does not help and is tried less and less often.
/// </summary>
internal sealed class HeapPressure
{
    private const double Full = 0.75;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private TimeSpan _wait = ShortestWait;
    private TimeSpan _notBefore = TimeSpan.MinValue;

    /// <summary>Returns whether to collect garbage now.</summary>
    /// <param name="heap">The size of the heap in bytes.</param>
    /// <param name="limit">The limit for the heap in bytes.</param>
    /// <param name="now">A reading of a monotonic clock.</param>
    public bool IsDue(long heap, long limit, TimeSpan now)
    {
        if (heap < Full * limit)
        {
            // The last collection has helped.
            _wait = ShortestWait;
            return false;
        }

        if (now < _notBefore)
            return false;
        _notBefore = now + _wait;
        _wait = _wait * 2 < LongestWait ? _wait * 2 : LongestWait;
        return true;
    }
}
