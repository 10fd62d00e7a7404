using System.Net;
using System.Net.NetworkInformation;
using TspActors.Protocol;

namespace TspActors.Peer.Reaching;

/// <summary>This machine's endpoints on its own network, for requesters behind the same router.</summary>
internal static class OwnEndpoints
{
    /// <summary>
    /// Returns this machine's private addresses, each with the bound port: IPv4 before IPv6, and within each family the addresses on
    /// networks with a router first.
    /// </summary>
    /// <param name="bound">The address and port that the peer is bound to.</param>
    public static IReadOnlyList<string> Of(IPEndPoint bound)
    {
        if (!bound.Address.Equals(IPAddress.Any) && !bound.Address.Equals(IPAddress.IPv6Any))
            return LocalEndpoint.Filter([bound.ToString()]);
        var addresses = Addresses()
            .Where(address => bound.Address.Equals(IPAddress.IPv6Any) || address.AddressFamily == bound.AddressFamily)
            .OrderBy(address => address.AddressFamily);
        return LocalEndpoint.Filter(addresses.Select(address => new IPEndPoint(address, bound.Port).ToString()));
    }

    private static IPAddress[] Addresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(network => network.OperationalStatus == OperationalStatus.Up)
                .Select(network => network.GetIPProperties())
                // Container and virtual machine networks have no gateway. Their addresses mean nothing to others, so they come last.
                .OrderByDescending(network => network.GatewayAddresses.Count > 0)
                .SelectMany(network => network.UnicastAddresses)
                .Select(address => address.Address)];
        }
        catch (Exception error) when (error is NetworkInformationException or PlatformNotSupportedException)
        {
            // A sandbox can hide the interfaces. Requesters then use the listed address.
            return [];
        }
    }
}
