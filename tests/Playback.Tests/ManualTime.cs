namespace TspActors.Playback.Tests;

/// <summary>A clock that stands still until a test moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly object _gate = new();
    private readonly List<ManualTimer> _armed = [];
    private TaskCompletionSource _anyArmed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Elapsed => new(GetTimestamp());

    public override long GetTimestamp()
    {
        lock (_gate)
            return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until a timer waits for this clock.</summary>
    public Task TimerWaits()
    {
        lock (_gate)
            return _anyArmed.Task;
    }

    /// <summary>Moves the clock from timer to timer until the task is done.</summary>
    public async Task RunUntil(Task done)
    {
        while (await Task.WhenAny(done, TimerWaits()).WaitAsync(Limits.Test) != done)
            MoveToNextTimer();
        await done;
    }

    public void MoveToNextTimer()
    {
        ManualTimer? first;
        lock (_gate)
        {
            first = _armed.MinBy(timer => timer.Due);
            if (first is null)
                return;
            _now = Math.Max(_now, first.Due);
            Disarm(first);
        }

        first.Fire();
    }

    public void Advance(TimeSpan by)
    {
        lock (_gate)
            _now += by.Ticks;
    }

    private void Arm(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            Disarm(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
                return;
            timer.Due = _now + dueTime.Ticks;
            _armed.Add(timer);
            _anyArmed.TrySetResult();
        }
    }

    private void Disarm(ManualTimer timer)
    {
        if (_armed.Remove(timer) && _armed.Count == 0)
            _anyArmed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        public long Due { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Arm(this, dueTime);
            return true;
        }

        public void Dispose() => time.Arm(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
