using System.Net;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>The router on this machine's network, and how to ask it for a mapping.</summary>
/// <param name="Local">This machine's address on the router's network.</param>
/// <param name="Address">The router's address on that network. Only packets from this address count as replies.</param>
/// <param name="PmpPort">The router's UDP port for NAT-PMP and PCP.</param>
/// <param name="Search">The endpoint that the search for UPnP routers is sent to.</param>
internal sealed record RouterAddresses(IPAddress Local, IPAddress Address, int PmpPort, IPEndPoint Search)
{
    /// <summary>The UDP port for NAT-PMP and PCP (RFC 6886, RFC 6887).</summary>
    public const int DefaultPmpPort = 5351;

    /// <summary>The multicast endpoint to which the search for UPnP devices is sent.</summary>
    public static readonly IPEndPoint DefaultSearch = new(IPAddress.Parse("239.255.255.250"), 1900);
}

/// <summary>
/// Finds the router to ask for a mapping. Returns null if there is none. This may take some time, so actors must not call it directly.
/// </summary>
internal delegate RouterAddresses? GatewaySource();
