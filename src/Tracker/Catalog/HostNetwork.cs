using System.Net;
using System.Net.Sockets;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Determines the network of a host: an IPv4 /24 or an IPv6 /48, a block in which one person can easily own many addresses.
/// </summary>
internal static class HostNetwork
{
    private const int Ipv4Bytes = 3;
    private const int Ipv6Bytes = 6;

    /// <summary>Returns a key that is the same for all hosts of one network.</summary>
    /// <param name="seenAt">The address that the host's connection comes from; null = only <paramref name="address"/> is known.</param>
    /// <param name="address">The address at which others reach the host: an IP address, or a DNS name, which counts as a network of its
    ///   own.</param>
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
