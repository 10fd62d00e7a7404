using System.Numerics;

namespace TspActors.Gateway.Library;

/// <summary>A set of ordinals, one bit for each.</summary>
internal sealed class Bits
{
    private ulong[] _words;

    /// <param name="length">The number of ordinals.</param>
    public Bits(int length) => _words = new ulong[WordsFor(length)];

    private Bits(ulong[] words) => _words = words;

    public void Set(int index)
    {
        // Ordinals beyond the set's capacity are ignored: they were assigned after the set was created.
        if ((uint)(index >> 6) < (uint)_words.Length)
            _words[index >> 6] |= 1UL << (index & 63);
    }

    /// <summary>Adds or removes an ordinal. The set grows as necessary.</summary>
    public void Put(int index, bool isIn)
    {
        if (index >> 6 >= _words.Length)
            Array.Resize(ref _words, Math.Max(WordsFor(index + 1), _words.Length + _words.Length / 4));
        if (isIn)
            _words[index >> 6] |= 1UL << (index & 63);
        else
            _words[index >> 6] &= ~(1UL << (index & 63));
    }

    public bool Has(int index) => (uint)(index >> 6) < (uint)_words.Length && (_words[index >> 6] & (1UL << (index & 63))) != 0;

    /// <summary>Empties the set, and sets its capacity to <paramref name="length"/> ordinals.</summary>
    public void Clear(int length)
    {
        if (_words.Length < WordsFor(length))
            _words = new ulong[WordsFor(length)];
        else
            Array.Clear(_words);
    }

    /// <summary>Keeps only the ordinals that the other set also contains.</summary>
    public void And(Bits other)
    {
        var (common, words) = (Math.Min(_words.Length, other._words.Length), other._words);
        for (var word = 0; word < common; word++)
            _words[word] &= words[word];
        Array.Clear(_words, common, _words.Length - common);
    }

    /// <summary>Removes the ordinals that the other set contains.</summary>
    public void Except(Bits other)
    {
        var (common, words) = (Math.Min(_words.Length, other._words.Length), other._words);
        for (var word = 0; word < common; word++)
            _words[word] &= ~words[word];
    }

    /// <summary>Adds the ordinals of the other set. Those beyond this set's capacity are ignored.</summary>
    public void Or(Bits other)
    {
        var words = other._words;
        for (var word = 0; word < Math.Min(_words.Length, words.Length); word++)
            _words[word] |= words[word];
    }

    /// <summary>Counts the ordinals.</summary>
    public int Count()
    {
        var count = 0;
        foreach (var word in _words)
            count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>Returns the ordinals in ascending order.</summary>
    public int[] ToArray()
    {
        var items = new int[Count()];
        CopyTo(items, 0);
        return items;
    }

    /// <summary>Returns an independent copy of the set, with a capacity of <paramref name="length"/> ordinals.</summary>
    public Bits Copy(int length) => new(_words[..Math.Min(_words.Length, WordsFor(length))]);

    /// <summary>Writes as many ordinals as fit into the span, in ascending order.</summary>
    /// <param name="items">Where to write.</param>
    /// <param name="skip">The number of ordinals to skip at the start.</param>
    public void CopyTo(Span<int> items, int skip)
    {
        var at = 0;
        for (var word = 0; word < _words.Length && at < items.Length; word++)
        {
            var bits = _words[word];
            if (BitOperations.PopCount(bits) is var count && count <= skip)
            {
                skip -= count;
                continue;
            }

            for (; bits != 0 && at < items.Length; bits &= bits - 1)
            {
                if (skip-- <= 0)
                    items[at++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
            }

            skip = 0;
        }
    }

    /// <summary>Enumerates the ordinals in ascending order, without allocating an object.</summary>
    public Enumerator GetEnumerator() => new(_words);

    private static int WordsFor(int length) => (length + 63) / 64;

    /// <summary>An enumerator of the ordinals.</summary>
    internal struct Enumerator(ulong[] words)
    {
        private int _word = -1;
        private ulong _bits;

        public readonly int Current => (_word << 6) + BitOperations.TrailingZeroCount(_bits);

        public bool MoveNext()
        {
            _bits &= _bits - 1;
            while (_bits == 0)
            {
                if (++_word == words.Length)
                    return false;
                _bits = words[_word];
            }

            return true;
        }
    }
}
