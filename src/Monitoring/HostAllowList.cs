using System.Net;

namespace TspActors.Monitoring;

/// <summary>
/// The names that the Host header of a request to the HTTP port may contain. If a malicious web page has a name that resolves to this
/// machine (DNS rebinding), its requests carry that name and are refused.
/// </summary>
/// <remarks>
/// IP addresses are allowed, because they cannot be rebound; so are requests without a Host header, which no browser sends.
/// </remarks>
internal sealed class HostAllowList(IEnumerable<string> names)
{
    private readonly HashSet<string> _names = new([.. names.Select(Normalize), "localhost"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns true if requests for a host are answered.</summary>
    /// <param name="host">The Host header without its port; empty = there was no header.</param>
    public bool Allows(string host) => host.Length == 0 || IPAddress.TryParse(host, out _) || _names.Contains(Normalize(host));

    // A name may end with a dot, which stands for the DNS root.
    private static string Normalize(string name) => name.TrimEnd('.');
}
