using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport.Connections;

/// <summary>
/// The order in which the addresses of a name are tried: IPv6 and IPv4 alternate, starting with IPv6 (RFC 8305), so that a family that does
/// not work from here delays the connection only once.
/// </summary>
internal static class AddressOrder
{
    /// <summary>The maximum number of addresses to try for one name.</summary>
    public const int Most = 8;

    /// <summary>
    /// Returns at most <see cref="Most"/> distinct addresses in the order in which they are tried. Within a family, they stay in the
    /// system's order. An IPv4-mapped IPv6 address counts as IPv4.
    /// </summary>
    public static IReadOnlyList<IPAddress> Interleave(IEnumerable<IPAddress> addresses)
    {
        var byFamily = addresses.Select(Unmap).Distinct().ToLookup(address => address.AddressFamily == AddressFamily.InterNetworkV6);
        var six = new Queue<IPAddress>(byFamily[true]);
        var four = new Queue<IPAddress>(byFamily[false]);
        var ordered = new List<IPAddress>();
        while (ordered.Count < Most && six.Count + four.Count > 0)
        {
            if (six.TryDequeue(out var next))
                ordered.Add(next);
            if (ordered.Count < Most && four.TryDequeue(out next))
                ordered.Add(next);
        }

        return ordered;
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
