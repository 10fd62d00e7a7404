using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>Whether the tracker could connect to a host's port.</summary>
internal enum Reach : byte
{
    /// <summary>It has not tried yet.</summary>
    Unknown,

    /// <summary>It could.</summary>
    Reachable,

    /// <summary>It could not.</summary>
    Unreachable,
}

/// <summary>A registered peer as listeners see it; fixed for as long as its connection lives but for its reach, and encoded once for all its songs.</summary>
/// <param name="id">The peer.</param>
/// <param name="name">What people call it.</param>
/// <param name="address">Where listeners reach it.</param>
/// <param name="port">Its listen port; 0 = it hosts nothing.</param>
/// <param name="seenAt">The address that its connection comes from; null = not here.</param>
internal sealed class CatalogHost(PeerId id, string name, string address, int port, IPAddress? seenAt = null)
{
    private const byte ReachableTag = 5 << 3;

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

    private volatile Reach _reach;

    public PeerId Id { get; } = id;

    public string Name { get; } = name;

    public string Address { get; } = address;

    public int Port { get; } = port;

    /// <summary>The address that its connection comes from, as limits count it; null = not to this tracker.</summary>
    public IPAddress? CountedAs { get; } = seenAt is null ? null : CountedAddress.From(seenAt);

    /// <summary>Whether its port can be reached. It changes for all its songs at once: what is encoded from now on, a grant above all, says so; what is encoded already does not.</summary>
    public Reach Reach
    {
        get => _reach;
        set
        {
            _reach = value;
            // One byte, the last one, which is there for both values: whoever copies it meanwhile gets the one or the other.
            _encoded[^1] = value == Reach.Reachable ? (byte)1 : (byte)0;
        }
    }

    /// <summary>The wire form, a protobuf <see cref="Host"/> without its load, which changes all the time.</summary>
    public ImmutableArray<byte> Encoded => ImmutableCollectionsMarshal.AsImmutableArray(_encoded);
}
