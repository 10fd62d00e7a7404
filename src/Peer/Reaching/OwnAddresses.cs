using System.Net;
using System.Net.NetworkInformation;

namespace TspActors.Peer.Reaching;

/// <summary>Reads the addresses of this machine's network interfaces.</summary>
internal static class OwnAddresses
{
    /// <summary>Returns the addresses of all interfaces, without duplicates.</summary>
    /// <exception cref="NetworkInformationException">The operating system does not list its interfaces.</exception>
    public static IReadOnlyList<IPAddress> Read() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Distinct(),
    ];
}
