namespace TspActors.Gateway.Library;

/// <summary>
/// An inverted index: maps each word to the songs (by title), albums and artists (by name) in which it occurs. It is updated without
/// being rebuilt; entries for forgotten songs stay until the tables are compacted.
/// </summary>
/// <remarks>
/// Titles and names are folded, so each word is preceded by a space. A word that occurs several times in a title or name has several
/// places.
/// </remarks>
internal sealed class WordIndex
{
    private readonly Dictionary<string, Word> _words = new(StringComparer.Ordinal);
    private readonly List<Word> _new = [];
    private readonly IntLists _lists = new();
    private Word[] _sorted = [];

    /// <summary>Adds the words of a song's title.</summary>
    public void AddSong(string folded, int ordinal) => Each(folded, ordinal, (word, place) => _lists.Add(ref word.Songs, place));

    /// <summary>Removes the words of a song's previous title.</summary>
    public void RemoveSong(string folded, int ordinal) => Each(folded, ordinal, (word, place) => _lists.Remove(ref word.Songs, place));

    /// <summary>Adds the words of an album's name and of its artist's name.</summary>
    public void AddAlbum(string folded, string foldedArtist, int ordinal)
    {
        Each(folded, ordinal, (word, place) => _lists.Add(ref word.Albums, place));
        Each(foldedArtist, ordinal, (word, place) => _lists.Add(ref word.Albums, WordPlace.Inside(ordinal)));
    }

    /// <summary>Adds the words of an artist's name.</summary>
    public void AddArtist(string folded, int ordinal) => Each(folded, ordinal, (word, place) => _lists.Add(ref word.Artists, place));

    /// <summary>Returns the words with this prefix, sorted.</summary>
    public ReadOnlySpan<Word> WithPrefix(string prefix)
    {
        Merge();
        var from = LowerBound(prefix);
        // No word contains this character, so this bound is greater than every word with the prefix.
        var to = LowerBound(prefix + '\uFFFF');
        return _sorted.AsSpan(from, to - from);
    }

    /// <summary>Returns a word; null if it does not occur.</summary>
    public Word? Find(string text) => _words.GetValueOrDefault(text);

    /// <summary>Returns the places of a word.</summary>
    /// <param name="list">One of the word's lists: its songs, albums or artists.</param>
    public ReadOnlySpan<int> Places(IntList list) => _lists.Items(list);

    private void Each(string folded, int ordinal, Action<Word, int> action)
    {
        var text = folded.AsSpan().Trim(' ');
        var (start, isFirst) = (0, true);
        while (start < text.Length)
        {
            var length = text[start..].IndexOf(' ') is >= 0 and var space ? space : text.Length - start;
            if (length > 0)
            {
                action(FindOrAdd(text.Slice(start, length)), WordPlace.Encode(ordinal, isFirst, start + length == text.Length));
                isFirst = false;
            }

            start += length + 1;
        }
    }

    private int LowerBound(string text)
    {
        var (low, high) = (0, _sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(_sorted[middle].Text, text) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private Word FindOrAdd(ReadOnlySpan<char> text)
    {
        var lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out var word))
            return word;
        word = new Word(text.ToString());
        _words.Add(word.Text, word);
        _new.Add(word);
        return word;
    }

    private void Merge()
    {
        if (_new.Count == 0)
            return;
        _new.Sort((left, right) => string.CompareOrdinal(left.Text, right.Text));
        var merged = new Word[_sorted.Length + _new.Count];
        for (int old = 0, added = 0, at = 0; at < merged.Length; at++)
        {
            var takesNew = old == _sorted.Length
                || (added < _new.Count && string.CompareOrdinal(_new[added].Text, _sorted[old].Text) < 0);
            merged[at] = takesNew ? _new[added++] : _sorted[old++];
        }

        _sorted = merged;
        _new.Clear();
    }

    /// <summary>A word and where it occurs: lists of <see cref="WordPlace"/>.</summary>
    internal sealed class Word(string text)
    {
        /// <summary>Its places in song titles.</summary>
        public IntList Songs;

        /// <summary>Its places in the names of albums and of their artists.</summary>
        public IntList Albums;

        /// <summary>Its places in artist names.</summary>
        public IntList Artists;

        public string Text { get; } = text;
    }
}

/// <summary>The place of a word, encoded as a number: the ordinal of the song, album or artist, and whether its name begins or ends with
/// the word.</summary>
internal static class WordPlace
{
    private const int First = 1;
    private const int Last = 2;
    private const int FlagBits = 2;

    public static int Encode(int ordinal, bool isFirst, bool isLast) => ordinal << FlagBits | (isFirst ? First : 0) | (isLast ? Last : 0);

    /// <summary>Returns a place for a word that is neither the first nor the last word of a name.</summary>
    public static int Inside(int ordinal) => ordinal << FlagBits;

    public static int OrdinalOf(int place) => place >> FlagBits;

    /// <summary>Returns whether the word is the first in its name.</summary>
    public static bool IsFirst(int place) => (place & First) != 0;

    /// <summary>Returns whether the word is the last in its name.</summary>
    public static bool IsLast(int place) => (place & Last) != 0;
}
