using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Learns every change of a <see cref="LocalCatalog"/>.</summary>
internal interface ICatalogObserver
{
    /// <summary>The catalog consists of exactly these songs now. The collection is valid during the call only.</summary>
    void Listed(IReadOnlyCollection<Song> songs);

    /// <summary>A broadcast was applied.</summary>
    void Changed(CatalogDelta delta);
}
