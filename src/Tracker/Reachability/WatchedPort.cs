using System.Net;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Reachability;

/// <summary>A peer's port: its endpoint, whether it was reached, and when the next probe is due.</summary>
/// <param name="host">The peer.</param>
/// <param name="address">The remote address of its connection. The tracker never probes a different one, even if the peer advertises
///   it.</param>
/// <param name="settings">The delays between probes.</param>
internal sealed class WatchedPort(CatalogHost host, IPAddress address, ReachabilitySettings settings)
{
    /// <summary>Orders ports by the time they are due; ports due at the same time keep the order of their registration.</summary>
    public static readonly IComparer<WatchedPort> ByDue =
        Comparer<WatchedPort>.Create((one, other) => (one.DueAt, one._number).CompareTo((other.DueAt, other._number)));

    private static long _numbers;

    private readonly long _number = Interlocked.Increment(ref _numbers);
    private int _failures;

    public CatalogHost Host { get; } = host;

    /// <summary>The result of the probes so far.</summary>
    public PortReach Reach { get; private set; }

    public IPEndPoint EndPoint { get; } = new(address, host.Port);

    /// <summary>The address, normalised for per-address limits.</summary>
    public IPAddress Address { get; } = CountedAddress.From(address);

    /// <summary>When the next probe is due, by the clock of the PortWatchActor. It must not change while the port is queued.</summary>
    public TimeSpan DueAt { get; set; }

    /// <summary>True once the peer is gone and its port is no longer probed.</summary>
    public bool IsGone { get; set; }

    /// <summary>Records the result of a probe.</summary>
    /// <returns>The delay before the next probe, with random jitter to spread out ports that were registered together.</returns>
    public TimeSpan RecordProbe(bool reached, Random random)
    {
        _failures = reached ? 0 : _failures + 1;
        // A single failure does not make a reachable port unreachable: its host may just have been busy.
        if (reached)
            Reach = PortReach.Reachable;
        else if (Reach != PortReach.Reachable || _failures > 1)
            Reach = PortReach.Unreachable;
        var wait = reached ? settings.RetryMax : settings.RetryMin * Math.Pow(2, Math.Min(_failures - 1, 30));
        return (wait < settings.RetryMax ? wait : settings.RetryMax) * (0.75 + (random.NextDouble() / 2));
    }
}
