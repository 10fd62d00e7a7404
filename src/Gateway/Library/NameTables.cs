namespace TspActors.Gateway.Library;

/// <summary>The library's artists, by ordinal, by id and by key.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class ArtistTable
{
    private readonly Rows<ArtistNode> _rows = new();
    private readonly Dictionary<string, ArtistNode> _byKey = new(StringComparer.Ordinal);
    private readonly OrdinalTable _byId;

    public ArtistTable() => _byId = new OrdinalTable(artist => _rows[artist].IdBits.Code);

    public ArtistNode this[int ordinal] => _rows[ordinal];

    public int Count => _rows.Count;

    /// <summary>Returns the artist with this id; null if there is none.</summary>
    public ArtistNode? Find(string id)
    {
        if (!LibraryIds.TryParseName(LibraryIds.ArtistPrefix, id, out var bits))
            return null;
        var found = _byId.Find(bits.Code, (_rows, bits), static (artist, key) => key._rows[artist].IdBits == key.bits);
        return found < 0 ? null : _rows[found];
    }

    /// <summary>Returns the artist with this key; null if there is none.</summary>
    public ArtistNode? FindByKey(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>Adds an artist and assigns its ordinal.</summary>
    public void Add(ArtistNode artist)
    {
        artist.Ordinal = _rows.Add(artist);
        _byKey.Add(artist.Key, artist);
        _byId.Add(artist.Ordinal);
    }
}

/// <summary>The library's albums, by ordinal, by id, and by artist and key.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class AlbumTable
{
    private readonly Rows<AlbumNode> _rows = new();
    private readonly OrdinalTable _byId;
    private readonly OrdinalTable _byKey;

    public AlbumTable()
    {
        _byId = new OrdinalTable(album => _rows[album].IdBits.Code);
        _byKey = new OrdinalTable(album => _rows[album].KeyCode);
    }

    public AlbumNode this[int ordinal] => _rows[ordinal];

    public int Count => _rows.Count;

    /// <summary>The sort names of the albums.</summary>
    public TextPool SortNames { get; } = new();

    /// <summary>The albums that lists show.</summary>
    public Bits Shown { get; } = new(0);

    /// <summary>Returns the album with this id; null if there is none.</summary>
    public AlbumNode? Find(string id)
    {
        if (!LibraryIds.TryParseName(LibraryIds.AlbumPrefix, id, out var bits))
            return null;
        var found = _byId.Find(bits.Code, (_rows, bits), static (album, key) => key._rows[album].IdBits == key.bits);
        return found < 0 ? null : _rows[found];
    }

    /// <summary>Returns the album with this artist and key; null if there is none.</summary>
    /// <param name="artist">The artist.</param>
    /// <param name="key">The key.</param>
    /// <param name="name">A name with this key.</param>
    public AlbumNode? Find(ArtistNode artist, string key, string name)
    {
        var found = _byKey.Find(
            AlbumNode.KeyCodeOf(artist, key), (_rows, artist, key, name),
            static (album, wanted) => wanted._rows[album].Is(wanted.artist, wanted.key, wanted.name));
        return found < 0 ? null : _rows[found];
    }

    /// <summary>Adds an album and assigns its ordinal.</summary>
    public void Add(AlbumNode album)
    {
        album.Ordinal = _rows.Add(album);
        album.SortName = SortNames.Add(ShownText.SortName(album.Name));
        _byId.Add(album.Ordinal);
        _byKey.Add(album.Ordinal);
        Shown.Put(album.Ordinal, album.IsShown);
    }
}
