using System.Net;
using System.Net.Sockets;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// The network that a host is in, as far as one person easily has many addresses of it: 256 addresses of IPv4, a /48 of IPv6.
/// </summary>
internal static class HostNetwork
{
    private const int Ipv4Bytes = 3;
    private const int Ipv6Bytes = 6;

    /// <summary>Returns a key that is equal for hosts of one network.</summary>
    /// <param name="seenAt">The address that the host's connection comes from; null when only its address for others is known.</param>
    /// <param name="address">Its address for others: an IP address or a DNS name, which is a network of its own.</param>
    public static string From(IPAddress? seenAt, string address)
    {
        if (seenAt is null && !IPAddress.TryParse(address, out seenAt))
            return address;
        if (seenAt.IsIPv4MappedToIPv6)
            seenAt = seenAt.MapToIPv4();
        var bytes = seenAt.GetAddressBytes();
        return Convert.ToHexString(bytes, 0, seenAt.AddressFamily == AddressFamily.InterNetwork ? Ipv4Bytes : Ipv6Bytes);
    }
}
