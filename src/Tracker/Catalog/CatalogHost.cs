using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// A registered peer as a host of songs. Only its reachability changes while the peer's connection is open, so the host is encoded once for
/// all its songs.
/// </summary>
/// <param name="id">The peer.</param>
/// <param name="name">The name that people see.</param>
/// <param name="address">The address at which requesters reach it.</param>
/// <param name="port">Its listen port; 0 = it hosts nothing.</param>
/// <param name="seenAt">The remote address of its connection; null = it is connected to another tracker.</param>
/// <param name="reach">Whether its port can be reached, as far as that is known at registration.</param>
/// <param name="isSecure">Whether it registered over TLS, and its id is the id of its key.</param>
internal sealed class CatalogHost(
    PeerId id, string name, string address, int port, IPAddress? seenAt = null, PortReach reach = PortReach.Unknown, bool isSecure = false)
{
    private const byte ReachableTag = Host.ReachableFieldNumber << 3;

    // The whole message. Its last byte is the value of the reachable field, which WriteTo replaces.
    private readonly byte[] _encoded =
    [
        .. new Host
        {
            PeerId = UnsafeByteOperations.UnsafeWrap(id.ToArray()),
            Name = name,
            Address = address,
            Port = (uint)port,
            Secure = isSecure,
        }.ToByteArray(),
        ReachableTag, 0,
    ];

    public PeerId Id { get; } = id;

    public string Name { get; } = name;

    public string Address { get; } = address;

    public int Port { get; } = port;

    /// <summary>Whether it registered over TLS, and its id is the id of its key. Nobody else can register under that id.</summary>
    public bool IsSecure { get; } = isSecure;

    /// <summary>The remote address, normalised for per-address limits; null = the peer is connected to another tracker.</summary>
    public IPAddress? CountedAs { get; } = seenAt is null ? null : CountedAddress.From(seenAt);

    /// <summary>
    /// The address that votes on a song's facts through this host (<see cref="SongVote"/>). For a host at another tracker, it is the listed
    /// address.
    /// </summary>
    public IPAddress Voter { get; } = CountedAddress.From(
        seenAt ?? (IPAddress.TryParse(address, out var told) ? told : IPAddress.None));

    /// <summary>The network of the host. Grants mix hosts of different networks.</summary>
    public string Network { get; } = HostNetwork.From(seenAt, address);

    /// <summary>Whether the host's port can be reached. A change applies to all songs of the host at once.</summary>
    public HostReachability Reachability { get; } = new(reach);

    /// <summary>The number of bytes that <see cref="WriteTo"/> writes.</summary>
    public int EncodedLength => _encoded.Length;

    /// <summary>Returns true if pages list both hosts alike, apart from whether their ports are reachable.</summary>
    public bool IsListedLike(CatalogHost other) => _encoded.AsSpan().SequenceEqual(other._encoded);

    /// <summary>Writes the host as a protobuf <see cref="Host"/>, without its load, which changes all the time.</summary>
    /// <returns>The number of bytes written.</returns>
    public int WriteTo(Span<byte> destination)
    {
        _encoded.CopyTo(destination);
        destination[_encoded.Length - 1] = Reachability.Current == PortReach.Reachable ? (byte)1 : (byte)0;
        return _encoded.Length;
    }
}
