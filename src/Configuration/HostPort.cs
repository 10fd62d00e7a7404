using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TspActors.Configuration;

/// <summary>A host (a name, an IPv4 address, or an IPv6 address without brackets) and a TCP port from 1 to 65535.</summary>
public sealed record HostPort(string Host, int Port)
{
    private const int MaxHostLength = 253;

    /// <summary>Returns "host:port", with brackets around an IPv6 address.</summary>
    public override string ToString() => Format(Host, Port);

    /// <summary>Returns "host:port", with brackets around an IPv6 address that has none.</summary>
    public static string Format(string host, long port)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Contains(':') && !host.StartsWith('[') ? $"[{host}]:{port}" : $"{host}:{port}";
    }

    /// <summary>Parses a host without a port: a name or an address. An IPv6 address may have brackets.</summary>
    /// <param name="text">The text.</param>
    /// <param name="host">The host, without brackets; the text itself if it is not a host.</param>
    public static bool TryParseHost(string text, out string host)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isBracketed = text.StartsWith('[') && text.EndsWith(']');
        host = isBracketed ? text[1..^1] : text;
        return isBracketed ? IsIPv6(host) : IsHost(host);
    }

    /// <summary>Reads "host:port" or "[v6]:port". If there is a default port, ":port" may be omitted.</summary>
    public static bool TryParse(string text, int? defaultPort, [NotNullWhen(true)] out HostPort? hostPort)
    {
        hostPort = null;
        bool bracketed = text.StartsWith('[');
        int end = bracketed ? text.IndexOf(']') : text.IndexOf(':');
        if (bracketed && end < 0)
            return false;
        string host = bracketed ? text[1..end] : end < 0 ? text : text[..end];
        string rest = bracketed ? text[(end + 1)..] : end < 0 ? "" : text[end..];
        if (!(bracketed ? IsIPv6(host) : IsHost(host)))
            return false;
        if (rest.Length == 0)
            hostPort = defaultPort is { } port ? new HostPort(host, port) : null;
        else if (rest[0] == ':' && TryParsePort(rest.AsSpan(1), out int given))
            hostPort = new HostPort(host, given);
        return hostPort is not null;
    }

    /// <summary>Returns whether the text is an address (IPv6 without brackets) or could be a host name.</summary>
    internal static bool IsHost(string text) =>
        IsIPv6(text)
        || (text.Length is > 0 and <= MaxHostLength && text[0] is not ('-' or '.')
            && text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.'));

    // IPAddress accepts brackets, and even a port after them.
    private static bool IsIPv6(string text) =>
        text.Contains(':') && text.AsSpan().IndexOfAny('[', ']') < 0 && HasPlainScope(text)
        && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    // IPAddress accepts anything after the %, even a line break.
    private static bool HasPlainScope(string text) =>
        text.IndexOf('%') is var scope
        && (scope < 0 || text[(scope + 1)..].All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'));

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
