using System.Net;

namespace TspActors.Tracker.Monitoring;

/// <summary>The settings of the HTTP port for health, metrics and statistics.</summary>
public sealed record HttpSettings
{
    /// <summary>Whether the port is opened.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The endpoint to bind; port 0 = any free port.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 7080);

    /// <summary>Host names under which it may be asked, besides localhost and any address.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>A connection without a request for this long is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Open connections; for one more, the oldest gives way. A fifth is for this machine alone.</summary>
    public int MaxConnections { get; init; } = 100;
}
