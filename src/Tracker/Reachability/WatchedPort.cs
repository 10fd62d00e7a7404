using System.Net;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Reachability;

/// <summary>A peer's port: where it is, what is known of it, and when it is tried next.</summary>
/// <param name="host">The peer; it is told what is known.</param>
/// <param name="address">The address its connection comes from: no other one is ever tried, whatever the peer says.</param>
/// <param name="settings">Waits.</param>
internal sealed class WatchedPort(CatalogHost host, IPAddress address, ReachabilitySettings settings)
{
    /// <summary>Who is due first comes first; of two at the same moment whoever came first.</summary>
    public static readonly IComparer<WatchedPort> ByDue =
        Comparer<WatchedPort>.Create((one, other) => (one.DueAt, one._number).CompareTo((other.DueAt, other._number)));

    private static long _numbers;

    private readonly long _number = Interlocked.Increment(ref _numbers);
    private int _failures;

    public CatalogHost Host { get; } = host;

    public IPEndPoint EndPoint { get; } = new(address, host.Port);

    /// <summary>The address as limits count it.</summary>
    public IPAddress Address { get; } = CountedAddress.From(address);

    /// <summary>When it is tried next, by the clock of the PortWatchActor; stays as it is while it waits for that.</summary>
    public TimeSpan DueAt { get; set; }

    /// <summary>Its peer is gone; it is tried no more.</summary>
    public bool IsGone { get; set; }

    /// <summary>Takes the outcome of a try.</summary>
    /// <returns>The wait before the next one; longer or shorter by chance, so that ports that came together do not stay together.</returns>
    public TimeSpan Tried(bool reached, Random random)
    {
        var was = Host.Reach;
        _failures = reached ? 0 : _failures + 1;
        // One that was reached before may just have been busy.
        if (reached)
            Host.Reach = Reach.Reachable;
        else if (was != Reach.Reachable || _failures > 1)
            Host.Reach = Reach.Unreachable;
        var wait = reached ? settings.RetryMax : settings.RetryMin * Math.Pow(2, Math.Min(_failures - 1, 30));
        return (wait < settings.RetryMax ? wait : settings.RetryMax) * (0.75 + (random.NextDouble() / 2));
    }
}
