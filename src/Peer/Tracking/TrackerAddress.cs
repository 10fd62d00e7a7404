using System.Diagnostics.CodeAnalysis;
using TspActors.Configuration;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>A tracker's name or address, its port, and how it proves who it is.</summary>
/// <remarks>Two addresses with the same host and port are equal: they identify the same tracker.</remarks>
public sealed record TrackerAddress(string Host, int Port)
{
    /// <summary>The address formats that <see cref="TryParse"/> accepts, for messages.</summary>
    public const string Forms = "host:port, tsps://host:port#key-id, tsps://host:port or tsp://host:port";

    private const string SecureScheme = "tsps://";
    private const string PlainScheme = "tsp://";

    /// <summary>How the tracker proves who it is.</summary>
    public TrackerSecurity Security { get; init; } = TrackerSecurity.Automatic;

    /// <summary>Parses an address in one of the <see cref="Forms"/>.</summary>
    /// <param name="text">The address.</param>
    /// <param name="defaultPort">The port if the text has none; null = the text must have one.</param>
    /// <param name="address">The address.</param>
    public static bool TryParse(string text, int? defaultPort, [NotNullWhen(true)] out TrackerAddress? address)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        var (rest, security) = Split(text);
        if (security is null || !HostPort.TryParse(rest, defaultPort, out var hostPort))
            return false;
        address = new TrackerAddress(hostPort.Host, hostPort.Port) { Security = security };
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(TrackerAddress? other) => other is not null && Host == other.Host && Port == other.Port;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Host, Port);

    /// <summary>Returns host:port, with brackets around an IPv6 address.</summary>
    public override string ToString() => HostPort.Format(Host, Port);

    private static (string Place, TrackerSecurity? Security) Split(string text)
    {
        if (text.StartsWith(PlainScheme, StringComparison.OrdinalIgnoreCase))
            return (text[PlainScheme.Length..], new TrackerSecurity(TrackerSecurityKind.Plain));
        if (!text.StartsWith(SecureScheme, StringComparison.OrdinalIgnoreCase))
            return (text, TrackerSecurity.Automatic);
        var rest = text[SecureScheme.Length..];
        var hash = rest.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0)
            return (rest, new TrackerSecurity(TrackerSecurityKind.Authority));
        return (rest[..hash], KeyId.TryParse(rest[(hash + 1)..], out var key)
            ? new TrackerSecurity(TrackerSecurityKind.Pinned, key)
            : null);
    }
}
