using TspActors.Protocol.Search;

namespace TspActors.Gateway.Library;

/// <summary>Searches the tables: every word of the query must begin a word of what is found.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class LibrarySearch
{
    private const int MaxLength = 1_024;
    private const int MaxWords = 16;

    // Beyond this number of matches, order within a class is that of first sight. Sorting by hosts would take too long.
    private const int MostSorted = 20_000;

    private readonly LibraryTables _tables;
    private readonly string _phrase;
    private readonly string[] _words;

    public LibrarySearch(LibraryTables tables, string query)
    {
        _tables = tables;
        _phrase = SearchText.Fold(Clean(query));
        _words = [.. _phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(MaxWords)];
    }

    /// <summary>Whether the query finds everything.</summary>
    public static bool IsEverything(string query) => Clean(query).Length == 0;

    /// <summary>Returns the songs that match, best first: same title, title that begins so, word of the title, album or artist.</summary>
    public SongEntry[] Songs()
    {
        if (_words.Length == 0)
            return [];
        var inTitle = new Bits(_tables.ByOrdinal.Count);
        var isFirst = new Bits(_tables.ByOrdinal.Count);
        Bits? all = null;
        foreach (var word in _words)
        {
            var matches = new Bits(_tables.ByOrdinal.Count);
            foreach (var indexed in _tables.Words.WithPrefix(word))
                Collect(indexed, matches, inTitle, word == _words[0] ? isFirst : null);
            if (all is null)
                all = matches;
            else
                all.And(matches);
        }

        var classes = new List<SongEntry>[] { [], [], [], [] };
        foreach (var ordinal in all!.Items())
        {
            if (_tables.ByOrdinal[ordinal] is not { IsShown: true } song)
                continue;
            var rank = isFirst.Has(ordinal) ? 1 : inTitle.Has(ordinal) ? 2 : 3;
            classes[rank].Add(song);
        }

        if (classes[1].Count <= MostSorted)
        {
            classes[0] = [.. classes[1].Where(song => SearchText.Fold(song.Title) == _phrase)];
            if (classes[0].Count > 0)
                classes[1] = [.. classes[1].Except(classes[0])];
        }

        foreach (var songs in classes.Where(songs => songs.Count <= MostSorted))
            songs.Sort((left, right) => (right.Hosts, left.Ordinal).CompareTo((left.Hosts, right.Ordinal)));
        return [.. classes.SelectMany(songs => songs)];
    }

    /// <summary>Returns the albums that match by name or artist, those whose name begins with the query first.</summary>
    public AlbumNode[] Albums()
    {
        var all = Intersect(_tables.AlbumsByOrdinal.Count, word => word.Albums.Items);
        return all is null ? [] :
        [
            .. all.Items().Select(ordinal => _tables.AlbumsByOrdinal[ordinal]).Where(album => album.IsShown)
                .OrderByDescending(album => Rank(album.Name)).ThenBy(album => album.SortName, StringComparer.Ordinal)
                    .ThenBy(album => album.Ordinal),
        ];
    }

    /// <summary>Returns the artists that match, those whose name begins with the query first.</summary>
    public ArtistNode[] Artists()
    {
        var all = Intersect(_tables.ArtistsByOrdinal.Count, word => word.Artists.Items);
        return all is null ? [] :
        [
            .. all.Items().Select(ordinal => _tables.ArtistsByOrdinal[ordinal])
                .Where(artist => artist.ShownSongs > 0 || artist.ShownAlbums > 0)
                .OrderByDescending(artist => Rank(artist.Name)).ThenBy(artist => artist.SortName, StringComparer.Ordinal)
                .ThenBy(artist => artist.Ordinal),
        ];
    }

    // Quotes around the query and one asterisk at its end are syntax of other servers.
    private static string Clean(string query)
    {
        var text = query.Length > MaxLength ? query[..MaxLength] : query;
        return text.Trim().Trim('"', '\'').TrimEnd('*').Trim();
    }

    private int Rank(string name)
    {
        var folded = SearchText.Fold(name);
        return folded == _phrase ? 2 : folded.StartsWith(_phrase, StringComparison.Ordinal) ? 1 : 0;
    }

    private void Collect(WordIndex.Word word, Bits matches, Bits inTitle, Bits? isFirst)
    {
        foreach (var place in word.Songs.Items)
        {
            matches.Set(place >> 1);
            inTitle.Set(place >> 1);
            if ((place & 1) != 0)
                isFirst?.Set(place >> 1);
        }

        // The postings of an album contain the words of its artist too, which a song need not have.
        foreach (var ordinal in word.Albums.Items)
        {
            foreach (var song in _tables.AlbumsByOrdinal[ordinal].Songs)
                matches.Set(song.Ordinal);
        }

        foreach (var ordinal in word.Artists.Items)
        {
            foreach (var song in _tables.ArtistsByOrdinal[ordinal].Songs)
                matches.Set(song.Ordinal);
        }
    }

    private Bits? Intersect(int length, PlacesOf places)
    {
        Bits? all = null;
        foreach (var word in _words)
        {
            var matches = new Bits(length);
            foreach (var indexed in _tables.Words.WithPrefix(word))
            {
                foreach (var ordinal in places(indexed))
                    matches.Set(ordinal);
            }

            if (all is null)
                all = matches;
            else
                all.And(matches);
        }

        return all;
    }

    private delegate ReadOnlySpan<int> PlacesOf(WordIndex.Word word);
}
