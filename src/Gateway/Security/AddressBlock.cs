using System.Net;
using System.Net.Sockets;

namespace TspActors.Gateway.Security;

/// <summary>Groups and classifies client addresses.</summary>
internal static class AddressBlock
{
    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    /// <summary>Returns the IPv4 address, or the /64 of an IPv6 address.</summary>
    public static IPAddress Of(IPAddress address)
    {
        address = Plain(address);
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>Returns whether an address belongs to this machine or a private network.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        address = Plain(address);
        return IPAddress.IsLoopback(address) || Private.Any(network => network.Contains(address));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
