using System.Net;
using System.Net.Sockets;

namespace TspActors.Transport.Multicast;

/// <summary>An IPv4 and an IPv6 multicast group, their port, and the interfaces on which they are used.</summary>
/// <param name="Port">The port.</param>
/// <param name="IPv4">The IPv4 group; null = none. In tests, it can be a unicast address, which is then the only receiver.</param>
/// <param name="IPv6">The IPv6 group; null = none.</param>
/// <param name="FindInterfaces">Returns the interfaces that are up now.</param>
public sealed record MulticastGroup(
    int Port, IPAddress? IPv4, IPAddress? IPv6, Func<IReadOnlyList<MulticastInterface>> FindInterfaces)
{
    /// <summary>The groups of multicast DNS: 224.0.0.251 and ff02::fb, port 5353.</summary>
    public static MulticastGroup Mdns { get; } = new(
        5353, new IPAddress([224, 0, 0, 251]), IPAddress.Parse("ff02::fb"), MulticastInterface.FindAll);

    /// <summary>The groups that this machine can use.</summary>
    public IEnumerable<IPAddress> Groups
    {
        get
        {
            if (IPv4 is not null && Socket.OSSupportsIPv4)
                yield return IPv4;
            if (IPv6 is not null && Socket.OSSupportsIPv6)
                yield return IPv6;
        }
    }
}
