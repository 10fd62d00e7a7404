using System.Net;
using System.Net.Sockets;

namespace TspActors.Configuration;

/// <summary>Reads the settings that contain an address to listen on.</summary>
public static class ListenAddress
{
    private const int MaxHostLength = 253;

    /// <summary>The value that stands for every IPv6 and IPv4 address of this machine.</summary>
    public const string All = "*";

    /// <summary>The address that accepts connections to every IPv6 and IPv4 address of this machine.</summary>
    public static IPAddress Everywhere { get; } = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>Returns the endpoint on which a program is listening, as shown to users and to programs that read its output.</summary>
    /// <param name="endpoint">The endpoint that the port is bound to.</param>
    /// <param name="isAll">Whether the setting is <see cref="All"/>. The endpoint is then shown with the IPv4 address 0.0.0.0, as it was
    ///   before the default included IPv6.</param>
    public static IPEndPoint Shown(IPEndPoint endpoint, bool isAll)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return isAll ? new IPEndPoint(IPAddress.Any, endpoint.Port) : endpoint;
    }

    /// <summary>Returns whether a setting is <see cref="All"/>.</summary>
    public static bool IsAll(SettingsReader reader, string key)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.Text(key, MaxHostLength) == All;
    }

    /// <summary>
    /// Reads an IP address, or a name that resolves to one. An invalid value is reported as a problem. If the system does not support
    /// IPv6, :: means every IPv4 address.
    /// </summary>
    public static IPAddress Read(SettingsReader reader, string key)
    {
        var address = ReadAll(reader, key)[0];
        return address.Equals(IPAddress.IPv6Any) ? Everywhere : address;
    }

    /// <summary>Like <see cref="Read"/>, but returns every address that the name resolves to.</summary>
    public static IReadOnlyList<IPAddress> ReadAll(SettingsReader reader, string key)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (IsAll(reader, key))
            return [Everywhere];
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
            // A name that does not resolve is treated as having no address.
        }

        reader.Reject(key, $"{host} does not resolve to an IP address", "write *, or an IP address such as 0.0.0.0, :: or 127.0.0.1");
        return [IPAddress.Any];
    }
}
