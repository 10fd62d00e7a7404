using System.Collections.Immutable;
using TspActors.Protocol;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// All songs that have a host at one moment, and the index for searching them. Only <see cref="HostReachability"/> and the thread-safe
/// cache of pages change afterwards, so every connection can read a snapshot without involving the writer.
/// </summary>
/// <param name="Version">A number that grows with every change to a song or its hosts.</param>
/// <param name="Songs">The songs by id. Snapshots share all unchanged nodes of the tree.</param>
/// <param name="Loads">The load of each host, as the host reported it.</param>
/// <param name="Index">The index that finds these songs by their words.</param>
/// <param name="Pages">Encoded pages, shared by all snapshots of a tracker.</param>
internal sealed record CatalogSnapshot(
    ulong Version, SongTree Songs, ImmutableDictionary<PeerId, HostLoad> Loads, SearchIndex Index, EncodedPages Pages)
{
    public static readonly CatalogSnapshot Empty = New(new EncodedPages(0));

    /// <summary>The number of songs that have a host.</summary>
    public int Count => Songs.Count;

    /// <summary>The live feeds, and how far their hosts are from the source.</summary>
    public LiveFeeds Feeds { get; init; } = LiveFeeds.None;

    /// <summary>The number of peers that have at least one song.</summary>
    public int Hosts { get; init; }

    /// <summary>Creates a catalog without songs.</summary>
    public static CatalogSnapshot New(EncodedPages pages) =>
        new(1, SongTree.Empty, ImmutableDictionary<PeerId, HostLoad>.Empty, SearchIndex.Empty, pages);

    /// <summary>Returns the song with this id; null if no peer hosts it.</summary>
    public CatalogSong? Find(int id) => Songs.Find(id);
}
