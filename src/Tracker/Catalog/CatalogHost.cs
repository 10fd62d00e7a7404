using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>A registered peer as listeners see it: fixed for as long as its connection lives, and encoded once for all its songs.</summary>
/// <param name="id">The peer.</param>
/// <param name="name">What people call it.</param>
/// <param name="address">Where listeners reach it.</param>
/// <param name="port">Its listen port; 0 = it hosts nothing.</param>
/// <param name="seenAt">The address that its connection comes from; null = it is connected to another tracker.</param>
/// <param name="reach">Whether its port can be reached, as far as that is known when it registers.</param>
internal sealed class CatalogHost(PeerId id, string name, string address, int port, IPAddress? seenAt = null, Reach reach = Reach.Unknown)
{
    private const byte ReachableTag = Host.ReachableFieldNumber << 3;

    // Everything but the value of its last field, which is the last byte.
    private readonly byte[] _encoded =
    [
        .. new Host
        {
            PeerId = UnsafeByteOperations.UnsafeWrap(id.ToArray()),
            Name = name,
            Address = address,
            Port = (uint)port,
        }.ToByteArray(),
        ReachableTag, 0,
    ];

    public PeerId Id { get; } = id;

    public string Name { get; } = name;

    public string Address { get; } = address;

    public int Port { get; } = port;

    /// <summary>The address that its connection comes from, as limits count it; null = it is connected to another tracker.</summary>
    public IPAddress? CountedAs { get; } = seenAt is null ? null : CountedAddress.From(seenAt);

    /// <summary>The network it is in; grants name hosts of different ones.</summary>
    public string Network { get; } = HostNetwork.From(seenAt, address);

    /// <summary>Whether its port can be reached, which changes for all its songs at once.</summary>
    public HostReachability Reachability { get; } = new(reach);

    /// <summary>Bytes of <see cref="WriteTo"/>.</summary>
    public int EncodedLength => _encoded.Length;

    /// <summary>Writes the host as a protobuf <see cref="Host"/>, without its load, which changes all the time.</summary>
    /// <returns>The bytes written.</returns>
    public int WriteTo(Span<byte> destination)
    {
        _encoded.CopyTo(destination);
        destination[_encoded.Length - 1] = Reachability.Current == Reach.Reachable ? (byte)1 : (byte)0;
        return _encoded.Length;
    }
}
