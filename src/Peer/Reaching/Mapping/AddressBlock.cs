using System.Net;
using System.Net.Sockets;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Distinguishes the IPv4 addresses of local networks from those of the Internet.</summary>
internal static class AddressBlock
{
    /// <summary>Returns whether an address belongs to this machine or to a private network (RFC 1918).</summary>
    public static bool IsLocal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is
            [127, ..] or [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..];

    /// <summary>
    /// Returns whether an address cannot be reached from the Internet. A router with such an external address is itself behind another
    /// router's or the provider's NAT. Providers usually assign addresses from 100.64.0.0/10 (RFC 6598) or, with DS-Lite, 192.0.0.0/29
    /// (RFC 6333).
    /// </summary>
    public static bool IsBehindNat(IPAddress address) =>
        IsLocal(address) || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is
            [100, >= 64 and <= 127, ..] or [192, 0, 0, ..] or [169, 254, ..] or [0, ..]);

    /// <summary>Returns whether an address is an IPv4 multicast address.</summary>
    public static bool IsMulticast(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and <= 239;
}
