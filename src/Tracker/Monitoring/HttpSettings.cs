using System.Net;

namespace TspActors.Tracker.Monitoring;

/// <summary>The settings of the HTTP port for health, metrics and statistics.</summary>
public sealed record HttpSettings
{
    /// <summary>Whether the port is opened.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The endpoint to bind; port 0 = any free port.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 7080);
}
