using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>The packets of SSDP, the protocol for finding UPnP devices.</summary>
internal static class IgdDiscovery
{
    /// <summary>The maximum length of a reply that is read.</summary>
    public const int MaxPacketBytes = 2048;

    private const int MaxWaitSeconds = 2;

    /// <summary>The device and service types to search for. Not all routers reply to the same ones.</summary>
    public static readonly IReadOnlyList<string> Targets =
    [
        "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
        "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
        .. IgdService.Types,
    ];

    /// <summary>Returns the search request for one type.</summary>
    /// <param name="target">The device or service type.</param>
    /// <param name="search">The endpoint that the packet is sent to.</param>
    public static byte[] Request(string target, IPEndPoint search) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"M-SEARCH * HTTP/1.1\r\nHOST: {search}\r\nMAN: \"ssdp:discover\"\r\nMX: {MaxWaitSeconds}\r\nST: {target}\r\n\r\n"));

    /// <summary>Reads the address of a device's description from a reply.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="gateway">The address of the router, which must have sent the packet.</param>
    /// <param name="location">The address. Its host is the router.</param>
    /// <returns>False if the packet is not a reply to the search, or if the address that it contains is not the router's.</returns>
    public static bool TryParse(ReadOnlySpan<byte> packet, IPAddress gateway, [NotNullWhen(true)] out Uri? location)
    {
        location = null;
        var lines = Encoding.ASCII.GetString(packet[..Math.Min(packet.Length, MaxPacketBytes)]).Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || !lines[0].Contains(" 200", StringComparison.Ordinal)
            || Header(lines, "ST") is not { } target || !Targets.Contains(target))
            return false;
        return Uri.TryCreate(Header(lines, "LOCATION"), UriKind.Absolute, out location) && IsAtGateway(location, gateway);
    }

    /// <summary>
    /// Returns whether this peer may send requests to a URL: it must use http and lead to the router's own address, which must be a local
    /// one. Otherwise, a device on the network, or a router, could make this peer send requests to any machine.
    /// </summary>
    public static bool IsAtGateway(Uri address, IPAddress gateway) =>
        address.Scheme == Uri.UriSchemeHttp && address.UserInfo.Length == 0 && address.HostNameType == UriHostNameType.IPv4
        && IPAddress.TryParse(address.Host, out var host) && host.Equals(gateway) && AddressBlock.IsLocal(host);

    private static string? Header(string[] lines, string name)
    {
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                return line[(colon + 1)..].Trim();
        }

        return null;
    }
}
