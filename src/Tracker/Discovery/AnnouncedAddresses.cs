using System.Net;
using System.Net.Sockets;
using TspActors.Transport.Multicast;

namespace TspActors.Tracker.Discovery;

/// <summary>Decides on which interfaces to announce a tracker, and with which addresses.</summary>
internal static class AnnouncedAddresses
{
    // More addresses would not fit into one packet.
    private const int Most = 16;

    /// <summary>
    /// Returns the interfaces on which the tracker can be reached, each with only those addresses on which it listens. A tracker that
    /// listens only on this machine is announced only on this machine.
    /// </summary>
    /// <param name="interfaces">The interfaces that are up.</param>
    /// <param name="bound">The address on which the tracker listens.</param>
    public static IReadOnlyList<MulticastInterface> Select(IReadOnlyList<MulticastInterface> interfaces, IPAddress bound) =>
    [
        .. from network in interfaces
           where !network.IsLoopback || IPAddress.IsLoopback(bound)
           let addresses = network.Addresses.Where(address => Listens(bound, address)).Take(Most).ToArray()
           where addresses.Length > 0
           select network with { Addresses = addresses },
    ];

    private static bool Listens(IPAddress bound, IPAddress address)
    {
        if (bound.Equals(IPAddress.IPv6Any))
            return true;
        return bound.Equals(IPAddress.Any)
            ? address.AddressFamily == AddressFamily.InterNetwork
            : bound.GetAddressBytes().AsSpan().SequenceEqual(address.GetAddressBytes());
    }
}
