namespace TspActors.Gateway.Library;

/// <summary>
/// An inverted index: from each word to the songs (by title), albums and artists (by name) in which it occurs. It follows changes without
/// being rebuilt; entries of songs that were forgotten stay until the library compacts itself.
/// </summary>
internal sealed class WordIndex
{
    private readonly Dictionary<string, Word> _words = new(StringComparer.Ordinal);
    private readonly List<Word> _new = [];
    private Word[] _sorted = [];

    /// <summary>Adds the words of a song's title.</summary>
    /// <param name="folded">The title, folded: each word is preceded by a space.</param>
    /// <param name="ordinal">The song's ordinal.</param>
    public void AddSong(string folded, int ordinal)
    {
        var isFirst = true;
        foreach (var range in folded.AsSpan().Split(' '))
        {
            var text = folded.AsSpan(range);
            if (text.IsEmpty)
                continue;
            Find(text).Songs.Add(ordinal << 1 | (isFirst ? 1 : 0));
            isFirst = false;
        }
    }

    /// <summary>Removes the words of a title that a song had before.</summary>
    public void RemoveSong(string folded, int ordinal)
    {
        foreach (var range in folded.AsSpan().Split(' '))
        {
            if (folded.AsSpan(range).IsEmpty)
                continue;
            var word = Find(folded.AsSpan(range));
            word.Songs.Remove(ordinal << 1);
            word.Songs.Remove(ordinal << 1 | 1);
        }
    }

    public void AddAlbum(string folded, int ordinal)
    {
        foreach (var range in folded.AsSpan().Split(' '))
        {
            if (!folded.AsSpan(range).IsEmpty)
                Find(folded.AsSpan(range)).Albums.Add(ordinal);
        }
    }

    public void AddArtist(string folded, int ordinal)
    {
        foreach (var range in folded.AsSpan().Split(' '))
        {
            if (!folded.AsSpan(range).IsEmpty)
                Find(folded.AsSpan(range)).Artists.Add(ordinal);
        }
    }

    /// <summary>Returns the words that begin with a prefix.</summary>
    public ReadOnlySpan<Word> WithPrefix(string prefix)
    {
        Merge();
        var from = LowerBound(prefix);
        // No word contains this character, so the result is greater than every word with the prefix.
        var to = LowerBound(prefix + '\uFFFF');
        return _sorted.AsSpan(from, to - from);
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

    private Word Find(ReadOnlySpan<char> text)
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

    /// <summary>A word and where it occurs.</summary>
    internal sealed class Word(string text)
    {
        public string Text { get; } = text;

        /// <summary>The ordinals of songs, times two, plus one if it is the first word of the title.</summary>
        public Postings Songs = new();

        /// <summary>The ordinals of albums.</summary>
        public Postings Albums = new();

        /// <summary>The ordinals of artists.</summary>
        public Postings Artists = new();
    }

    /// <summary>A list of numbers that costs little while it is short.</summary>
    internal struct Postings()
    {
        private int[] _items = [];
        private int _count;

        public void Add(int item)
        {
            if (_count == _items.Length)
                Array.Resize(ref _items, Math.Max(1, _count + (_count >> 1) + (_count & 1)));
            _items[_count++] = item;
        }

        /// <summary>Removes a number, if the list contains it.</summary>
        public void Remove(int item)
        {
            var at = Items.LastIndexOf(item);
            if (at < 0)
                return;
            Array.Copy(_items, at + 1, _items, at, _count - at - 1);
            _count--;
        }

        public readonly ReadOnlySpan<int> Items => _items.AsSpan(0, _count);
    }
}
