using System.Net;

namespace TspActors.Tracker.Monitoring;

/// <summary>Where health, metrics and statistics are told over HTTP.</summary>
public sealed record HttpSettings
{
    /// <summary>Whether they are.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Where they are; port 0 = any.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 7080);
}
