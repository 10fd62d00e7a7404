using System.Net;
using System.Net.NetworkInformation;

namespace TspActors.Transport.Multicast;

/// <summary>A network interface of this machine that is up and can send to a multicast group.</summary>
/// <param name="Name">The name, for messages.</param>
/// <param name="Index">The operating system's number for the interface.</param>
/// <param name="Addresses">The addresses of this machine on the interface, IPv4 addresses first. Link-local ones have no scope.</param>
public sealed record MulticastInterface(string Name, int Index, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>Whether only this machine is on the interface.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>Returns the interfaces that are up and can send to a group. The loopback interface is included.</summary>
    /// <exception cref="NetworkInformationException">The operating system cannot list the interfaces.</exception>
    public static IReadOnlyList<MulticastInterface> FindAll() =>
    [
        .. from network in NetworkInterface.GetAllNetworkInterfaces()
           let isLoopback = network.NetworkInterfaceType == NetworkInterfaceType.Loopback
           // Linux reports an unknown type and no multicast for the loopback interface, although the interface supports multicast.
           where isLoopback || (network.OperationalStatus == OperationalStatus.Up && network.SupportsMulticast)
           let index = IndexOf(network)
           where index > 0
           select new MulticastInterface(network.Name, index, AddressesOf(network)) { IsLoopback = isLoopback },
    ];

    private static int IndexOf(NetworkInterface network)
    {
        var properties = network.GetIPProperties();
        if (network.Supports(NetworkInterfaceComponent.IPv4))
            return properties.GetIPv4Properties().Index;
        return network.Supports(NetworkInterfaceComponent.IPv6) ? properties.GetIPv6Properties().Index : 0;
    }

    private static IPAddress[] AddressesOf(NetworkInterface network) =>
    [
        .. network.GetIPProperties().UnicastAddresses.Select(address => new IPAddress(address.Address.GetAddressBytes()))
            .OrderBy(address => address.AddressFamily),
    ];
}
