using System.Net;

namespace TspActors.Transport;

/// <summary>How addresses of Akka.IO are shown.</summary>
internal static class Endpoints
{
    /// <summary>An IPv4 address that a dual-stack socket shows as ::ffff:a.b.c.d, as what it is.</summary>
    public static IPEndPoint Unmapped(this IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;
}
