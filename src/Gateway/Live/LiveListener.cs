using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Live;

/// <summary>
/// The chunks that one listener has not read yet. A listener that is too slow loses the oldest chunks, so that its backlog stays small and
/// no other listener has to wait for it. The feed writes the chunks, and one response reads them. Thread-safe.
/// </summary>
/// <param name="maxBacklog">The maximum length of the backlog in bytes. A single chunk may be longer.</param>
internal sealed class LiveListener(long maxBacklog)
{
    private readonly Lock _lock = new();
    private readonly Queue<LiveSound> _waiting = new();
    private long _bytes;
    private bool _hasEnded;
    private TaskCompletionSource? _arrival;

    /// <summary>Why the feed ended; null = it has not ended, or its source has ended it.</summary>
    public FetchFault? Fault { get; private set; }

    /// <summary>The number of chunks that were lost because the listener was too slow.</summary>
    public long Skipped { get; private set; }

    /// <summary>Adds a chunk.</summary>
    public void Add(LiveSound sound)
    {
        ArgumentNullException.ThrowIfNull(sound);
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            if (_hasEnded)
                return;
            _waiting.Enqueue(sound);
            _bytes += sound.Mp3.Length;
            while (_bytes > maxBacklog && _waiting.Count > 1)
            {
                _bytes -= _waiting.Dequeue().Mp3.Length;
                Skipped++;
            }

            (arrival, _arrival) = (_arrival, null);
        }

        arrival?.TrySetResult();
    }

    /// <summary>Ends the feed once the waiting chunks have been read.</summary>
    public void End(FetchFault? fault)
    {
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            if (_hasEnded)
                return;
            (_hasEnded, Fault) = (true, fault);
            (arrival, _arrival) = (_arrival, null);
        }

        arrival?.TrySetResult();
    }

    /// <summary>Removes and returns the next chunk, waiting for it if necessary.</summary>
    /// <returns>The chunk; null = the feed has ended.</returns>
    /// <exception cref="TimeoutException">No chunk arrived in time.</exception>
    public async ValueTask<LiveSound?> ReadAsync(TimeSpan deadline, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            Task arrival;
            lock (_lock)
            {
                if (_waiting.TryDequeue(out var sound))
                {
                    _bytes -= sound.Mp3.Length;
                    return sound;
                }

                if (_hasEnded)
                    return null;
                arrival = (_arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await arrival.WaitAsync(deadline, time, cancellation).ConfigureAwait(false);
        }
    }
}
