namespace TspActors.Peer.Hosting.Limits;

/// <summary>A rate with a burst: tokens come in at the rate up to the capacity, and who takes more than there are has to wait.</summary>
/// <remarks>
/// In any time t no more than rate x t + capacity is taken, or rate x t + the largest single amount where that is more than the capacity. Times are readings of
/// one monotonic clock.
/// </remarks>
internal sealed class TokenBucket
{
    private double _perSecond;
    private double _capacity;
    private double _level;
    private TimeSpan _filledAt;

    /// <summary>A bucket that is full.</summary>
    public TokenBucket(double perSecond, double capacity, TimeSpan now)
    {
        _perSecond = perSecond;
        _capacity = capacity;
        _level = capacity;
        _filledAt = now;
    }

    /// <summary>How long until so many may be taken; zero = now. An amount above the capacity waits for a full bucket, and leaves a debt.</summary>
    public TimeSpan Wait(double amount, TimeSpan now)
    {
        Fill(now);
        var missing = Math.Min(amount, _capacity) - _level;
        // Rounded up: a timer that is set to it finds the tokens there.
        return missing <= 0 ? TimeSpan.Zero : new TimeSpan((long)Math.Ceiling(missing / _perSecond * TimeSpan.TicksPerSecond));
    }

    /// <summary>Takes them; <see cref="Wait"/> has said zero.</summary>
    public void Take(double amount) => _level -= amount;

    /// <summary>Another rate from now on.</summary>
    public void Change(double perSecond, double capacity, TimeSpan now)
    {
        Fill(now);
        (_perSecond, _capacity) = (perSecond, capacity);
        _level = Math.Min(_level, capacity);
    }

    private void Fill(TimeSpan now)
    {
        if (now <= _filledAt)
            return;
        _level = Math.Min(_capacity, _level + ((now - _filledAt).TotalSeconds * _perSecond));
        _filledAt = now;
    }
}
