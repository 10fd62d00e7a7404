using TspActors.Peer.Terminal;

namespace TspActors.Peer.Playlists;

/// <summary>The listener's own lists of songs in the data folder.</summary>
/// <param name="Finder">Finds these lists' songs in the catalog.</param>
/// <param name="Favourites">The favourite songs.</param>
/// <param name="Played">The songs that have been played; null = no such list is kept.</param>
/// <param name="KeptQueue">The queue from the last run; null if it is not kept.</param>
internal sealed record ListenerLists(SongFinder Finder, SongList Favourites, SongList? Played, SongList? KeptQueue)
{
    private const int MaxFavourites = 10_000;

    /// <summary>Returns the favourite songs, oldest first.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public IReadOnlyList<PlaylistEntry> LoadFavourites() => Load(Favourites);

    /// <summary>Returns the songs in a list.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static IReadOnlyList<PlaylistEntry> Load(SongList list)
    {
        try
        {
            return list.Load();
        }
        catch (IOException error)
        {
            throw new CommandException(SafeText.Clean(error.Message));
        }
    }

    /// <summary>Returns a peer's lists.</summary>
    /// <exception cref="CommandException">The peer has no data folder.</exception>
    public static ListenerLists Of(PeerNode peer, CatalogClient catalog)
    {
        var folder = peer.ListsFolder ?? throw new CommandException("there is no data folder for song lists; choose one with --data");
        var settings = peer.Settings.Listening;
        return new ListenerLists(
            new SongFinder(catalog, peer.FindShared),
            List(SongList.FavouritesName, MaxFavourites),
            settings.KeepHistory > 0 ? List(SongList.PlayedName, settings.KeepHistory) : null,
            settings.KeepQueue ? List(SongList.QueueName, settings.MaxQueue + 1, keepsFirst: true) : null);

        SongList List(string name, int capacity, bool keepsFirst = false) =>
            new(Path.Combine(folder, name), capacity, keepsFirst);
    }
}
