namespace TspActors.Tracker;

/// <summary>What somebody may ask or bring: so much a second on average, and so much at once after a pause.</summary>
/// <param name="perSecond">So much a second; 0 = any amount.</param>
/// <param name="burst">So much at once.</param>
internal sealed class Allowance(double perSecond, int burst)
{
    private double _left = burst;
    private TimeSpan? _countedAt;

    /// <summary>Counts something, when it is allowed now.</summary>
    /// <param name="now">A reading of a clock that never goes back.</param>
    /// <param name="cost">How much it is; more than the burst is allowed after a longer pause.</param>
    /// <returns>Null, or after what time it would be allowed; then it is not counted.</returns>
    public TimeSpan? Take(TimeSpan now, int cost)
    {
        var wait = Wait(now, cost);
        if (wait is null)
            _left -= cost;
        return wait;
    }

    /// <summary>Null when so much is allowed now, or after what time it would be.</summary>
    public TimeSpan? Wait(TimeSpan now, int cost)
    {
        if (perSecond <= 0)
            return null;
        _left = Math.Min(Math.Max(burst, cost), _left + ((now - (_countedAt ?? now)).TotalSeconds * perSecond));
        _countedAt = now;
        return _left < cost ? TimeSpan.FromMilliseconds(Math.Ceiling((cost - _left) * 1000 / perSecond)) : null;
    }

    /// <summary>True when nothing of it is used up.</summary>
    public bool IsFull(TimeSpan now) => Wait(now, burst) is null;
}
