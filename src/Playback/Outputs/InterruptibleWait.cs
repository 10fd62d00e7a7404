namespace TspActors.Playback.Outputs;

/// <summary>Lets the player's thread wait for a given time. Other threads can interrupt the wait.</summary>
internal sealed class InterruptibleWait : IDisposable
{
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private readonly ITimer _timer;

    internal InterruptibleWait(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for the given duration.</summary>
    /// <returns>False if interrupted before the duration had passed.</returns>
    public bool Wait(TimeSpan duration, CancellationToken interrupt)
    {
        var start = _time.GetTimestamp();
        using var registration = interrupt.UnsafeRegister(static wait => ((InterruptibleWait)wait!).Wake(), this);
        lock (_gate)
        {
            while (duration - _time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
            {
                if (interrupt.IsCancellationRequested)
                    return false;
                // Wait at least a millisecond. A shorter timer would fire before the clock has advanced.
                _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(left.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
                if (_time.GetElapsedTime(start) < duration)
                    Monitor.Wait(_gate);
            }

            return true;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
