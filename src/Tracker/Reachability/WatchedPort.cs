using System.Net;
using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Reachability;

/// <summary>A peer's port: its endpoint, whether it was reached, and when the next probe is due.</summary>
/// <param name="host">The peer.</param>
/// <param name="address">The remote address of its connection. The tracker never probes a different address, even if the peer advertises
///   one.</param>
/// <param name="connection">The peer's connection.</param>
/// <param name="settings">The delays between probes.</param>
internal sealed class WatchedPort(CatalogHost host, IPAddress address, IActorRef connection, ReachabilitySettings settings)
{
    /// <summary>
    /// Orders ports by the time at which they are due; ports that are due at the same time keep the order of their registration.
    /// </summary>
    public static readonly IComparer<WatchedPort> ByDue =
        Comparer<WatchedPort>.Create((one, other) => (one.DueAt, one._number).CompareTo((other.DueAt, other._number)));

    private static long _numbers;

    private readonly long _number = Interlocked.Increment(ref _numbers);
    private int _failures;

    public CatalogHost Host { get; } = host;

    /// <summary>The peer's connection.</summary>
    public IActorRef Connection { get; } = connection;

    /// <summary>The result of the probes so far.</summary>
    public PortReach Reach { get; private set; }

    /// <summary>A port that the peer has reported since it registered, and that has not been probed yet; null = none.</summary>
    public int? Candidate { get; set; }

    /// <summary>
    /// Whether the limits have counted the port that is probed next. A reported port is counted when the report arrives.
    /// </summary>
    public bool IsCounted { get; set; }

    /// <summary>
    /// Whether the tracker may probe the next port at all. A peer's hello can name any port, including one that must not be probed.
    /// </summary>
    public bool MayBeProbed => ReachLimits.MayProbe(EndPoint.Port);

    /// <summary>
    /// The port with which the host is listed once the TrackerActor has handled all messages from the PortWatchActor.
    /// </summary>
    public int Port { get; private set; } = host.Port;

    /// <summary>The endpoint of the next probe.</summary>
    public IPEndPoint EndPoint => new(address, Candidate ?? Port);

    /// <summary>The endpoint that was reached most recently, and the time according to the PortWatchActor's clock; null = none.</summary>
    public (IPEndPoint EndPoint, TimeSpan At)? Reached { get; private set; }

    /// <summary>The address, normalised for per-address limits.</summary>
    public IPAddress Address { get; } = CountedAddress.From(address);

    /// <summary>When the next probe is due, by the PortWatchActor's clock. It must not change while the port is queued.</summary>
    public TimeSpan DueAt { get; set; }

    /// <summary>True once the peer is gone and its port is no longer probed.</summary>
    public bool IsGone { get; set; }

    /// <summary>The actors that are waiting for the result of the next probe, with their questions.</summary>
    public List<(IActorRef ReplyTo, AskPort Question)> Waiting { get; } = [];

    /// <summary>Records the result of a probe of <paramref name="endpoint"/>.</summary>
    /// <returns>The delay before the next probe, with random jitter to spread out ports that were registered together.</returns>
    public TimeSpan RecordProbe(IPEndPoint endpoint, bool reached, TimeSpan now, Random random)
    {
        if (Candidate == endpoint.Port)
            Candidate = null;
        if (reached)
        {
            // Only a counted port is ever probed.
            IsCounted = true;
            Port = endpoint.Port;
            Reached = (endpoint, now);
        }

        // The failure of a newly reported port says nothing about the peer's previous port.
        if (reached || endpoint.Port == Port)
            Count(reached);
        if (Candidate is not null)
            return TimeSpan.Zero;
        var wait = reached ? settings.RetryMax : settings.RetryMin * Math.Pow(2, Math.Clamp(_failures - 1, 0, 30));
        return (wait < settings.RetryMax ? wait : settings.RetryMax) * (0.75 + (random.NextDouble() / 2));
    }

    // A single failure does not make a reachable port unreachable: its host may just have been busy.
    private void Count(bool reached)
    {
        _failures = reached ? 0 : _failures + 1;
        if (reached)
            Reach = PortReach.Reachable;
        else if (Reach != PortReach.Reachable || _failures > 1)
            Reach = PortReach.Unreachable;
    }
}
