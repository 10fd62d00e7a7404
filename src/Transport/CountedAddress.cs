using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport;

/// <summary>
/// Converts addresses to the form in which limits count them: the first 64 bits for IPv6, because one household owns an entire /64.
/// </summary>
public static class CountedAddress
{
    private const int PrefixBytes = 8;

    /// <summary>
    /// Returns an IPv4 address unchanged, an IPv4-mapped IPv6 address as IPv4, and an IPv6 address with its last 64 bits cleared.
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

    /// <summary>Returns whether an address is 127.0.0.1 or ::1, from which only programs on this machine can connect.</summary>
    public static bool IsThisMachine(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.IPv6Loopback);
    }
}
