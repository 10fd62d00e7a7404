namespace TspActors.Tracker.Peers;

/// <summary>What one connection may ask: so many requests a second on average, and so many at once after a pause.</summary>
/// <param name="perSecond">Requests a second; 0 = any number.</param>
/// <param name="burst">Requests at once.</param>
internal sealed class RequestAllowance(int perSecond, int burst)
{
    private double _left = burst;
    private TimeSpan _countedAt;

    /// <summary>Counts a request.</summary>
    /// <param name="now">A reading of a clock that never goes back.</param>
    /// <param name="cost">How many requests it counts as.</param>
    /// <returns>Null, or after what time it would be answered; then it is not counted.</returns>
    public TimeSpan? Take(TimeSpan now, int cost)
    {
        if (perSecond == 0)
            return null;
        _left = Math.Min(Math.Max(burst, cost), _left + ((now - _countedAt).TotalSeconds * perSecond));
        _countedAt = now;
        if (_left < cost)
            return TimeSpan.FromMilliseconds(Math.Ceiling((cost - _left) * 1000 / perSecond));
        _left -= cost;
        return null;
    }
}
