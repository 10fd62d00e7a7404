using System.Net;

namespace TspActors.Tracker.Reachability;

/// <summary>
/// Limits the probes that peers request. Behind a provider's router, other customers share the peer's address, so a peer must not be
/// able to scan the ports of that address.
/// </summary>
/// <remarks>Times are readings of one monotonic clock.</remarks>
/// <param name="portsOfAddress">How many different ports the peers at one address may name within <see cref="Window"/>.</param>
internal sealed class ReachLimits(int portsOfAddress = ReachLimits.PortsOfAddress)
{
    /// <summary>The minimum time between two reports from one peer.</summary>
    public static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(10);

    /// <summary>How many different ports the peers at one address may report within <see cref="Window"/>.</summary>
    public const int PortsOfAddress = 20;

    /// <summary>
    /// How many different ports the hellos from one address may name within <see cref="Window"/>. This limit is higher than the limit for
    /// reports, because a peer that only listens has a new port at every start.
    /// </summary>
    public const int HelloPortsOfAddress = 60;

    /// <summary>The period over which the ports of an address are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private const int FirstUnprivileged = 1024;
    private const int Http = 80;
    private const int Https = 443;

    private readonly Dictionary<IPAddress, Dictionary<int, TimeSpan>> _ports = [];
    private TimeSpan _purgedAt;

    /// <summary>
    /// Returns whether a port may ever be probed. Ports below 1024, except those of the web (80 and 443), belong to other programs.
    /// </summary>
    public static bool MayProbe(int port) => port is Http or Https or (>= FirstUnprivileged and <= IPEndPoint.MaxPort);

    /// <summary>
    /// Counts the port in a peer's hello. Programs on the tracker's own machine do not count: they can connect to its ports without a
    /// tracker.
    /// </summary>
    /// <param name="address">The address of the peer, normalised.</param>
    /// <param name="port">The port.</param>
    /// <param name="now">The current time.</param>
    /// <param name="wait">How long to wait before the port may be counted.</param>
    /// <returns>False if the port must not be probed now.</returns>
    public bool TryCountHello(IPAddress address, int port, TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        // The normalised form of ::1 is ::.
        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.IPv6Any)
            || TryCount(address, port, reportedAt: null, now, out _, out var retryAfter))
            return true;
        wait = retryAfter!.Value;
        return false;
    }

    /// <summary>Counts a report.</summary>
    /// <param name="address">The address of the peer, normalised.</param>
    /// <param name="port">The reported port.</param>
    /// <param name="reportedAt">The time of the peer's last report; null = never.</param>
    /// <param name="now">The current time.</param>
    /// <param name="refusal">Why the port is not probed; null = it may be probed.</param>
    /// <param name="retryAfter">How long the peer must wait before it may report again.</param>
    /// <returns>False if the port must not be probed now.</returns>
    public bool TryCount(
        IPAddress address, int port, TimeSpan? reportedAt, TimeSpan now, out string? refusal, out TimeSpan? retryAfter)
    {
        (refusal, retryAfter) = (null, null);

        if (reportedAt is { } last && now - last < BetweenReports)
        {
            refusal = $"a port is tried at most once every {BetweenReports.TotalSeconds:0} seconds";
            retryAfter = BetweenReports - (now - last);
            return false;
        }

        Purge(now);
        if (!_ports.TryGetValue(address, out var ports))
            _ports.Add(address, ports = []);
        Forget(ports, now);
        if (!ports.ContainsKey(port) && ports.Count >= portsOfAddress)
        {
            refusal = $"the peers at {address} have reported {portsOfAddress} different ports within an hour";
            retryAfter = ports.Values.Min() + Window - now;
            return false;
        }

        ports[port] = now;
        return true;
    }

    private void Purge(TimeSpan now)
    {
        if (now - _purgedAt < BetweenReports)
            return;
        _purgedAt = now;
        foreach (var (address, ports) in _ports)
        {
            Forget(ports, now);
            if (ports.Count == 0)
                _ports.Remove(address);
        }
    }

    private static void Forget(Dictionary<int, TimeSpan> ports, TimeSpan now)
    {
        foreach (var port in ports.Where(entry => now - entry.Value >= Window).Select(entry => entry.Key).ToList())
            ports.Remove(port);
    }
}
