using System.Net;

namespace TspActors.Tracker.Monitoring;

/// <summary>The settings of the HTTP port for health, metrics and statistics.</summary>
public sealed record HttpSettings
{
    /// <summary>Whether the port is opened.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The endpoint to bind; port 0 = any free port.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 7080);

    /// <summary>The host names that requests may use, in addition to localhost and any IP address.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>A connection without a request for this long is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most open connections. Beyond this number, the oldest is closed. A fifth is reserved for this machine.</summary>
    public int MaxConnections { get; init; } = 100;
}
