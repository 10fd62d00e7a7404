using System.Collections.Immutable;
using TspActors.Protocol;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Catalog;

/// <summary>All songs that have a host, at one moment, and the index to search them. Immutable: every connection reads it without asking the one that writes.</summary>
/// <param name="Version">Grows with every change of a song or its hosts.</param>
/// <param name="Songs">By id; shared with the snapshots before and after but for what has changed.</param>
/// <param name="Loads">How busy the hosts said they are.</param>
/// <param name="Index">Finds the same songs by their words.</param>
/// <param name="Pages">What is encoded already; shared by all snapshots of a tracker.</param>
internal sealed record CatalogSnapshot(
    ulong Version, SongTree Songs, ImmutableDictionary<PeerId, HostLoad> Loads, SearchIndex Index, EncodedPages Pages)
{
    public static readonly CatalogSnapshot Empty = New(new EncodedPages(0));

    /// <summary>Songs that have a host.</summary>
    public int Count => Songs.Count;

    /// <summary>A catalog without songs.</summary>
    public static CatalogSnapshot New(EncodedPages pages) => new(1, SongTree.Empty, ImmutableDictionary<PeerId, HostLoad>.Empty, SearchIndex.Empty, pages);

    /// <summary>The song of that id; null when nobody hosts it.</summary>
    public CatalogSong? Find(int id) => Songs.Find(id);
}
