using System.Runtime.ExceptionServices;

namespace TspActors.Playback.Outputs;

/// <summary>
/// A thread that makes the calls to a device one at a time, while the caller waits with a deadline. The thread closes the device before it
/// exits.
/// </summary>
/// <remarks>
/// Serving (idle or in a call) ─ End ─► Closing ─► Closed. If a call or the close hangs, the thread becomes Abandoned. It still closes the
/// device when the call returns.
/// </remarks>
internal sealed class DeviceThread
{
    // A deadline is divided into slices. If this process is suspended or starved for a while, that time uses up at most one slice.
    private const int Slices = 5;

    private readonly object _gate = new();
    private readonly Action _close;
    private readonly HangingCalls _hanging;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private Thread? _thread;
    private Action? _call;
    private ExceptionDispatchInfo? _failure;
    private Phase _phase;
    private TimeSpan _slice;
    private int _slicesLeft;
    private long _sliceBegan;

    /// <param name="close">Closes the device. It is called once, after all other calls.</param>
    /// <param name="hanging">Counts this thread while it is abandoned.</param>
    /// <param name="time">The clock for the deadlines.</param>
    internal DeviceThread(Action close, HangingCalls hanging, TimeProvider time)
    {
        _close = close;
        _hanging = hanging;
        _time = time;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private enum Phase
    {
        Serving,
        Closing,
        Closed,

        // No caller is waiting for the thread any more. It still closes the device when its call returns.
        Abandoned,
    }

    internal bool IsStarted => _thread is not null;

    /// <summary>Whether a call to the device is running. If so, no other thread may use the device.</summary>
    internal bool IsBusy
    {
        get
        {
            lock (_gate)
                return IsPending;
        }
    }

    private bool IsPending => _phase switch
    {
        Phase.Serving => _call is not null,
        Phase.Closed => false,
        _ => true,
    };

    /// <summary>Starts a call. The previous call must have finished.</summary>
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

    /// <summary>Waits for the current call, even if an earlier wait was interrupted, and rethrows its exception.</summary>
    /// <returns>False if interrupted before the call finished.</returns>
    /// <exception cref="TimeoutException">The call hangs. The thread has been abandoned, now or in an earlier wait.</exception>
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

    /// <summary>Closes the device, and waits until it is closed or the deadline has passed.</summary>
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
            if (_phase == Phase.Serving)
            {
                _phase = Phase.Closing;
                StartDeadline(deadline);
            }

            Monitor.PulseAll(_gate);
        }

        try
        {
            Wait(CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // The thread counts as hanging. It closes the device if its current call ever returns.
        }
        finally
        {
            _timer.Dispose();
        }
    }

    private bool WaitWhilePending(CancellationToken interrupt)
    {
        var isArmed = false;
        while (IsPending && _phase != Phase.Abandoned)
        {
            if (interrupt.IsCancellationRequested)
                return false;
            var rest = _slice - _time.GetElapsedTime(_sliceBegan);
            if (rest > TimeSpan.Zero)
            {
                // Wait at least a millisecond. A shorter timer would fire before the clock has advanced.
                _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(rest.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
                isArmed = true;
                Monitor.Wait(_gate);
            }
            else if (--_slicesLeft > 0)
            {
                _sliceBegan = _time.GetTimestamp();
            }
            else
            {
                Abandon();
            }
        }

        if (isArmed)
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return _phase == Phase.Abandoned ? throw new TimeoutException("The sound device is not responding.") : true;
    }

    private void Abandon()
    {
        _phase = Phase.Abandoned;
        _hanging.Add();
        Monitor.PulseAll(_gate);
    }

    private void StartDeadline(TimeSpan deadline)
    {
        (_slice, _slicesLeft) = (deadline / Slices, Slices);
        _sliceBegan = _time.GetTimestamp();
        Monitor.PulseAll(_gate);
    }

    private void Run()
    {
        while (Next() is { } call)
        {
            var failure = CatchFailure(call);
            lock (_gate)
            {
                (_call, _failure) = (null, failure);
                Monitor.PulseAll(_gate);
            }
        }

        var notClosed = CatchFailure(_close);
        lock (_gate)
        {
            _failure = notClosed;
            if (_phase == Phase.Abandoned)
                _hanging.Remove();
            else
                _phase = Phase.Closed;
            Monitor.PulseAll(_gate);
        }
    }

    private Action? Next()
    {
        lock (_gate)
        {
            while (_call is null && _phase == Phase.Serving)
                Monitor.Wait(_gate);
            return _call;
        }
    }

    private static ExceptionDispatchInfo? CatchFailure(Action call)
    {
        try
        {
            call();
            return null;
        }
#pragma warning disable CA1031 // Nothing on this thread could handle an exception, so it is captured and rethrown to the waiting caller.
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
