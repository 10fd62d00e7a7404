using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport;

/// <summary>
/// The form of an address by which limits count. For IPv6 it is the first 64 bits, because one household owns all addresses of a /64.
/// </summary>
public static class CountedAddress
{
    private const int PrefixBytes = 8;

    /// <summary>
    /// Returns an IPv4 address unchanged, or unmapped if it is mapped into IPv6. Clears the last 64 bits of an IPv6 address.
    /// </summary>
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
