using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>A registered peer as listeners see it; fixed for as long as its connection lives.</summary>
/// <param name="Id">The peer.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Address">Where listeners reach it.</param>
/// <param name="Port">Its listen port; 0 = it hosts nothing.</param>
internal sealed record CatalogHost(PeerId Id, string Name, string Address, int Port)
{
    /// <summary>The wire form; <paramref name="load"/> is left out of pages, because it changes all the time.</summary>
    public Host ToMessage(HostLoad? load = null) => new()
    {
        PeerId = UnsafeByteOperations.UnsafeWrap(Id.ToArray()),
        Name = Name,
        Address = Address,
        Port = (uint)Port,
        ActiveStreams = load?.ActiveStreams ?? 0,
        MaxStreams = load?.MaxStreams ?? 0,
    };
}
