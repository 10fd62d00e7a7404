namespace TspActors.Gateway.Library;

/// <summary>An artist, under its key.</summary>
internal sealed class ArtistNode(string key, string name, int ordinal)
{
    private string? _id;

    public string Key { get; } = key;

    /// <summary>The name, in the spelling that was seen first.</summary>
    public string Name { get; } = name;

    public int Ordinal { get; set; } = ordinal;

    public string SortName { get; } = ShownText.SortName(name);

    public string Id => _id ??= LibraryIds.OfArtist(Key);

    /// <summary>The songs whose track artist this is.</summary>
    public List<SongEntry> Songs { get; } = [];

    /// <summary>The albums whose album artist this is.</summary>
    public List<AlbumNode> Albums { get; } = [];

    /// <summary>The number of those albums that lists show.</summary>
    public int ShownAlbums { get; set; }

    /// <summary>The number of its songs that lists show.</summary>
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
        Cover = Albums.FirstOrDefault(album => album is { IsShown: true, Summary.Cover: not null })?.Summary.Cover,
    };

    /// <summary>Returns up to 500 albums with songs by this artist. Only songs that lists show count.</summary>
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
internal sealed class AlbumNode(ArtistNode artist, string key, string name, int ordinal)
{
    private string? _id;

    public ArtistNode Artist { get; } = artist;

    public string Key { get; } = key;

    /// <summary>The name, in the spelling that was seen first.</summary>
    public string Name { get; } = name;

    public int Ordinal { get; set; } = ordinal;

    public string SortName { get; } = ShownText.SortName(name);

    public string Id => _id ??= LibraryIds.OfAlbum(Artist.Key, Key);

    /// <summary>All songs, including those that lists do not show.</summary>
    public List<SongEntry> Songs { get; } = [];

    /// <summary>Whether lists show the album.</summary>
    public bool IsShown => Summary.Shown > 0;

    /// <summary>The values that are derived from the songs.</summary>
    public AlbumSummary Summary { get; set; } = AlbumSummary.None;

    /// <summary>The number of changes since it was last summarized.</summary>
    public int Pending { get; set; }

    /// <summary>Whether it is queued to be summarized.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether it is a large album that is waiting to be queued.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>When it was last summarized, in Unix seconds.</summary>
    public uint SettledAt { get; set; }

    /// <summary>Whether it collects an artist's songs without an album tag.</summary>
    public bool IsNoAlbum => Key.Length == 0;

    /// <summary>Returns the album as clients see it.</summary>
    public LibraryAlbum ToAlbum() => new()
    {
        Id = Id,
        Name = Name,
        Artist = Artist.Name,
        ArtistId = Artist.Id,
        SortName = SortName,
        Year = Summary.Year,
        Genre = Summary.Genre?.Name ?? "",
        SongCount = Summary.Shown,
        DurationMs = Summary.DurationMs,
        Created = DateTimeOffset.FromUnixTimeSeconds(Summary.FirstSeen),
        IsCompilation = Artist.Key == ArtistNames.VariousKey,
        IsNoAlbum = IsNoAlbum,
        Cover = Summary.Cover,
    };
}

/// <summary>The values that are derived from the songs of an album.</summary>
/// <param name="Shown">The number of songs that lists show.</param>
/// <param name="DurationMs">Their duration.</param>
/// <param name="Year">Their most frequent year; 0 = not known.</param>
/// <param name="Genre">Their most frequent genre; null = not known.</param>
/// <param name="FirstSeen">When this peer first saw one of them, in Unix seconds.</param>
/// <param name="Cover">Their most frequent cover; null = none.</param>
internal sealed record AlbumSummary(
    int Shown, long DurationMs, int Year, GenreNode? Genre, uint FirstSeen, Protocol.ContentHash? Cover)
{
    public static readonly AlbumSummary None = new(0, 0, 0, null, 0, null);

    /// <summary>The number of songs above which encodings of one track are not compared.</summary>
    public const int MostCompared = 2_000;

    /// <summary>Chooses which encodings lists show, and summarizes the album.</summary>
    /// <param name="songs">All songs of the album.</param>
    /// <param name="allEncodings">Whether to show all encodings.</param>
    public static AlbumSummary Of(List<SongEntry> songs, bool allEncodings)
    {
        HideEncodings(songs, allEncodings || songs.Count > MostCompared);
        var (shown, duration, first) = (0, 0L, uint.MaxValue);
        var years = new Dictionary<ushort, int>();
        var genres = new Dictionary<GenreNode, int>();
        var covers = new Dictionary<CoverNode, int>();
        foreach (var song in songs)
        {
            first = Math.Min(first, song.FirstSeen);
            if (!song.IsShown)
                continue;
            shown++;
            duration += song.DurationMs;
            if (song.Year > 0)
                years[song.Year] = years.GetValueOrDefault(song.Year) + 1;
            if (song.Genre is { } genre)
                genres[genre] = genres.GetValueOrDefault(genre) + 1;
            if (song.Cover is { } cover)
                covers[cover] = covers.GetValueOrDefault(cover) + 1;
        }

        return new AlbumSummary(
            shown, duration,
            years.Count == 0 ? 0 : years.OrderByDescending(year => year.Value).ThenBy(year => year.Key).First().Key,
            genres.Count == 0 ? null : genres.OrderByDescending(genre => genre.Value)
                .ThenBy(genre => genre.Key.Key, StringComparer.Ordinal).First().Key,
            songs.Count == 0 ? 0 : first,
            covers.Count == 0 ? null : covers.OrderByDescending(cover => cover.Value).ThenBy(cover => cover.Key.Hash).First().Key.Hash);
    }

    private static void HideEncodings(List<SongEntry> songs, bool showsAll)
    {
        foreach (var song in songs)
            song.IsHidden = false;
        if (showsAll || songs.Count < 2)
            return;
        // Folding titles is slow, so only songs with the same disc, track and artist are compared; there are few of those.
        var places = songs.Where(song => song.IsListed).GroupBy(SongEncodings.PlaceOf).Where(group => group.Count() > 1);
        foreach (var same in places.SelectMany(place => place.GroupBy(SongEncodings.TitleOf)).Where(group => group.Count() > 1))
        {
            var rest = same.Order(SongEncodings.BestFirst).ToList();
            while (rest.Count > 1)
            {
                var best = rest[0];
                var others = rest.Skip(1).Where(song => SongEncodings.IsSameLength(best, song)).ToList();
                others.ForEach(song => song.IsHidden = true);
                rest = [.. rest.Skip(1).Except(others)];
            }
        }
    }
}
