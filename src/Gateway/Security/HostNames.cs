using System.Net;

namespace TspActors.Gateway.Security;

/// <summary>
/// The names that the Host header may contain. A malicious page can make its own name resolve to this machine, but its requests then carry
/// that name in the header, and are refused.
/// </summary>
internal sealed class HostNames(GatewaySettings settings)
{
    private readonly HashSet<string> _names = new(
        [
            "localhost", .. settings.AllowedHosts, .. settings.AllowedHosts.Select(AsciiName),
            .. PublicNames(settings.PublicUrl),
            .. IPAddress.IsLoopback(settings.Endpoint.Address) ? Array.Empty<string>() : [Environment.MachineName, Environment.MachineName + ".local"],
        ],
        StringComparer.OrdinalIgnoreCase);

    private static string[] PublicNames(string url) => url.Length > 0 ? [new Uri(url).Host, new Uri(url).IdnHost] : [];

    // Browsers send international names in their ASCII form (punycode).
    private static string AsciiName(string name) =>
        Uri.TryCreate($"http://{name}", UriKind.Absolute, out var url) ? url.IdnHost : name;

    /// <summary>Returns whether a host, given without a port, is allowed. IP addresses always are, because DNS rebinding needs a
    /// name.</summary>
    public bool Allows(string host)
    {
        var name = host.Trim('[', ']').TrimEnd('.');
        return _names.Contains(name) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(name, out _);
    }
}
