using System.Net;

namespace TspActors.Tracker.Monitoring;

/// <summary>
/// The host names under which the HTTP port may be asked. A web page of a stranger whose name leads to this machine (DNS rebinding) asks
/// under that name, so it can read nothing.
/// </summary>
/// <remarks>An address cannot be rebound, and a request without a Host comes from no browser: both are allowed.</remarks>
internal sealed class HostAllowList(IEnumerable<string> names)
{
    private readonly HashSet<string> _names = new([.. names.Select(Normalize), "localhost"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns true when a request for that host is answered.</summary>
    /// <param name="host">The Host header without its port; empty = there was none.</param>
    public bool Allows(string host) => host.Length == 0 || IPAddress.TryParse(host, out _) || _names.Contains(Normalize(host));

    // A name may end with the dot of the root.
    private static string Normalize(string name) => name.TrimEnd('.');
}
