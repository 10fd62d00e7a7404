namespace TspActors.Peer.Tracking;

/// <summary>A tracker's name or address, and its port.</summary>
public sealed record TrackerAddress(string Host, int Port)
{
    /// <summary>Returns host:port, with brackets around an IPv6 address.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
