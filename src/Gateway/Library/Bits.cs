namespace TspActors.Gateway.Library;

/// <summary>A set of ordinals, one bit for each.</summary>
internal sealed class Bits(int length)
{
    private readonly ulong[] _words = new ulong[(length + 63) / 64];

    public void Set(int index)
    {
        // A song that was added after the set was created is ignored.
        if ((uint)(index >> 6) < (uint)_words.Length)
            _words[index >> 6] |= 1UL << (index & 63);
    }

    public bool Has(int index) => (uint)(index >> 6) < (uint)_words.Length && (_words[index >> 6] & (1UL << (index & 63))) != 0;

    /// <summary>Keeps only the ordinals that the other set contains too.</summary>
    public void And(Bits other)
    {
        for (var word = 0; word < _words.Length; word++)
            _words[word] &= other._words[word];
    }

    /// <summary>Returns the ordinals in ascending order.</summary>
    public IEnumerable<int> Items()
    {
        for (var word = 0; word < _words.Length; word++)
        {
            for (var bits = _words[word]; bits != 0; bits &= bits - 1)
                yield return (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits);
        }
    }
}
