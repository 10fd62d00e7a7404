using Microsoft.Extensions.Time.Testing;

namespace TspActors.Shared;

/// <summary>A clock that moves only when a test advances it. Its timers fire on the thread that advances the clock.</summary>
public sealed class ManualClock : FakeTimeProvider
{
    private readonly object _gate = new();
    private readonly List<ManualTimer> _armed = [];
    private TaskCompletionSource _anyArmed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates a clock that starts on 2000-01-01 at midnight UTC.</summary>
    public ManualClock()
    {
    }

    /// <summary>Creates a clock that starts at the given time.</summary>
    public ManualClock(DateTimeOffset start)
        : base(start)
    {
    }

    /// <summary>The time by which the test has advanced the clock.</summary>
    public TimeSpan Elapsed => GetUtcNow() - Start;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Advances the clock, stopping at every timer that becomes due on the way.</summary>
    public void Pass(TimeSpan time)
    {
        var end = GetUtcNow() + time;
        while (NextDue() is { } due && due <= end)
            MoveTo(due);
        MoveTo(end);
    }

    /// <summary>Advances the clock in one step, as if the machine had slept. Timers that became due on the way fire late.</summary>
    public void Jump(TimeSpan time) => Advance(time);

    /// <summary>Returns a task that completes once at least one timer is set on this clock.</summary>
    public Task TimerWaits()
    {
        lock (_gate)
            return _anyArmed.Task;
    }

    /// <summary>Advances the clock to the next timer and fires it. Does nothing if no timer is set.</summary>
    public void MoveToNextTimer()
    {
        if (NextDue() is { } due)
            MoveTo(due);
    }

    /// <summary>Advances the clock from timer to timer until the task is done.</summary>
    public async Task RunUntil(Task done)
    {
        // A hang becomes a failure. A busy machine may need a minute to start a program between two timers.
        while (await Task.WhenAny(done, TimerWaits()).WaitAsync(MachineSpeed.Deadline(TimeSpan.FromMinutes(3))) != done)
            MoveToNextTimer();
        await done;
    }

    private void MoveTo(DateTimeOffset time)
    {
        // An overdue timer fires without advancing the clock.
        var ahead = time - GetUtcNow();
        Advance(ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero);
    }

    private DateTimeOffset? NextDue()
    {
        lock (_gate)
            return _armed.Count == 0 ? null : _armed.Min(timer => timer.Due);
    }

    private ITimer CreateInner(ManualTimer timer, object setting, TimeSpan dueTime) =>
        base.CreateTimer(
            _ =>
            {
                Fired(timer, setting);
                timer.Callback();
            },
            null, dueTime, Timeout.InfiniteTimeSpan);

    // The timer may be firing on another thread, so each setting has an inner timer of its own: the callback of an earlier setting
    // does not count for the new one.
    private void Begin(ManualTimer timer, object? setting)
    {
        ITimer? earlier;
        lock (_gate)
        {
            Disarm(timer);
            earlier = timer.Inner;
            timer.Inner = null;
            timer.Setting = setting;
        }

        earlier?.Dispose();
    }

    // Called only after the inner timer is set, because a test may advance the clock as soon as a timer waits.
    private void Arm(ManualTimer timer, object setting, ITimer inner, TimeSpan dueTime)
    {
        lock (_gate)
        {
            if (timer.Setting == setting)
            {
                timer.Inner = inner;
                timer.Due = GetUtcNow() + dueTime;
                _armed.Add(timer);
                _anyArmed.TrySetResult();
                return;
            }
        }

        // It has fired, or was set again meanwhile.
        inner.Dispose();
    }

    private void Fired(ManualTimer timer, object setting)
    {
        lock (_gate)
        {
            if (timer.Setting != setting)
                return;
            timer.Setting = null;
            Disarm(timer);
        }
    }

    private void Disarm(ManualTimer timer)
    {
        lock (_gate)
        {
            if (_armed.Remove(timer) && _armed.Count == 0)
                _anyArmed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class ManualTimer(ManualClock clock, Action callback) : ITimer
    {
        private bool _isDisposed;

        public Action Callback { get; } = callback;

        /// <summary>The time for which the timer was last set, until it fires or is set again.</summary>
        public object? Setting { get; set; }

        public ITimer? Inner { get; set; }

        public DateTimeOffset Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
                throw new NotSupportedException("ManualClock supports only one-shot timers.");
            if (_isDisposed)
                return false;
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                clock.Begin(this, null);
                return true;
            }

            var setting = new object();
            clock.Begin(this, setting);
            clock.Arm(this, setting, clock.CreateInner(this, setting, dueTime), dueTime);
            return true;
        }

        public void Dispose()
        {
            _isDisposed = true;
            clock.Begin(this, null);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
