using System.Net;
using System.Net.NetworkInformation;
using TspActors.Protocol;

namespace TspActors.Peer.Reaching;

/// <summary>The endpoints of this machine in its own network, for requesters behind the same router.</summary>
internal static class OwnEndpoints
{
    /// <summary>Returns the private addresses of this machine with a port, those of IPv4 first.</summary>
    /// <param name="bound">The address and port to which the peer is bound.</param>
    public static IReadOnlyList<string> Of(IPEndPoint bound)
    {
        if (!bound.Address.Equals(IPAddress.Any) && !bound.Address.Equals(IPAddress.IPv6Any))
            return LocalEndpoint.Filter([bound.ToString()]);
        var addresses = NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address)
            .Where(address => bound.Address.Equals(IPAddress.IPv6Any) || address.AddressFamily == bound.AddressFamily)
            .OrderBy(address => address.AddressFamily);
        return LocalEndpoint.Filter(addresses.Select(address => new IPEndPoint(address, bound.Port).ToString()));
    }
}
