using TspActors.Protocol.Search;

namespace TspActors.Gateway.Library;

/// <summary>Searches the tables: every word of the query must be a prefix of a word in each result.</summary>
/// <remarks>
/// A query of three letters may match a third of all songs. Matches are therefore kept as sets of ordinals, and the word index already
/// records which words a title or name begins and ends with. The matching items themselves are read only to compare full names and, if
/// there are few enough, to sort them. Not thread-safe: the library calls it under its lock.
/// </remarks>
internal sealed class LibrarySearch
{
    private const int MaxLength = 1_024;
    private const int MaxWords = 16;

    // A larger group of equally good matches stays in the order in which its items were first seen: sorting it by hosts or name would take
    // too long.
    private const int MostSorted = 5_000;

    // If more titles than this may equal the query, only those of about the same length are folded and compared.
    private const int MostFolded = 2_000;

    // A title may equal the query if their lengths differ by at most this much: folding drops punctuation and expands ligatures.
    private const int FoldedDifference = 4;

    private readonly LibraryTables _tables;
    private readonly BitsPool _pool;
    private readonly List<Bits> _rented = [];
    private readonly string _phrase;
    private readonly string[] _inPhrase;
    private readonly string[] _words;

    public LibrarySearch(LibraryTables tables, BitsPool pool, string query)
    {
        (_tables, _pool) = (tables, pool);
        _phrase = SearchText.Fold(Clean(query));
        _inPhrase = _phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _words = [.. _inPhrase.Distinct().Take(MaxWords)];
    }

    /// <summary>Whether the query matches everything.</summary>
    public static bool IsEverything(string query) => Clean(query).Length == 0;

    /// <summary>
    /// Returns the songs that match, best first: those whose title equals the query, those whose title begins with the query's first word,
    /// those with any of its words in the title, and then the others.
    /// </summary>
    public OrdinalList Songs()
    {
        if (_words.Length == 0)
            return new OrdinalList([]);
        var count = _tables.Songs.Length;
        var (inTitle, all) = (Rent(count), (Bits?)null);
        foreach (var word in _words)
        {
            var matches = Rent(count);
            AddPlaces(word, matches, OfSongs);
            inTitle.Or(matches);
            // An album is also indexed by the words of its album artist, who need not be the song's artist.
            foreach (var album in WithPrefix(word, _tables.Albums.Count, OfAlbums))
                AddSongs(matches, _tables.Albums[album].SongOrdinals);
            foreach (var artist in WithPrefix(word, _tables.Artists.Count, OfArtists))
                AddSongs(matches, _tables.Artists[artist].SongOrdinals);
            all = And(all, matches);
        }

        all!.And(_tables.Songs.Shown);
        var same = SameTitle(all);
        var begins = Rent(count);
        AddPlaces(_words[0], begins, OfSongs, WordPlace.IsFirst);
        var list = new OrdinalList.Builder();
        foreach (var better in new[] { same, begins, inTitle })
        {
            var matches = Rent(count);
            matches.Or(better);
            matches.And(all);
            all.Except(better);
            Append(list, matches, count, ByHosts);
        }

        Append(list, all, count, ByHosts);
        return Finish(list);
    }

    /// <summary>Returns the albums that match by name or artist. Albums whose names begin with the query come first.</summary>
    public OrdinalList Albums() => BestFirst(
        _tables.Albums.Count, OfAlbums, all => all.And(_tables.Albums.Shown), album => _tables.Albums[album].Name,
        album => _tables.Albums[album].SortName, _tables.Albums.SortNames.Compare);

    /// <summary>Returns the artists that match. Artists whose names begin with the query come first.</summary>
    public OrdinalList Artists() => BestFirst(
        _tables.Artists.Count, OfArtists, RemoveHiddenArtists, artist => _tables.Artists[artist].Name,
        artist => _tables.Artists[artist].SortName, string.CompareOrdinal);

    // Removes quotes around the query and asterisks at its end, which are query syntax on other servers.
    private static string Clean(string query)
    {
        var text = query.Length > MaxLength ? query[..MaxLength] : query;
        return text.Trim().Trim('"', '\'').TrimEnd('*').Trim();
    }

    private static IntList OfSongs(WordIndex.Word word) => word.Songs;

    private static IntList OfAlbums(WordIndex.Word word) => word.Albums;

    private static IntList OfArtists(WordIndex.Word word) => word.Artists;

    private Bits Rent(int count)
    {
        var bits = _pool.Rent(count);
        _rented.Add(bits);
        return bits;
    }

    private static Bits And(Bits? all, Bits matches)
    {
        if (all is null)
            return matches;
        all.And(matches);
        return all;
    }

    private Bits WithPrefix(string word, int count, Func<WordIndex.Word, IntList> listOf)
    {
        var matches = Rent(count);
        AddPlaces(word, matches, listOf);
        return matches;
    }

    private void AddPlaces(string prefix, Bits matches, Func<WordIndex.Word, IntList> listOf, Func<int, bool>? isWanted = null)
    {
        foreach (var word in _tables.Words.WithPrefix(prefix))
            AddPlaces(word, matches, listOf, isWanted);
    }

    private void AddPlaces(WordIndex.Word? word, Bits matches, Func<WordIndex.Word, IntList> listOf, Func<int, bool>? isWanted)
    {
        if (word is null)
            return;
        foreach (var place in _tables.Words.Places(listOf(word)))
        {
            if (isWanted is null || isWanted(place))
                matches.Set(WordPlace.OrdinalOf(place));
        }
    }

    private void AddSongs(Bits matches, IntList songs)
    {
        foreach (var song in _tables.Lists.Items(songs))
            matches.Set(song);
    }

    // The songs whose title is exactly the query.
    private Bits SameTitle(Bits all)
    {
        var same = MayBeQuery(_tables.Songs.Length, OfSongs);
        if (_inPhrase.Length == 1)
            return same;
        same.And(all);
        var candidates = same.ToArray();
        foreach (var song in candidates)
        {
            var title = _tables.Songs[song].Title;
            if ((candidates.Length > MostFolded && !IsAboutAsLong(title)) || SearchText.Fold(title) != _phrase)
                same.Put(song, false);
        }

        return same;
    }

    // The items whose name begins with the query's first word and ends with its last one. If the query is a single word, these are exactly
    // the items with that name.
    private Bits MayBeQuery(int count, Func<WordIndex.Word, IntList> listOf)
    {
        var (first, last) = (_tables.Words.Find(_inPhrase[0]), _tables.Words.Find(_inPhrase[^1]));
        var matches = Rent(count);
        if (_inPhrase.Length == 1)
        {
            AddPlaces(first, matches, listOf, place => WordPlace.IsFirst(place) && WordPlace.IsLast(place));
            return matches;
        }

        AddPlaces(first, matches, listOf, WordPlace.IsFirst);
        var ends = Rent(count);
        AddPlaces(last, ends, listOf, WordPlace.IsLast);
        matches.And(ends);
        return matches;
    }

    // The items whose name is exactly the query, then those whose name begins with it, then the others. A group that is too large to sort
    // stays in the order in which its items were first seen.
    private OrdinalList BestFirst<TName>(
        int count, Func<WordIndex.Word, IntList> listOf, Action<Bits> removeHidden, Func<int, string> nameOf, Func<int, TName> sortNameOf,
        Comparison<TName> compare)
    {
        if (_words.Length == 0)
            return new OrdinalList([]);
        Bits? found = null;
        foreach (var word in _words)
            found = And(found, WithPrefix(word, count, listOf));
        removeHidden(found!);
        var (same, begins) = (Rent(count), Rent(count));
        if (_inPhrase.Length == 1)
        {
            same.Or(MayBeQuery(count, listOf));
            AddPlaces(_words[0], begins, listOf, WordPlace.IsFirst);
            begins.Except(same);
        }
        else
        {
            var candidates = Rent(count);
            AddPlaces(_tables.Words.Find(_inPhrase[0]), candidates, listOf, WordPlace.IsFirst);
            candidates.And(found!);
            foreach (var candidate in candidates)
            {
                var folded = SearchText.Fold(nameOf(candidate));
                if (folded == _phrase)
                    same.Set(candidate);
                else if (folded.StartsWith(_phrase, StringComparison.Ordinal))
                    begins.Set(candidate);
            }
        }

        var list = new OrdinalList.Builder();
        foreach (var better in new[] { same, begins })
        {
            better.And(found!);
            found!.Except(better);
            Append(list, better, count, ByName);
        }

        Append(list, found!, count, ByName);
        return Finish(list);

        int[] ByName(int[] ordinals)
        {
            var named = Array.ConvertAll(ordinals, ordinal => (Name: sortNameOf(ordinal), Ordinal: ordinal));
            Array.Sort(named, (left, right) => compare(left.Name, right.Name) is not 0 and var order
                ? order
                : left.Ordinal.CompareTo(right.Ordinal));
            return Array.ConvertAll(named, item => item.Ordinal);
        }
    }

    private OrdinalList Finish(OrdinalList.Builder list)
    {
        _rented.ForEach(_pool.Return);
        _rented.Clear();
        return list.Build();
    }

    private static void Append(OrdinalList.Builder list, Bits matches, int length, Func<int[], int[]> sort)
    {
        var count = matches.Count();
        if (count <= MostSorted)
            list.Add(sort(matches.ToArray()));
        else
            list.Add(matches, count, length);
    }

    private void RemoveHiddenArtists(Bits artists)
    {
        foreach (var artist in artists)
        {
            if (_tables.Artists[artist] is { ShownSongs: 0, ShownAlbums: 0 })
                artists.Put(artist, false);
        }
    }

    // The songs with the most hosts come first. Songs with equally many hosts stay in the order in which they were first seen.
    private int[] ByHosts(int[] songs)
    {
        var keys = Array.ConvertAll(songs, song => ((long)(ushort.MaxValue - _tables.Songs[song].Hosts) << 32) | (uint)song);
        Array.Sort(keys);
        return Array.ConvertAll(keys, key => (int)(uint)key);
    }

    private bool IsAboutAsLong(string title) => Math.Abs(title.Length - (_phrase.Length - 1)) <= FoldedDifference;
}
