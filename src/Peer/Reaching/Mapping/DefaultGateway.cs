using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Finds this machine's default IPv4 gateway. This is the <see cref="GatewaySource"/>, except in tests.</summary>
internal static class DefaultGateway
{
    // An address outside all local networks (RFC 5737). Connecting a UDP socket to it sends nothing: it only selects the route.
    private static readonly IPEndPoint Outside = new(IPAddress.Parse("192.0.2.1"), 9);

    /// <summary>
    /// Returns the gateway of the interface that the default route uses; null if there is no such route, or if the interface has no
    /// gateway, as with some VPNs.
    /// </summary>
    public static RouterAddresses? Find()
    {
        if (LocalAddressTowards(Outside) is not { } outgoing)
            return null;
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(network => network.OperationalStatus == OperationalStatus.Up)
                .Select(network => network.GetIPProperties())
                .Where(properties => properties.UnicastAddresses.Any(unicast => unicast.Address.Equals(outgoing)))
                .SelectMany(properties => properties.GatewayAddresses)
                .Select(gateway => gateway.Address)
                .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !address.Equals(IPAddress.Any))
                .Select(ToGateway)
                .FirstOrDefault(gateway => gateway is not null);
        }
        catch (NetworkInformationException)
        {
            // The operating system does not list its interfaces, for example in a sandbox.
            return null;
        }
    }

    private static RouterAddresses? ToGateway(IPAddress address) =>
        LocalAddressTowards(new IPEndPoint(address, RouterAddresses.DefaultPmpPort)) is { } local
            ? new RouterAddresses(local, address, RouterAddresses.DefaultPmpPort, RouterAddresses.DefaultSearch)
            : null;

    private static IPAddress? LocalAddressTowards(IPEndPoint remote)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(remote);
            return (socket.LocalEndPoint as IPEndPoint)?.Address;
        }
        catch (SocketException)
        {
            // There is no route.
            return null;
        }
    }
}
