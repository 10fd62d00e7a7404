namespace TspActors.Gateway.Library;

/// <summary>
/// A list of ordinals, made up of consecutive parts. Each part is an array, or a set that is read in ascending order. A set of many
/// ordinals is smaller than an array, and faster to create. Immutable.
/// </summary>
internal sealed class OrdinalList
{
    // This many bits of a set take as much memory as one ordinal in an array.
    private const int BitsPerOrdinal = 32;

    private readonly List<(int[]? Array, Bits? Set, int Count)> _parts = [];

    private OrdinalList()
    {
    }

    /// <param name="ordinals">The ordinals. The array must not be changed afterwards.</param>
    public OrdinalList(int[] ordinals) => Append(ordinals);

    /// <param name="set">The set. It is copied.</param>
    /// <param name="length">The capacity of the copy, in ordinals.</param>
    public OrdinalList(Bits set, int length) => Append(set, set.Count(), length);

    /// <summary>The number of ordinals.</summary>
    public int Count { get; private set; }

    /// <summary>Returns a page of the list.</summary>
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

    /// <summary>Returns the same list with new ordinals.</summary>
    /// <param name="numbers">The new ordinal for each old one; -1 = none. The new list then contains -1 in the same place.</param>
    public OrdinalList Renumbered(int[] numbers) => new(Array.ConvertAll(Page(0, Count), ordinal => ordinal < 0 ? -1 : numbers[ordinal]));

    /// <summary>Builds a list from its parts.</summary>
    internal sealed class Builder
    {
        private readonly OrdinalList _list = new();

        /// <summary>Adds ordinals in the given order.</summary>
        public void Add(int[] ordinals) => _list.Append(ordinals);

        /// <summary>Adds a copy of a set in ascending order.</summary>
        /// <param name="set">The set.</param>
        /// <param name="count">The number of its ordinals.</param>
        /// <param name="length">The capacity of the copy, in ordinals.</param>
        public void Add(Bits set, int count, int length) => _list.Append(set, count, length);

        /// <summary>Returns the list. Nothing may be added after this call.</summary>
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
