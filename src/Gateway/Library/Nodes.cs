using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>An artist, identified by its key.</summary>
internal sealed class ArtistNode(LibraryTables tables, string key, string name)
{
    /// <summary>The songs that name this artist as their track artist.</summary>
    public IntList SongOrdinals;

    /// <summary>The albums that have this artist as their album artist.</summary>
    public IntList AlbumOrdinals;

    public LibraryTables Tables => tables;

    public string Key { get; } = key;

    /// <summary>The name, in the spelling that was seen first.</summary>
    public string Name { get; } = name;

    public int Ordinal { get; set; }

    public string SortName { get; } = ShownText.SortName(name);

    /// <summary>The id without its prefix.</summary>
    public NameIdBits IdBits { get; } = LibraryIds.BitsOfArtist(key);

    public string Id => LibraryIds.ArtistPrefix + IdBits;

    /// <summary>The songs that name this artist as their track artist.</summary>
    public SongList Songs => new(tables, SongOrdinals);

    /// <summary>The albums that have this artist as their album artist.</summary>
    public IEnumerable<AlbumNode> Albums => tables.AlbumsIn(AlbumOrdinals);

    /// <summary>The number of this artist's albums that are shown in lists.</summary>
    public int ShownAlbums { get; set; }

    /// <summary>The number of this artist's songs that are shown in lists.</summary>
    public int ShownSongs { get; set; }

    /// <summary>Returns the artist as clients see it.</summary>
    public LibraryArtist ToArtist() => new()
    {
        Id = Id,
        Name = Name,
        SortName = SortName,
        Heading = ShownText.Heading(SortName),
        AlbumCount = ShownAlbums > 0 ? ShownAlbums : AppearsOn().Count,
        SongCount = ShownSongs,
        Cover = Albums.FirstOrDefault(album => album is { IsShown: true, Summary.Cover: not CoverTable.None }) is { } covered
            ? tables.Covers.HashOf(covered.Summary.Cover)
            : null,
    };

    /// <summary>Returns up to 500 albums with songs by this artist. Songs that are not shown in lists are ignored.</summary>
    public IReadOnlyList<AlbumNode> AppearsOn()
    {
        var albums = new HashSet<AlbumNode>();
        foreach (var song in Songs)
        {
            if (song.IsShown && albums.Count < 500)
                albums.Add(song.Album);
        }

        return [.. albums];
    }
}

/// <summary>An album: the songs with one album artist and one album name.</summary>
internal sealed class AlbumNode(ArtistNode artist, string key, string name)
{
    private AlbumSummary _summary = AlbumSummary.None;

    /// <summary>All songs, including those that are not shown in lists.</summary>
    public IntList SongOrdinals;

    public ArtistNode Artist { get; } = artist;

    /// <summary>The name, in the spelling that was seen first.</summary>
    public string Name { get; } = name;

    public int Ordinal { get; set; }

    /// <summary>The number that identifies the sort name in <see cref="AlbumTable.SortNames"/>.</summary>
    public int SortName { get; set; }

    /// <summary>The id without its prefix.</summary>
    public NameIdBits IdBits { get; } = LibraryIds.BitsOfAlbum(artist.Key, key);

    /// <summary>The hash code of the artist and the key.</summary>
    public uint KeyCode { get; } = KeyCodeOf(artist, key);

    public string Id => LibraryIds.AlbumPrefix + IdBits;

    /// <summary>All songs, including those that are not shown in lists.</summary>
    public SongList Songs => new(Artist.Tables, SongOrdinals);

    /// <summary>Whether the album is shown in lists.</summary>
    public bool IsShown => Summary.Shown > 0;

    /// <summary>The summary of its songs.</summary>
    public AlbumSummary Summary
    {
        get => _summary;
        set
        {
            var (tables, former) = (Artist.Tables, _summary.Cover);
            tables.Covers.Use(value.Cover);
            tables.Covers.Release(former);
            _summary = value;
            tables.Albums.Shown.Put(Ordinal, IsShown);
        }
    }

    /// <summary>The number of changes since the album was last summarized.</summary>
    public int Pending { get; set; }

    /// <summary>Whether the album is queued to be summarized.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether this is a large album that is waiting to be queued.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>When the album was last summarized, in Unix seconds.</summary>
    public uint SettledAt { get; set; }

    /// <summary>True for the collection of an artist's songs without an album tag, which is not a real album.</summary>
    public bool IsNoAlbum { get; } = key.Length == 0;

    /// <summary>Returns the hash code of an artist and the key of an album.</summary>
    public static uint KeyCodeOf(ArtistNode artist, string key) => (uint)HashCode.Combine(artist.Key, key);

    /// <summary>Returns whether the album has this artist and key. The album's key is computed from its name when necessary.</summary>
    /// <param name="artist">The artist.</param>
    /// <param name="key">The key.</param>
    /// <param name="name">A name with this key.</param>
    public bool Is(ArtistNode artist, string key, string name) =>
        Artist == artist && IsNoAlbum == (key.Length == 0) && (IsNoAlbum || Name == name || TextKey.Of(Name) == key);

    /// <summary>Returns the album as clients see it.</summary>
    public LibraryAlbum ToAlbum() => new()
    {
        Id = Id,
        Name = Name,
        Artist = Artist.Name,
        ArtistId = Artist.Id,
        SortName = Artist.Tables.Albums.SortNames.Get(SortName),
        Year = Summary.Year,
        Genre = Summary.Genre?.Name ?? "",
        SongCount = Summary.Shown,
        DurationMs = Summary.DurationMs,
        Created = DateTimeOffset.FromUnixTimeSeconds(Summary.FirstSeen),
        IsCompilation = Artist.Key == ArtistNames.VariousKey,
        IsNoAlbum = IsNoAlbum,
        Cover = Artist.Tables.Covers.HashOf(Summary.Cover),
    };
}

/// <summary>A genre, identified by its key.</summary>
internal sealed class GenreNode(LibraryTables tables, string key, string name)
{
    /// <summary>The songs, in no particular order.</summary>
    public IntList SongOrdinals;

    public string Key { get; } = key;

    public string Name { get; } = name;

    /// <summary>Its place in the order in which genres were first seen.</summary>
    public int Ordinal { get; set; }

    /// <summary>The songs, in no particular order.</summary>
    public SongList Songs => new(tables, SongOrdinals);

    /// <summary>The number of songs that are shown in lists.</summary>
    public int Shown { get; set; }
}

/// <summary>A summary of an album's songs.</summary>
/// <param name="Shown">The number of songs that are shown in lists.</param>
/// <param name="DurationMs">Their total duration.</param>
/// <param name="Year">Their most frequent year; 0 = not known.</param>
/// <param name="Genre">Their most frequent genre; null = not known.</param>
/// <param name="FirstSeen">When this peer first saw any song of the album, in Unix seconds.</param>
/// <param name="Cover">The ordinal of their most frequent cover in the table of covers.</param>
internal readonly record struct AlbumSummary(int Shown, long DurationMs, ushort Year, GenreNode? Genre, uint FirstSeen, int Cover)
{
    /// <summary>If an album has more songs than this, encodings of the same track are not compared.</summary>
    public const int MostCompared = 2_000;

    /// <summary>The summary of an album without songs.</summary>
    public static readonly AlbumSummary None = new(0, 0, 0, null, 0, CoverTable.None);

    /// <summary>Chooses the encodings to show in lists, and summarizes the album.</summary>
    /// <param name="songs">All songs of the album.</param>
    /// <param name="covers">The covers.</param>
    /// <param name="allEncodings">Whether to show all encodings.</param>
    public static AlbumSummary Of(SongList songs, CoverTable covers, bool allEncodings)
    {
        HideEncodings(songs, allEncodings || songs.Count > MostCompared);
        var (shown, duration, first) = (0, 0L, uint.MaxValue);
        var years = new Dictionary<ushort, int>();
        var genres = new Dictionary<GenreNode, int>();
        var coverCounts = new Dictionary<int, int>();
        foreach (var song in songs)
        {
            var row = song.Row;
            first = Math.Min(first, row.FirstSeen);
            if (!row.IsShown)
                continue;
            shown++;
            duration += row.DurationMs;
            if (row.Year > 0)
                years[row.Year] = years.GetValueOrDefault(row.Year) + 1;
            if (song.Genre is { } genre)
                genres[genre] = genres.GetValueOrDefault(genre) + 1;
            if (row.Cover != CoverTable.None)
                coverCounts[row.Cover] = coverCounts.GetValueOrDefault(row.Cover) + 1;
        }

        return new AlbumSummary(
            shown, duration,
            years.Count == 0 ? (ushort)0 : years.OrderByDescending(year => year.Value).ThenBy(year => year.Key).First().Key,
            genres.Count == 0 ? null : genres.OrderByDescending(genre => genre.Value)
                .ThenBy(genre => genre.Key.Key, StringComparer.Ordinal).First().Key,
            songs.Count == 0 ? 0 : first,
            coverCounts.Count == 0 ? CoverTable.None
                : coverCounts.OrderByDescending(cover => cover.Value).ThenBy(cover => covers.HashOf(cover.Key)).First().Key);
    }

    private static void HideEncodings(SongList songs, bool showsAll)
    {
        foreach (var song in songs)
            song.SetHidden(false);
        if (showsAll || songs.Count < 2)
            return;
        // Folding titles is slow, so only songs that share a position are compared by title.
        var places = songs.Where(song => song.Row.IsListed).GroupBy(SongEncodings.PlaceOf).Where(group => group.Count() > 1);
        foreach (var same in places.SelectMany(place => place.GroupBy(SongEncodings.TitleOf)).Where(group => group.Count() > 1))
        {
            var rest = same.Order(SongEncodings.BestFirst).ToList();
            while (rest.Count > 1)
            {
                var best = rest[0];
                var others = rest.Skip(1).Where(song => SongEncodings.IsSameLength(best, song)).ToList();
                others.ForEach(song => song.SetHidden(true));
                rest = [.. rest.Skip(1).Except(others)];
            }
        }
    }
}
