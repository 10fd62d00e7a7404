using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport;

/// <summary>
/// Reduces an address to what limits count: the first 64 bits of IPv6, as one household has all addresses that begin with them.
/// </summary>
public static class CountedAddress
{
    private const int PrefixBytes = 8;

    /// <summary>Returns an IPv4 address as it is, mapped into IPv6 or not; an IPv6 address without its last 64 bits.</summary>
    public static IPAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return new IPAddress(bytes);
    }
}
