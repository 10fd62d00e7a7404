namespace TspActors.Tracker.Monitoring;

/// <summary>What a tracker still waits for before it can serve. Any part names what it waits for, and takes it back; used by several threads.</summary>
public sealed class Readiness
{
    private readonly SortedDictionary<string, string> _missing = new(StringComparer.Ordinal);

    /// <summary>True when nothing is waited for.</summary>
    public bool IsReady => Missing.Count == 0;

    /// <summary>Why it cannot serve yet, for people; empty when it can.</summary>
    public IReadOnlyList<string> Missing
    {
        get
        {
            lock (_missing)
                return [.. _missing.Values];
        }
    }

    /// <summary>It cannot serve, or not any more.</summary>
    /// <param name="part">Who says so: "port", "cluster", …</param>
    /// <param name="reason">For people: what is missing.</param>
    public void Await(string part, string reason)
    {
        lock (_missing)
            _missing[part] = reason;
    }

    /// <summary>That part has what it waited for.</summary>
    public void Has(string part)
    {
        lock (_missing)
            _missing.Remove(part);
    }
}
