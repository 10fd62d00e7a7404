using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Relays;

/// <summary>One end of a connection through a relay.</summary>
/// <param name="Id">The peer.</param>
/// <param name="Address">Its remote address, normalised for per-address limits; null = unknown.</param>
internal readonly record struct RelayedPeer(PeerId Id, IPAddress? Address)
{
    /// <summary>Creates the end for a registered peer.</summary>
    public static RelayedPeer From(CatalogHost peer) => new(peer.Id, peer.RouterAddress);

    /// <summary>
    /// Returns whether this peer can connect to the address at which the tracker sees a volunteer. If a volunteer is on the tracker's own
    /// machine or network, the tracker sees it at a local address. Elsewhere, the same address belongs to a different machine.
    /// </summary>
    public bool CanReach(CatalogHost volunteer) => volunteer.SeenAt is { } seenAt && (IsPublic(seenAt)
        || (Address is { } address && (address.Equals(volunteer.RouterAddress)
            || (IsOfThisMachine(seenAt) ? IsOfThisMachine(address) : !IsPublic(address)))));

    /// <summary>
    /// Returns whether the tracker sees this peer and a volunteer over the same IP version. If not, this peer may be unable to connect
    /// to the volunteer's address.
    /// </summary>
    public bool SharesFamilyWith(CatalogHost volunteer) =>
        Address is null || Address.AddressFamily == volunteer.RouterAddress?.AddressFamily;

    // The normalised form of ::1 is ::.
    private static bool IsOfThisMachine(IPAddress address) => IPAddress.IsLoopback(address) || address.Equals(IPAddress.IPv6Any);

    // Providers use 100.64.0.0/10 between themselves and their customers (RFC 6598).
    private static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return !IsOfThisMachine(address) && !LocalEndpoint.IsPrivate(address) && !address.IsIPv6LinkLocal
            && !(address.AddressFamily == AddressFamily.InterNetwork
                && address.GetAddressBytes() is [169, 254, ..] or [100, >= 64 and < 128, ..]);
    }
}
