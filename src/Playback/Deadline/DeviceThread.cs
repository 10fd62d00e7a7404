using System.Runtime.ExceptionServices;

namespace TspActors.Playback.Deadline;

/// <summary>The thread that makes a device's calls, one at a time, for another one that waits for each only so long; it closes the device at its end.</summary>
/// <remarks>
/// idle ─ Begin ─► in a call ─ comes back ─► idle ─ End ─► closing ─► over. Left alone, as the call or the closing hangs, it does the rest when that has
/// come back.
/// </remarks>
internal sealed class DeviceThread
{
    // A deadline is waited for in parts: time in which this process was suspended, or got no processor, counts as one of them at most.
    private const int Parts = 5;

    private readonly object _gate = new();
    private readonly Action _close;
    private readonly HangingCalls _hanging;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private Thread? _thread;
    private Action? _call;
    private ExceptionDispatchInfo? _failure;
    private bool _ending;
    private bool _over;
    private bool _left;
    private TimeSpan _part;
    private int _partsLeft;
    private long _partBegan;

    /// <param name="close">Closes the device; called last, and once.</param>
    /// <param name="hanging">Counts this thread while it is left alone.</param>
    /// <param name="time">The clock of the deadlines.</param>
    internal DeviceThread(Action close, HangingCalls hanging, TimeProvider time)
    {
        _close = close;
        _hanging = hanging;
        _time = time;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal bool IsStarted => _thread is not null;

    /// <summary>Whether the device is in a call, so that nobody else may touch it.</summary>
    internal bool IsBusy
    {
        get
        {
            lock (_gate)
                return IsPending;
        }
    }

    private bool IsPending => _ending ? !_over : _call is not null;

    /// <summary>Begins a call. The one before was waited for to its end.</summary>
    internal void Begin(Action call, TimeSpan deadline)
    {
        lock (_gate)
        {
            _call = call;
            StartDeadline(deadline);
        }

        if (_thread is not null)
            return;
        _thread = new Thread(Run) { IsBackground = true, Name = "sound device" };
        _thread.Start();
    }

    /// <summary>Waits for the call that was begun, also one whose wait was interrupted before; throws what it has thrown.</summary>
    /// <returns>False when interrupted before its end.</returns>
    /// <exception cref="TimeoutException">It hangs, now or since an earlier wait; the thread is left alone.</exception>
    internal bool Wait(CancellationToken interrupt)
    {
        using var registration = interrupt.UnsafeRegister(static thread => ((DeviceThread)thread!).Wake(), this);
        lock (_gate)
        {
            if (!WaitWhilePending(interrupt))
                return false;
            var failure = _failure;
            _failure = null;
            failure?.Throw();
            return true;
        }
    }

    /// <summary>Has the device closed and waits for that, unless it hangs.</summary>
    internal void End(TimeSpan deadline)
    {
        if (_thread is null)
        {
            _timer.Dispose();
            _close();
            return;
        }

        lock (_gate)
        {
            if (!_ending)
                StartDeadline(deadline);
            _ending = true;
            Monitor.PulseAll(_gate);
        }

        try
        {
            Wait(CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // It is counted as hanging, and closes the device should it ever come back.
        }
        finally
        {
            _timer.Dispose();
        }
    }

    private bool WaitWhilePending(CancellationToken interrupt)
    {
        var isArmed = false;
        while (IsPending && !_left)
        {
            if (interrupt.IsCancellationRequested)
                return false;
            var rest = _part - _time.GetElapsedTime(_partBegan);
            if (rest > TimeSpan.Zero)
            {
                // At least a millisecond: a timer that is due in less would fire before the clock has got there.
                _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(rest.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
                isArmed = true;
                Monitor.Wait(_gate);
            }
            else if (--_partsLeft > 0)
            {
                _partBegan = _time.GetTimestamp();
            }
            else
            {
                LeaveAlone();
            }
        }

        if (isArmed)
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return _left ? throw new TimeoutException("The sound device hangs.") : true;
    }

    private void LeaveAlone()
    {
        _left = _ending = true;
        _hanging.Left();
        Monitor.PulseAll(_gate);
    }

    private void StartDeadline(TimeSpan deadline)
    {
        (_part, _partsLeft) = (deadline / Parts, Parts);
        _partBegan = _time.GetTimestamp();
        Monitor.PulseAll(_gate);
    }

    private void Run()
    {
        while (Next() is { } call)
        {
            var failure = FailureOf(call);
            lock (_gate)
            {
                (_call, _failure) = (null, failure);
                Monitor.PulseAll(_gate);
            }
        }

        var notClosed = FailureOf(_close);
        lock (_gate)
        {
            _over = true;
            _failure = notClosed;
            if (_left)
                _hanging.CameBack();
            Monitor.PulseAll(_gate);
        }
    }

    private Action? Next()
    {
        lock (_gate)
        {
            while (_call is null && !_ending)
                Monitor.Wait(_gate);
            return _call;
        }
    }

    private static ExceptionDispatchInfo? FailureOf(Action call)
    {
        try
        {
            call();
            return null;
        }
#pragma warning disable CA1031 // Nobody can catch on this thread: whatever happens is thrown to who waits for the call.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return ExceptionDispatchInfo.Capture(e);
        }
    }

    private void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
