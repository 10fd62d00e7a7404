using System.Diagnostics;

namespace TspActors.Benchmarks.Load;

/// <summary>
/// Measures how late this process wakes up, because a load generator that runs late itself cannot tell whether the bytes were late.
/// </summary>
internal sealed class WakeUpLag : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _watching;
    private long _worstTicks;

    public WakeUpLag() => _watching = WatchAsync();

    /// <summary>The greatest delay of a thread pool timer so far.</summary>
    public TimeSpan Worst => TimeSpan.FromTicks(Interlocked.Read(ref _worstTicks));

    public void Dispose()
    {
        _stopped.Cancel();
        _watching.GetAwaiter().GetResult();
        _stopped.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                var begun = Stopwatch.GetTimestamp();
                await Task.Delay(Interval, _stopped.Token).ConfigureAwait(false);
                var late = Stopwatch.GetElapsedTime(begun) - Interval;
                if (late.Ticks > _worstTicks)
                    Interlocked.Exchange(ref _worstTicks, late.Ticks);
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
            return;
        }
    }
}
