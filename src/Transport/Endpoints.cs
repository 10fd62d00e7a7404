using System.Net;

namespace TspActors.Transport;

/// <summary>Extension methods for the addresses that Akka.IO reports.</summary>
internal static class Endpoints
{
    /// <summary>
    /// Returns plain IPv4 for an address that a dual-stack socket reports as ::ffff:a.b.c.d, and any other address unchanged.
    /// </summary>
    public static IPEndPoint Unmapped(this IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;
}
