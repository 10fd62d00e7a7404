namespace TspActors.Gateway.Library;

/// <summary>The sorted lists of the library. Each is created when it is first requested, and then follows changes.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class LibraryViews
{
    private readonly SortedView<SongEntry>[] _songs;
    private readonly SortedView<AlbumNode>[] _albums;
    private readonly SortedView<ArtistNode> _artists;

    public LibraryViews(LibraryTables tables)
    {
        _songs =
        [
            Songs(tables, (left, right) => 0),
            Songs(tables, (left, right) => string.Compare(left.Title, right.Title, StringComparison.OrdinalIgnoreCase)),
            Songs(tables, ByArtist),
            Songs(tables, (left, right) => (right.FirstSeen, right.Ordinal).CompareTo((left.FirstSeen, left.Ordinal))),
        ];
        _albums =
        [
            Albums(tables, (left, right) => string.CompareOrdinal(left.SortName, right.SortName) is not 0 and var order
                ? order
                : string.CompareOrdinal(left.Artist.SortName, right.Artist.SortName)),
            Albums(tables, (left, right) => string.CompareOrdinal(left.Artist.SortName, right.Artist.SortName) is not 0 and var order
                ? order
                : (left.Summary.Year, left.SortName).CompareTo((right.Summary.Year, right.SortName))),
            Albums(tables, (left, right) => (right.Summary.FirstSeen, right.Ordinal).CompareTo((left.Summary.FirstSeen, left.Ordinal))),
        ];
        _artists = new SortedView<ArtistNode>(
            (left, right) => Sorted(string.CompareOrdinal(left.SortName, right.SortName), left.Key, right.Key),
            artist => artist.ShownAlbums > 0, () => tables.ArtistsByOrdinal);
    }

    /// <summary>Increases when the list of album artists changes.</summary>
    public long ArtistsVersion { get; private set; }

    /// <summary>Increases when a list of albums changes.</summary>
    public long AlbumsVersion { get; private set; }

    public SongEntry[] Get(SongOrder order) => _songs[(int)order].Get();

    /// <param name="kind">ByName, ByArtist or Newest.</param>
    public AlbumNode[] Get(AlbumListKind kind) => _albums[(int)kind].Get();

    public ArtistNode[] Artists => _artists.Get();

    public void Changed(SongEntry song)
    {
        foreach (var view in _songs)
            view.Changed(song);
    }

    public void Changed(AlbumNode album)
    {
        AlbumsVersion++;
        foreach (var view in _albums)
            view.Changed(album);
        // An artist is shown with its number of albums and songs, so the artist has changed too.
        Changed(album.Artist);
    }

    public void Changed(ArtistNode artist)
    {
        ArtistsVersion++;
        _artists.Changed(artist);
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

    private static int ByArtist(SongEntry left, SongEntry right)
    {
        var order = string.CompareOrdinal(left.Artist.SortName, right.Artist.SortName);
        if (order == 0)
            order = string.CompareOrdinal(left.Album.SortName, right.Album.SortName);
        return order != 0 ? order : (left.Disc, left.Track).CompareTo((right.Disc, right.Track));
    }

    private static SortedView<SongEntry> Songs(LibraryTables tables, Comparison<SongEntry> order) => new(
        (left, right) => order(left, right) is not 0 and var result ? result : left.Ordinal.CompareTo(right.Ordinal),
        song => song.IsShown, () => tables.ByOrdinal.OfType<SongEntry>());

    private static SortedView<AlbumNode> Albums(LibraryTables tables, Comparison<AlbumNode> order) => new(
        (left, right) => order(left, right) is not 0 and var result ? result : left.Ordinal.CompareTo(right.Ordinal),
        album => album.IsShown, () => tables.AlbumsByOrdinal);

    private static int Sorted(int order, string left, string right) => order != 0 ? order : string.CompareOrdinal(left, right);
}
