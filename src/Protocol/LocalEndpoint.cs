using System.Net;
using System.Net.Sockets;

namespace TspActors.Protocol;

/// <summary>
/// The rules for local endpoints: the addresses and ports at which a peer can be reached within its own network (docs/protocol.md section
/// 3).
/// </summary>
public static class LocalEndpoint
{
    /// <summary>The maximum number of local endpoints per peer.</summary>
    public const int Most = 4;

    // Long enough for "[fd00:0000:0000:0000:0000:0000:0000:0000]:65535", with some room to spare.
    private const int LongestText = 50;

    /// <summary>Returns true if an address is private: 10/8, 172.16/12, 192.168/16 or fc00::/7.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? address.IsIPv6UniqueLocal
            : address.GetAddressBytes() is [10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..];
    }

    /// <summary>
    /// Parses a local endpoint. Returns null if the text is not a private address with a port. An IPv4-mapped IPv6 address becomes an IPv4
    /// address. The scope is dropped, because it is only meaningful on the sender's machine.
    /// </summary>
    public static IPEndPoint? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= LongestText && IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0 && IsPrivate(endpoint.Address)
            ? new IPEndPoint(Plain(endpoint.Address), endpoint.Port)
            : null;
    }

    /// <summary>Returns up to <see cref="Most"/> of the valid local endpoints that a peer has named.</summary>
    public static IReadOnlyList<string> Filter(IEnumerable<string> endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return [.. endpoints.Select(Parse).OfType<IPEndPoint>().Select(endpoint => endpoint.ToString()).Distinct().Take(Most)];
    }

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());
}
