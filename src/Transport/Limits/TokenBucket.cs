namespace TspActors.Transport.Limits;

/// <summary>
/// A token bucket. It refills at a fixed rate up to its capacity, and a sender that needs more tokens than the bucket contains must wait.
/// </summary>
/// <remarks>
/// In any period t, senders spend at most rate × t + capacity, or rate × t + the largest single amount if that exceeds the capacity.
/// Times are readings of one monotonic clock. Not thread-safe.
/// </remarks>
public sealed class TokenBucket
{
    private readonly bool _savesUp;
    private double _perSecond;
    private double _capacity;
    private double _level;
    private TimeSpan _filledAt;

    /// <summary>Creates a full bucket.</summary>
    /// <param name="perSecond">Tokens added each second; 0 = no limit.</param>
    /// <param name="capacity">The maximum number of tokens in the bucket.</param>
    /// <param name="now">The time.</param>
    /// <param name="savesUp">
    /// What happens to an amount above the capacity. False: it waits for a full bucket and leaves a debt. True: it waits until the bucket
    /// has saved up the entire amount.
    /// </param>
    public TokenBucket(double perSecond, double capacity, TimeSpan now, bool savesUp = false)
    {
        _savesUp = savesUp;
        _perSecond = perSecond;
        _capacity = capacity;
        _level = capacity;
        _filledAt = now;
    }

    /// <summary>Returns how long to wait before this amount may be spent; zero = now.</summary>
    public TimeSpan WaitFor(double amount, TimeSpan now)
    {
        if (_perSecond <= 0)
            return TimeSpan.Zero;
        Fill(_savesUp ? Math.Max(_capacity, amount) : _capacity, now);
        var missing = (_savesUp ? amount : Math.Min(amount, _capacity)) - _level;
        // Rounded up, so that the tokens are available when a timer set to this time fires.
        return missing <= 0 ? TimeSpan.Zero : new TimeSpan((long)Math.Ceiling(missing / _perSecond * TimeSpan.TicksPerSecond));
    }

    /// <summary>Spends an amount for which <see cref="WaitFor"/> has just returned zero.</summary>
    public void Spend(double amount)
    {
        if (_perSecond > 0)
            _level -= amount;
    }

    /// <summary>Takes back an amount that was spent.</summary>
    /// <param name="amount">The number of tokens.</param>
    /// <param name="now">The time.</param>
    /// <param name="mayOverflow">
    /// Whether the bucket may then contain more than its capacity. It loses the surplus at the rate at which it would otherwise refill.
    /// </param>
    public void Return(double amount, TimeSpan now, bool mayOverflow = false)
    {
        Fill(_capacity, now);
        _level = mayOverflow ? _level + amount : Math.Max(_level, Math.Min(_capacity, _level + amount));
    }

    /// <summary>Spends an amount if there are enough tokens now.</summary>
    /// <param name="amount">The number of tokens.</param>
    /// <param name="now">The time.</param>
    /// <param name="wait">How long to wait until there are enough; zero if the amount was spent.</param>
    public bool TrySpend(double amount, TimeSpan now, out TimeSpan wait)
    {
        wait = WaitFor(amount, now);
        if (wait > TimeSpan.Zero)
            return false;
        Spend(amount);
        return true;
    }

    /// <summary>Returns the number of tokens in the bucket; negative = a debt.</summary>
    public double Level(TimeSpan now)
    {
        Fill(_capacity, now);
        return _level;
    }

    /// <summary>Returns whether the bucket is full.</summary>
    public bool IsFull(TimeSpan now) => WaitFor(_capacity, now) == TimeSpan.Zero;

    /// <summary>Changes the rate and the capacity from now on.</summary>
    public void Change(double perSecond, double capacity, TimeSpan now)
    {
        Fill(_capacity, now);
        (_perSecond, _capacity) = (perSecond, capacity);
        _level = Math.Min(_level, capacity);
    }

    private void Fill(double upTo, TimeSpan now)
    {
        if (now <= _filledAt)
            return;
        var change = (now - _filledAt).TotalSeconds * _perSecond;
        _level = _level > upTo ? Math.Max(upTo, _level - change) : Math.Min(upTo, _level + change);
        _filledAt = now;
    }
}
