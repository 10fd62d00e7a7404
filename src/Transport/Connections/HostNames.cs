using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport.Connections;

/// <summary>Resolves the names of hosts.</summary>
internal static class HostNames
{
    private static readonly IPAddress[] Loopback = [IPAddress.IPv6Loopback, IPAddress.Loopback];

    /// <summary>Returns the addresses of a host.</summary>
    /// <exception cref="SocketException">The name has no address.</exception>
    public static Task<IPAddress[]> ResolveAsync(string host) => ResolveAsync(host, Dns.GetHostAddressesAsync);

    /// <summary>
    /// Returns the addresses of a host, using this lookup. "localhost" is this machine, even if the lookup fails (RFC 6761).
    /// </summary>
    public static async Task<IPAddress[]> ResolveAsync(string host, Func<string, Task<IPAddress[]>> lookup)
    {
        try
        {
            return await lookup(host).ConfigureAwait(false);
        }
        catch (SocketException) when (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            // A container may have no /etc/hosts.
            return Loopback;
        }
    }
}
