namespace TspActors.Tracker.Monitoring;

/// <summary>
/// The conditions that still keep a tracker from serving. Each subsystem adds and clears its own condition. Thread-safe.
/// </summary>
public sealed class Readiness
{
    private readonly SortedDictionary<string, string> _missing = new(StringComparer.Ordinal);

    /// <summary>Whether there are no open conditions.</summary>
    public bool IsReady => Missing.Count == 0;

    /// <summary>The open conditions as human-readable text; empty if the tracker is ready.</summary>
    public IReadOnlyList<string> Missing
    {
        get
        {
            lock (_missing)
                return [.. _missing.Values];
        }
    }

    /// <summary>Records that a subsystem cannot serve yet, or can no longer serve.</summary>
    /// <param name="subsystem">The subsystem: "port", "cluster", …</param>
    /// <param name="reason">Why the subsystem cannot serve, as human-readable text.</param>
    public void Await(string subsystem, string reason)
    {
        lock (_missing)
            _missing[subsystem] = reason;
    }

    /// <summary>Clears a subsystem's condition.</summary>
    public void Has(string subsystem)
    {
        lock (_missing)
            _missing.Remove(subsystem);
    }
}
