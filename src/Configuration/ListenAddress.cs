using System.Net;
using System.Net.Sockets;

namespace TspActors.Configuration;

/// <summary>Reads an address to listen on.</summary>
public static class ListenAddress
{
    /// <summary>The address that accepts connections to every address of this machine, of IPv6 and of IPv4.</summary>
    public static IPAddress Everywhere { get; } = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>
    /// Reads an IP address, or a name that resolves to one. An invalid value is reported as a problem. Where the system has no IPv6, :: means
    /// every address of IPv4.
    /// </summary>
    public static IPAddress Read(SettingsReader reader, string key)
    {
        var address = ReadAll(reader, key)[0];
        return address.Equals(IPAddress.IPv6Any) ? Everywhere : address;
    }

    /// <summary>Reads like <see cref="Read"/>, but returns every address of the name.</summary>
    public static IReadOnlyList<IPAddress> ReadAll(SettingsReader reader, string key)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var host = reader.Host(key);
        if (IPAddress.TryParse(host, out var address))
            return [address];
        try
        {
            if (Dns.GetHostAddresses(host) is { Length: > 0 } addresses)
                return addresses;
        }
        catch (SocketException)
        {
            // A name that does not resolve counts as having no address.
        }

        reader.Reject(key, $"{host} does not resolve to an IP address", "write an IP address such as 0.0.0.0, :: or 127.0.0.1");
        return [IPAddress.Any];
    }
}
