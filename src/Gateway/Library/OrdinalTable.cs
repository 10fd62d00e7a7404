namespace TspActors.Gateway.Library;

/// <summary>
/// A hash table of ordinals. It needs only 5 to 8 bytes per ordinal, because it reads the keys from the rows with these ordinals instead of
/// storing them.
/// </summary>
/// <remarks>
/// Open addressing with linear probing. The table consists of parts that grow one at a time, because growing a part means rereading all its
/// keys. Not thread-safe.
/// </remarks>
/// <param name="codeOf">Returns the hash code of a row's key. The code must not change while the row is in the table.</param>
internal sealed class OrdinalTable(Func<int, uint> codeOf)
{
    private const int PartBits = 6;
    private const int SmallestPart = 8;

    private readonly Part[] _parts = new Part[1 << PartBits];

    /// <summary>Finds the row that has the given key.</summary>
    /// <param name="code">The hash code of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="isSame">Returns whether the row with the given ordinal has the key.</param>
    /// <returns>The row's ordinal; -1 = none.</returns>
    public int Find<TKey>(uint code, TKey key, Func<int, TKey, bool> isSame)
        where TKey : allows ref struct
    {
        if (_parts[PartOf(code)].Slots is not { } slots)
            return -1;
        for (var at = Home(code, slots); slots[at] > 0; at = Next(at, slots))
        {
            if (isSame(slots[at] - 1, key))
                return slots[at] - 1;
        }

        return -1;
    }

    /// <summary>Counts the rows that have the given key.</summary>
    public int Count<TKey>(uint code, TKey key, Func<int, TKey, bool> isSame)
    {
        var count = 0;
        Find(code, key, (ordinal, wanted) =>
        {
            count += isSame(ordinal, wanted) ? 1 : 0;
            return false;
        });
        return count;
    }

    /// <summary>Adds a row that is not in the table.</summary>
    public void Add(int ordinal)
    {
        var code = codeOf(ordinal);
        ref var part = ref _parts[PartOf(code)];
        part.Slots ??= new int[SmallestPart];
        if ((part.Count + 1) * 4L > part.Slots.Length * 3L)
            part.Slots = Grown(part.Slots);
        Put(part.Slots, code, ordinal);
        part.Count++;
    }

    /// <summary>Removes a row if it is in the table.</summary>
    public void Remove(int ordinal)
    {
        var code = codeOf(ordinal);
        ref var part = ref _parts[PartOf(code)];
        if (part.Slots is not { } slots)
            return;
        var hole = Home(code, slots);
        while (slots[hole] != ordinal + 1)
        {
            if (slots[hole] == 0)
                return;
            hole = Next(hole, slots);
        }

        part.Count--;
        // Entries after the hole move into it, unless that would place them before their home slots.
        for (var at = Next(hole, slots); slots[at] > 0; at = Next(at, slots))
        {
            if (Distance(Home(codeOf(slots[at] - 1), slots), at, slots) < Distance(hole, at, slots))
                continue;
            slots[hole] = slots[at];
            hole = at;
        }

        slots[hole] = 0;
    }

    private int[] Grown(int[] slots)
    {
        var grown = new int[slots.Length + slots.Length / 2];
        foreach (var slot in slots)
        {
            if (slot > 0)
                Put(grown, codeOf(slot - 1), slot - 1);
        }

        return grown;
    }

    private static void Put(int[] slots, uint code, int ordinal)
    {
        var at = Home(code, slots);
        while (slots[at] > 0)
            at = Next(at, slots);
        slots[at] = ordinal + 1;
    }

    private static int PartOf(uint code) => (int)(code >> (32 - PartBits));

    private static int Home(uint code, int[] slots) => (int)((ulong)(code << PartBits) * (uint)slots.Length >> 32);

    private static int Next(int at, int[] slots) => at + 1 == slots.Length ? 0 : at + 1;

    private static int Distance(int from, int to, int[] slots) => to >= from ? to - from : to - from + slots.Length;

    /// <summary>The rows whose hash codes begin with the same bits. A slot contains an ordinal plus one; 0 = empty.</summary>
    private struct Part
    {
        public int[]? Slots;
        public int Count;
    }
}
