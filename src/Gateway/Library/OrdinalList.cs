namespace TspActors.Gateway.Library;

/// <summary>
/// A list of ordinals: one part after the other, each of them an array, or a set in ascending order. A set of many ordinals is smaller
/// than an array, and is made faster. Immutable.
/// </summary>
internal sealed class OrdinalList
{
    // This number of bits of a set cost as much as one ordinal of an array.
    private const int BitsPerOrdinal = 32;

    private readonly List<(int[]? Array, Bits? Set, int Count)> _parts = [];

    private OrdinalList()
    {
    }

    /// <param name="ordinals">The ordinals, in an array that nobody changes.</param>
    public OrdinalList(int[] ordinals) => Append(ordinals);

    /// <param name="set">A set, which is copied.</param>
    /// <param name="length">The number of ordinals for which the copy needs room.</param>
    public OrdinalList(Bits set, int length) => Append(set, set.Count(), length);

    /// <summary>The number of ordinals.</summary>
    public int Count { get; private set; }

    /// <summary>Returns a part of the list.</summary>
    public int[] Page(int offset, int count)
    {
        if (offset < 0 || offset >= Count || count <= 0)
            return [];
        var page = new int[Math.Min(count, Count - offset)];
        var at = 0;
        foreach (var (array, set, length) in _parts)
        {
            if (offset >= length)
            {
                offset -= length;
                continue;
            }

            var taken = page.AsSpan(at, Math.Min(page.Length - at, length - offset));
            if (array is not null)
                array.AsSpan(offset, taken.Length).CopyTo(taken);
            else
                set!.CopyTo(taken, offset);
            (at, offset) = (at + taken.Length, 0);
        }

        return page;
    }

    /// <summary>Returns the same list with other ordinals.</summary>
    /// <param name="numbers">The new ordinal of each one; -1 = there is none, which keeps its place in the list.</param>
    public OrdinalList Renumbered(int[] numbers) => new(Array.ConvertAll(Page(0, Count), ordinal => ordinal < 0 ? -1 : numbers[ordinal]));

    /// <summary>Collects the parts of a list.</summary>
    internal sealed class Builder
    {
        private readonly OrdinalList _list = new();

        /// <summary>Adds ordinals in their order.</summary>
        public void Add(int[] ordinals) => _list.Append(ordinals);

        /// <summary>Adds a copy of a set in ascending order.</summary>
        /// <param name="set">The set.</param>
        /// <param name="count">The number of its ordinals.</param>
        /// <param name="length">The number of ordinals for which it has room.</param>
        public void Add(Bits set, int count, int length) => _list.Append(set, count, length);

        /// <summary>Returns the list, to which nothing may be added then.</summary>
        public OrdinalList Build() => _list;
    }

    private void Append(int[] ordinals) => Append(ordinals, null, ordinals.Length);

    private void Append(Bits set, int count, int length)
    {
        if (count < length / BitsPerOrdinal)
            Append(set.ToArray());
        else
            Append(null, set.Copy(length), count);
    }

    private void Append(int[]? array, Bits? set, int count)
    {
        if (count > 0)
            _parts.Add((array, set, count));
        Count += count;
    }
}
