using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// A registered peer as a host of songs. Only its reachability, its port and its local endpoints change while the peer's connection is
/// open, so the host is encoded once for all of its songs.
/// </summary>
internal sealed class CatalogHost
{
    private const byte PortTag = Host.PortFieldNumber << 3;
    private const byte ReachableTag = Host.ReachableFieldNumber << 3;

    // The encoded length of a port that may change, whatever its value.
    private const int LongestPort = 3;

    // The complete message. Its last byte is the value of the reachable field, which WriteTo replaces. The length of the message must never
    // change, because a page is measured before it is written.
    private volatile byte[] _encoded;
    private volatile IReadOnlyList<string> _localEndpoints = [];
    private volatile int _port;

    /// <param name="id">The peer.</param>
    /// <param name="name">The name shown to users.</param>
    /// <param name="address">The address at which requesters reach the peer.</param>
    /// <param name="port">The peer's listen port; 0 = the peer hosts nothing.</param>
    /// <param name="seenAt">The remote address of the peer's connection; null = the peer is connected to another tracker.</param>
    /// <param name="reach">Whether the peer's port can be reached, as far as is known at registration.</param>
    /// <param name="isSecure">Whether the peer registered over TLS, which proves that its id is the id of its key.</param>
    /// <param name="features">The peer's features beyond the first version of the protocol.</param>
    public CatalogHost(
        PeerId id, string name, string address, int port, IPAddress? seenAt = null, PortReach reach = PortReach.Unknown,
        bool isSecure = false, PeerFeatures features = PeerFeatures.None)
    {
        (Id, Name, Address, _port, IsSecure, Features, SeenAt) = (id, name, address, port, isSecure, features, seenAt);
        CountedAs = seenAt is null ? null : CountedAddress.From(seenAt);
        RouterAddress = CountedAs;
        Voter = CountedAddress.From(seenAt ?? (IPAddress.TryParse(address, out var told) ? told : IPAddress.None));
        VoterNetwork = AddressGroup.Around(Voter)[^1];
        Network = HostNetwork.From(seenAt, address);
        Reachability = new HostReachability(reach);
        _encoded = Encoded(port);
    }

    public PeerId Id { get; }

    public string Name { get; }

    public string Address { get; }

    /// <summary>The port at which requesters reach the peer; 0 = the peer hosts nothing.</summary>
    public int Port => _port;

    /// <summary>
    /// Whether the peer registered over TLS, which proves that its id is the id of its key. Nobody else can register under that id.
    /// </summary>
    public bool IsSecure { get; }

    /// <summary>The peer's features beyond the first version of the protocol.</summary>
    public PeerFeatures Features { get; }

    /// <summary>Whether the peer can be asked to connect to a requester.</summary>
    public bool IsCallable => Features.HasFlag(PeerFeatures.Call) && _port > 0;

    /// <summary>Whether the peer's port serves only hosts that call the peer back. Such a peer plays songs but hosts none.</summary>
    public bool IsOnlyCallable => Features.HasFlag(PeerFeatures.Callable) && !Features.HasFlag(PeerFeatures.Call);

    /// <summary>Whether the tracker may send REACH to the peer, and the peer may later report a different port.</summary>
    public bool SupportsReach => Features != PeerFeatures.None && _port > 0;

    /// <summary>The remote address of the peer's connection; null = the peer is connected to another tracker.</summary>
    public IPAddress? SeenAt { get; }

    /// <summary>
    /// The remote address, normalised like <see cref="CountedAs"/>, but also set for a peer that is connected to another tracker; null =
    /// unknown. Peers behind the same router have the same address.
    /// </summary>
    public IPAddress? RouterAddress { get; init; }

    /// <summary>The peer's addresses and ports on its own network, which only requesters at the same address learn.</summary>
    public IReadOnlyList<string> LocalEndpoints
    {
        get => _localEndpoints;
        init => _localEndpoints = value;
    }

    /// <summary>The remote address, normalised for per-address limits; null = the peer is connected to another tracker.</summary>
    public IPAddress? CountedAs { get; }

    /// <summary>
    /// The address that votes on a song's facts through this host (<see cref="SongVote"/>). For a host at another tracker, it is the listed
    /// address.
    /// </summary>
    public IPAddress Voter { get; }

    /// <summary>The widest network that contains <see cref="Voter"/> and has limits of its own.</summary>
    public AddressGroup VoterNetwork { get; }

    /// <summary>The network of the host. Grants mix hosts from different networks.</summary>
    public string Network { get; }

    /// <summary>Whether the host's port can be reached. A change applies to all of the host's songs at once.</summary>
    public HostReachability Reachability { get; }

    /// <summary>The number of bytes that <see cref="WriteTo"/> writes. It never changes.</summary>
    public int EncodedLength => _encoded.Length;

    /// <summary>Returns whether pages list both hosts alike, apart from whether their ports are reachable.</summary>
    public bool IsListedLike(CatalogHost other) => _encoded.AsSpan().SequenceEqual(other._encoded);

    /// <summary>Writes the host as a protobuf <see cref="Host"/>, without its load, which changes constantly.</summary>
    /// <returns>The number of bytes written.</returns>
    public int WriteTo(Span<byte> destination)
    {
        var encoded = _encoded;
        encoded.CopyTo(destination);
        destination[encoded.Length - 1] = Reachability.Current == PortReach.Reachable ? (byte)1 : (byte)0;
        return encoded.Length;
    }

    /// <summary>
    /// Sets the port and the local endpoints at which requesters reach the host from now on. Pages that are already encoded keep the
    /// previous port. Only the SongRegistry calls this method.
    /// </summary>
    /// <param name="port">The port, which is not 0. It changes only if the peer supports REACH.</param>
    /// <param name="localEndpoints">The local endpoints; null = unchanged.</param>
    internal void MoveTo(int port, IReadOnlyList<string>? localEndpoints)
    {
        if (localEndpoints is not null)
            _localEndpoints = localEndpoints;
        if (!SupportsReach || port == _port)
            return;
        _port = port;
        _encoded = Encoded(port);
    }

    // A port that may change is always encoded in three bytes. Every protobuf parser accepts this form as well as the shortest one.
    private byte[] Encoded(int port)
    {
        var host = new Host
        {
            PeerId = UnsafeByteOperations.UnsafeWrap(Id.ToArray()),
            Name = Name,
            Address = Address,
            Port = SupportsReach ? 0 : (uint)port,
            Secure = IsSecure,
            Callable = IsCallable,
        };
        return [.. host.ToByteArray(), .. SupportsReach ? PaddedPort(port) : [], ReachableTag, 0];
    }

    private static byte[] PaddedPort(int port)
    {
        var bytes = new byte[1 + LongestPort];
        bytes[0] = PortTag;
        for (var i = 1; i <= LongestPort; i++, port >>= 7)
            bytes[i] = (byte)((port & 0x7F) | (i < LongestPort ? 0x80 : 0));
        return bytes;
    }
}
