using TspActors.Protocol.Search;

namespace TspActors.Gateway.Library;

/// <summary>A search of the tables for one query. Every word of the query must begin a word of each match.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class LibrarySearch
{
    private const int MaxLength = 1_024;
    private const int MaxWords = 16;

    // A class with more matches stays in the order in which its items were first seen, because sorting it would take too long.
    private const int MostSorted = 5_000;

    // Beyond this number of matches, a name or a title is folded only if it can be, or begin with, the query.
    private const int MostFolded = 2_000;

    // The maximum difference in length between a title and the query that still counts as a possible match: folding drops punctuation and
    // expands ligatures.
    private const int FoldedDifference = 4;

    private readonly LibraryTables _tables;
    private readonly string _phrase;
    private readonly string[] _words;

    public LibrarySearch(LibraryTables tables, string query)
    {
        _tables = tables;
        _phrase = SearchText.Fold(Clean(query));
        _words = [.. _phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(MaxWords)];
    }

    /// <summary>Whether the query matches everything.</summary>
    public static bool IsEverything(string query) => Clean(query).Length == 0;

    /// <summary>Returns the songs that match, best first: same title; first word of the title; other words of the title; words of the album
    /// or artist.</summary>
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

        var foldsAll = classes[1].Count <= MostFolded;
        classes[0] = [.. classes[1].Where(song => (foldsAll || IsAboutAsLong(song.Title)) && SearchText.Fold(song.Title) == _phrase)];
        if (classes[0].Count > 0)
            classes[1] = [.. classes[1].Except(classes[0])];

        foreach (var songs in classes.Where(songs => songs.Count <= MostSorted))
            songs.Sort((left, right) => (right.Hosts, left.Ordinal).CompareTo((left.Hosts, right.Ordinal)));
        return [.. classes.SelectMany(songs => songs)];
    }

    /// <summary>Returns the albums that match by name or artist, those whose name begins with the query first.</summary>
    public AlbumNode[] Albums()
    {
        var all = Intersect(_tables.AlbumsByOrdinal.Count, word => word.Albums.Items);
        return all is null
            ? []
            : BestFirst(
                all.Items().Select(ordinal => _tables.AlbumsByOrdinal[ordinal]).Where(album => album.IsShown), album => album.Name,
                (left, right) => string.CompareOrdinal(left.SortName, right.SortName) is not 0 and var order
                    ? order
                    : left.Ordinal.CompareTo(right.Ordinal));
    }

    /// <summary>Returns the artists that match, those whose name begins with the query first.</summary>
    public ArtistNode[] Artists()
    {
        var all = Intersect(_tables.ArtistsByOrdinal.Count, word => word.Artists.Items);
        return all is null
            ? []
            : BestFirst(
                all.Items().Select(ordinal => _tables.ArtistsByOrdinal[ordinal])
                    .Where(artist => artist.ShownSongs > 0 || artist.ShownAlbums > 0),
                artist => artist.Name,
                (left, right) => string.CompareOrdinal(left.SortName, right.SortName) is not 0 and var order
                    ? order
                    : left.Ordinal.CompareTo(right.Ordinal));
    }

    // Quotes around the query and asterisks at its end are query syntax on other servers.
    private static string Clean(string query)
    {
        var text = query.Length > MaxLength ? query[..MaxLength] : query;
        return text.Trim().Trim('"', '\'').TrimEnd('*').Trim();
    }

    // Exact matches come first, then names that begin with the query, then the others. A large class stays in the order in which the
    // items were first seen.
    private T[] BestFirst<T>(IEnumerable<T> matches, Func<T, string> nameOf, Comparison<T> byName)
    {
        var found = matches.ToList();
        var foldsAll = found.Count <= MostFolded;
        var ranks = new List<T>[] { [], [], [] };
        foreach (var match in found)
        {
            var name = nameOf(match);
            ranks[foldsAll || MayBeginSo(name) ? Rank(name) : 0].Add(match);
        }

        foreach (var rank in ranks.Where(rank => rank.Count <= MostSorted))
            rank.Sort(byName);
        return [.. ranks[2], .. ranks[1], .. ranks[0]];
    }

    // Folding hardly ever changes an ASCII first letter except in its case. A name that begins with any other character is always folded.
    private bool MayBeginSo(string name) =>
        name.Length > 0 && (!char.IsAscii(name[0]) || !char.IsLetterOrDigit(name[0]) || char.ToLowerInvariant(name[0]) == _phrase[1]);

    private bool IsAboutAsLong(string title) => Math.Abs(title.Length - (_phrase.Length - 1)) <= FoldedDifference;

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

        // The postings of an album also cover the words of its artist, which need not be the artist of the song.
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
