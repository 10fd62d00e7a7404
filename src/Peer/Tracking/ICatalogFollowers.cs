using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The followers that a <see cref="FollowedCatalog"/> passes the catalog on to.</summary>
internal interface ICatalogFollowers
{
    /// <summary>Whether there are any followers.</summary>
    bool Any { get; }

    /// <summary>Whether the followers have applied almost everything that was passed on to them, so more may follow.</summary>
    bool AreReady { get; }

    /// <summary>Passes on some of the songs in a listing of the complete catalog.</summary>
    /// <param name="songs">The songs.</param>
    /// <param name="isFirst">Whether a new listing begins with these songs.</param>
    /// <param name="isLast">Whether the followers drop the songs that the listing has not named.</param>
    void Listed(IReadOnlyList<Song> songs, bool isFirst, bool isLast);

    /// <summary>Passes on a broadcast.</summary>
    void Changed(CatalogDelta delta);
}
