using System.Collections.Immutable;
using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>A registered peer as listeners see it; fixed for as long as its connection lives, and encoded once for all its songs.</summary>
/// <param name="id">The peer.</param>
/// <param name="name">What people call it.</param>
/// <param name="address">Where listeners reach it.</param>
/// <param name="port">Its listen port; 0 = it hosts nothing.</param>
/// <param name="seenAt">The address that its connection comes from; null = not here.</param>
internal sealed class CatalogHost(PeerId id, string name, string address, int port, IPAddress? seenAt = null)
{
    public PeerId Id { get; } = id;

    public string Name { get; } = name;

    public string Address { get; } = address;

    public int Port { get; } = port;

    /// <summary>The address that its connection comes from, as limits count it; null = not to this tracker.</summary>
    public IPAddress? CountedAs { get; } = seenAt is null ? null : CountedAddress.Of(seenAt);

    /// <summary>The wire form, a protobuf <see cref="Host"/> without its load, which changes all the time.</summary>
    public ImmutableArray<byte> Encoded { get; } = [.. new Host
    {
        PeerId = UnsafeByteOperations.UnsafeWrap(id.ToArray()),
        Name = name,
        Address = address,
        Port = (uint)port,
    }.ToByteArray()];
}
