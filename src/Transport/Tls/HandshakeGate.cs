namespace TspActors.Transport.Tls;

/// <summary>
/// Limits the computation for TLS handshakes: only a few steps run at a time, so that a flood of handshakes does not occupy every
/// thread.
/// </summary>
/// <remarks>
/// A handshake counts only while it computes, never while it waits for the remote end. Handshakes that never finish therefore do not delay
/// others. Thread-safe.
/// </remarks>
/// <param name="atATime">The number of steps that can run at the same time.</param>
/// <param name="maxWaiting">The number of waiting steps at which no further handshake starts.</param>
internal sealed class HandshakeGate(int atATime, int maxWaiting)
{
    private const int StepsPerProcessor = 2;
    private const int MaxWaiting = 1024;

    private readonly Queue<Action> _waiting = [];
    private int _running;

    /// <summary>The gate that all connections of this program share.</summary>
    public static HandshakeGate Shared { get; } = new(StepsPerProcessor * Environment.ProcessorCount, MaxWaiting);

    /// <summary>Starts a handshake.</summary>
    /// <param name="step">Runs on another thread until the handshake waits for the remote end.</param>
    /// <returns>False if too many steps are waiting.</returns>
    public bool TryStart(Action step) => TryRun(step, maxWaiting);

    /// <summary>Continues a handshake that has started.</summary>
    public void Continue(Action step) => TryRun(step, int.MaxValue);

    private bool TryRun(Action step, int limit)
    {
        lock (_waiting)
        {
            if (_running >= atATime)
            {
                if (_waiting.Count >= limit)
                    return false;
                _waiting.Enqueue(step);
                return true;
            }

            _running++;
        }

        Run(step);
        return true;
    }

    private void Run(Action step) => ThreadPool.UnsafeQueueUserWorkItem(
        static work =>
        {
            try
            {
                work.Step();
            }
            finally
            {
                work.Gate.OnEnded();
            }
        },
        (Gate: this, Step: step),
        preferLocal: false);

    // Each step is its own work item, so that a long queue shares the threads with the actors.
    private void OnEnded()
    {
        Action? next;
        lock (_waiting)
        {
            if (!_waiting.TryDequeue(out next))
                _running--;
        }

        if (next is not null)
            Run(next);
    }
}
