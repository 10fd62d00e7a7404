using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace TspActors.Protocol;

/// <summary>A tracker and the id of the TLS key that it must have, written tsps://host:port#KEYID.</summary>
/// <param name="Host">A name or an address; an IPv6 address has no brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="Key">The id of the key.</param>
public sealed record PinnedTracker(string Host, int Port, KeyId Key)
{
    /// <summary>The port used if a tracker's address does not name one.</summary>
    public const int DefaultPort = 7070;

    private const string Scheme = "tsps://";

    /// <summary>Parses tsps://host:port#KEYID or tsps://host#KEYID.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tracker">The tracker; null if the text is invalid.</param>
    /// <param name="fault">A description of the fault in the text, for a message; empty if there is none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PinnedTracker? tracker, out string fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        (tracker, fault) = Read(text);
        return tracker is not null;
    }

    /// <summary>Returns the text that <see cref="TryParse"/> reads, with brackets around an IPv6 address.</summary>
    public override string ToString() => Host.Contains(':') ? $"{Scheme}[{Host}]:{Port}#{Key}" : $"{Scheme}{Host}:{Port}#{Key}";

    private static (PinnedTracker? Tracker, string Fault) Read(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return (null, $"it does not begin with {Scheme}");
        var mark = text.IndexOf('#');
        if (mark < 0)
            return (null, "the # and the tracker's key id after it are missing");
        if (!KeyId.TryParse(text[(mark + 1)..], out var key))
            return (null, "there is no key id of 32 hexadecimal digits after the #");
        if (!TryParsePlace(text[Scheme.Length..mark].TrimEnd('/'), out var host, out var port))
            return (null, $"there is no host, or host:port, between {Scheme} and the #");
        return (new PinnedTracker(host, port, key), "");
    }

    private static bool TryParsePlace(string text, out string host, out int port)
    {
        var isBracketed = text.StartsWith('[');
        var end = isBracketed ? text.IndexOf(']') + 1 : text.IndexOf(':');
        host = end < 0 ? text : text[..end];
        var rest = end < 0 ? "" : text[end..];
        if (isBracketed && end > 0)
            host = host[1..^1];
        port = DefaultPort;
        return IsHost(host, isBracketed) && (rest.Length == 0 || (rest[0] == ':' && TryParsePort(rest.AsSpan(1), out port)));
    }

    private static bool IsHost(string text, bool isBracketed) => Uri.CheckHostName(text) switch
    {
        UriHostNameType.IPv6 => isBracketed,
        UriHostNameType.IPv4 or UriHostNameType.Dns => !isBracketed,
        _ => false,
    };

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= IPEndPoint.MaxPort;
}
