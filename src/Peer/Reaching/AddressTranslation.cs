using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Peer.Reaching;

/// <summary>The kind of address translation between this machine and the tracker, as far as addresses reveal it.</summary>
internal enum AddressTranslation
{
    /// <summary>The tracker has not reported the address that it sees for this peer.</summary>
    Unknown,

    /// <summary>The tracker sees an address of this machine, and anyone can connect to that address.</summary>
    None,

    /// <summary>
    /// The tracker is on this machine or on the same network, so the address that the tracker sees does not show which one others see.
    /// </summary>
    SameNetwork,

    /// <summary>The tracker sees the address of a router.</summary>
    Router,

    /// <summary>This machine is behind its provider's own NAT, where nobody can forward a port. Some VPNs use the same addresses.</summary>
    Provider,
}

/// <summary>Determines the <see cref="AddressTranslation"/> from addresses.</summary>
internal static class AddressComparison
{
    /// <summary>Returns the kind of address translation that the addresses reveal.</summary>
    /// <param name="observed">This peer's address as the tracker sees it; null = unknown.</param>
    /// <param name="own">This machine's addresses.</param>
    public static AddressTranslation Compare(IPAddress? observed, IReadOnlyCollection<IPAddress> own)
    {
        if (observed is null)
            return AddressTranslation.Unknown;
        observed = Plain(observed);
        if (!IsPublic(observed))
            return IsProviderNat(observed) ? AddressTranslation.Provider : AddressTranslation.SameNetwork;
        if (own.Any(address => Plain(address).Equals(observed)))
            return AddressTranslation.None;
        return own.Any(address => IsProviderNat(Plain(address))) ? AddressTranslation.Provider : AddressTranslation.Router;
    }

    /// <summary>Returns true if anyone can connect to the address, unless a firewall is in the way.</summary>
    public static bool IsPublic(IPAddress address)
    {
        address = Plain(address);
        return !IPAddress.IsLoopback(address) && !LocalEndpoint.IsPrivate(address) && !IsProviderNat(address) && !IsLinkLocal(address);
    }

    // 100.64.0.0/10 (RFC 6598).
    private static bool IsProviderNat(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [100, >= 64 and < 128, ..];

    private static bool IsLinkLocal(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? address.IsIPv6LinkLocal
        : address.GetAddressBytes() is [169, 254, ..];

    // Removes the scope and the mapping to IPv6, so that equal addresses compare as equal.
    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());
}
