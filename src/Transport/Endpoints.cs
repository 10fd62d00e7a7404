using System.Net;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport;

/// <summary>How addresses and failures of Akka.IO are shown.</summary>
internal static class Endpoints
{
    /// <summary>An IPv4 address that a dual-stack socket shows as ::ffff:a.b.c.d, as what it is.</summary>
    public static IPEndPoint Unmapped(this IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;

    /// <summary>": why", or nothing where Akka.IO does not say.</summary>
    public static string CauseText(this Tcp.CommandFailed failed) => failed.Cause.HasValue ? $": {failed.Cause.Value.GetBaseException().Message}" : "";
}
