using System.Net;

namespace TspActors.Monitoring;

/// <summary>The settings for the HTTP port that serves health checks and metrics.</summary>
public sealed record MonitoringSettings
{
    /// <summary>Whether the port is opened.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The endpoint to bind to; port 0 = any free port.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 7080);

    /// <summary>
    /// Whether the user has chosen the port. If not, and the default port is taken, the program continues without the server.
    /// </summary>
    public bool IsPortChosen { get; init; }

    /// <summary>The names that the Host header of a request may contain, in addition to localhost and IP addresses.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>How long a connection may go without a request before it is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum number of open connections. A new connection beyond this limit closes an older connection. A fifth of the limit is
    /// reserved for connections from this machine.
    /// </summary>
    public int MaxConnections { get; init; } = 100;
}
