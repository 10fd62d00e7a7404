namespace TspActors.Gateway.Library;

/// <summary>
/// The sorted lists of the library. Each is created when it is first requested, and is kept up to date from then on.
/// </summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class LibraryViews
{
    private readonly LibraryTables _tables;

    // One for each order except FirstSeen, for which the set of counted songs is enough.
    private readonly SortedView[] _songs;
    private readonly SortedView[] _albums;
    private readonly SortedView _artists;

    public LibraryViews(LibraryTables tables)
    {
        _tables = tables;
        _songs =
        [
            Songs(tables, (left, right) => string.Compare(left.Title, right.Title, StringComparison.OrdinalIgnoreCase)),
            Songs(tables, (left, right) => ByArtist(tables, left, right)),
            Songs(tables, (left, right) => (right.Row.FirstSeen, right.Ordinal).CompareTo((left.Row.FirstSeen, left.Ordinal))),
        ];
        _albums =
        [
            Albums(tables, (left, right) => tables.Albums.SortNames.Compare(left.SortName, right.SortName) is not 0 and var order
                ? order
                : string.CompareOrdinal(left.Artist.SortName, right.Artist.SortName)),
            Albums(tables, (left, right) => string.CompareOrdinal(left.Artist.SortName, right.Artist.SortName) is not 0 and var order
                ? order
                : left.Summary.Year.CompareTo(right.Summary.Year) is not 0 and var byYear
                    ? byYear
                    : tables.Albums.SortNames.Compare(left.SortName, right.SortName)),
            Albums(tables, (left, right) => (right.Summary.FirstSeen, right.Ordinal).CompareTo((left.Summary.FirstSeen, left.Ordinal))),
        ];
        _artists = new SortedView(
            (left, right) => ByName(tables.Artists[left], tables.Artists[right]), artist => tables.Artists[artist].ShownAlbums > 0,
            () => tables.Artists.Count);
    }

    /// <summary>Increases when the list of album artists changes.</summary>
    public long ArtistsVersion { get; private set; }

    /// <summary>Increases when a list of albums changes.</summary>
    public long AlbumsVersion { get; private set; }

    public OrdinalList Get(SongOrder order) => order == SongOrder.FirstSeen
        ? new OrdinalList(_tables.Songs.Counted, _tables.Songs.Length)
        : new OrdinalList(_songs[(int)order - 1].Get());

    /// <summary>Returns the wanted songs, sorted by artist, including those that lists hide in favour of another encoding.</summary>
    public int[] SongsByArtist(Func<int, bool> isWanted)
    {
        var shown = Array.FindAll(_songs[(int)SongOrder.Artist - 1].Get(), new Predicate<int>(isWanted));
        int[] hidden = [.. Enumerable.Range(0, _tables.Songs.Length).Where(song => _tables.Songs[song].IsHidden && isWanted(song))];
        if (hidden.Length == 0)
            return shown;
        int[] all = [.. shown, .. hidden];
        Array.Sort(all, _songs[(int)SongOrder.Artist - 1].Order);
        return all;
    }

    /// <param name="kind">ByName, ByArtist or Newest.</param>
    public int[] Get(AlbumListKind kind) => _albums[(int)kind].Get();

    public int[] Artists => _artists.Get();

    public void Changed(SongEntry song)
    {
        foreach (var view in _songs)
            view.Changed(song.Ordinal);
    }

    public void Changed(AlbumNode album)
    {
        AlbumsVersion++;
        foreach (var view in _albums)
            view.Changed(album.Ordinal);
        // The artist's album and song counts may have changed.
        Changed(album.Artist);
    }

    public void Changed(ArtistNode artist)
    {
        ArtistsVersion++;
        _artists.Changed(artist.Ordinal);
    }

    public void Reset()
    {
        AlbumsVersion++;
        ArtistsVersion++;
        foreach (var view in _songs)
            view.Reset();
        foreach (var view in _albums)
            view.Reset();
        _artists.Reset();
    }

    private static int ByArtist(LibraryTables tables, SongEntry left, SongEntry right)
    {
        var order = string.CompareOrdinal(left.Artist.SortName, right.Artist.SortName);
        if (order == 0)
            order = tables.Albums.SortNames.Compare(left.Album.SortName, right.Album.SortName);
        return order != 0 ? order : (left.Disc, left.Track).CompareTo((right.Disc, right.Track));
    }

    private static int ByName(ArtistNode left, ArtistNode right) =>
        string.CompareOrdinal(left.SortName, right.SortName) is not 0 and var order
            ? order
            : string.CompareOrdinal(left.Key, right.Key);

    private static SortedView Songs(LibraryTables tables, Comparison<SongEntry> order) => new(
        (left, right) => order(tables.Song(left), tables.Song(right)) is not 0 and var result ? result : left.CompareTo(right),
        song => tables.Songs[song].IsShown, () => tables.Songs.Length);

    private static SortedView Albums(LibraryTables tables, Comparison<AlbumNode> order) => new(
        (left, right) => order(tables.Albums[left], tables.Albums[right]) is not 0 and var result ? result : left.CompareTo(right),
        album => tables.Albums[album].IsShown, () => tables.Albums.Count);
}
