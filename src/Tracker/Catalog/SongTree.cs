using System.Numerics;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// An immutable map from ids to songs: a tree whose leaves cover 64 ids each and whose nodes store only existing children.
/// </summary>
/// <remarks>
/// A change replaces the leaf that it touches and the five nodes above that leaf, no matter how many songs there are. Gaps between the ids
/// take up no memory.
/// </remarks>
internal sealed class SongTree
{
    public static readonly SongTree Empty = new(new SongBranch(0, 0, []));

    /// <summary>An id has 31 bits: the leaf uses six, each of the four levels of branches six more, and the root the last one.</summary>
    private const int RootShift = 30;

    private readonly SongBranch _root;

    private SongTree(SongBranch root) => _root = root;

    /// <summary>The number of songs that have a host.</summary>
    public int Count => _root.Count;

    /// <summary>Returns the song with an id; null if no peer hosts it.</summary>
    public CatalogSong? Find(int id) => LeafOf(id)?.Find(id);

    /// <summary>Returns true for a song that once had a host but has none now.</summary>
    public bool HasLostItsHosts(int id) => LeafOf(id)?.HasLost(id) ?? false;

    /// <summary>Returns the first non-empty leaf that covers <paramref name="id"/> or higher ids; null if there is none.</summary>
    public SongLeaf? LeafFrom(long id) => id > int.MaxValue ? null : LeafFrom(_root, RootShift, id, 0);

    /// <summary>Returns the tree with songs added, replaced or removed. A null song means that no peer hosts the song any longer.</summary>
    /// <param name="changes">The changes in id order, each id once.</param>
    public SongTree With(ReadOnlySpan<(int Id, CatalogSong? Song)> changes) =>
        changes.IsEmpty ? this : new SongTree(With(_root, RootShift, changes));

    private SongLeaf? LeafOf(int id)
    {
        var node = _root;
        for (var shift = RootShift; ; shift -= SongLeaf.Bits)
        {
            switch (node.Child((id >>> shift) & SongLeaf.Mask))
            {
                case SongBranch branch:
                    node = branch;
                    break;
                case var leaf:
                    return (SongLeaf?)leaf;
            }
        }
    }

    private static SongLeaf? LeafFrom(SongBranch node, int shift, long from, long start)
    {
        for (var index = (int)Math.Max(0, (from - start) >> shift); index <= SongLeaf.Mask; index++)
        {
            var found = node.Child(index) switch
            {
                SongLeaf { Count: > 0 } leaf => leaf,
                SongBranch { Count: > 0 } branch => LeafFrom(branch, shift - SongLeaf.Bits, from, start + ((long)index << shift)),
                _ => null,
            };
            if (found is not null)
                return found;
        }

        return null;
    }

    private static SongBranch With(SongBranch? node, int shift, ReadOnlySpan<(int Id, CatalogSong? Song)> changes)
    {
        var children = new object?[SongLeaf.Mask + 1];
        for (var index = 0; node is not null && index < children.Length; index++)
            children[index] = node.Child(index);
        while (!changes.IsEmpty)
        {
            var index = (changes[0].Id >>> shift) & SongLeaf.Mask;
            var count = 1;
            while (count < changes.Length && ((changes[count].Id >>> shift) & SongLeaf.Mask) == index)
                count++;
            children[index] = shift == SongLeaf.Bits
                ? SongLeaf.With((SongLeaf?)children[index], changes[..count])
                : With((SongBranch?)children[index], shift - SongLeaf.Bits, changes[..count]);
            changes = changes[count..];
        }

        return SongBranch.FromChildren(children);
    }
}

/// <summary>An inner node of a <see cref="SongTree"/>: its children are branches, or leaves at the lowest level.</summary>
/// <param name="present">One bit per child that exists.</param>
/// <param name="count">The number of songs below this node.</param>
/// <param name="children">The children in order, without gaps.</param>
internal sealed class SongBranch(ulong present, int count, object[] children)
{
    /// <summary>The number of songs below this node.</summary>
    public int Count => count;

    public object? Child(int index) =>
        (present >> index & 1) == 0 ? null : children[BitOperations.PopCount(present & ((1UL << index) - 1))];

    public static SongBranch FromChildren(object?[] children)
    {
        var (present, count) = (0UL, 0);
        for (var index = 0; index < children.Length; index++)
        {
            if (children[index] is not { } child)
                continue;
            present |= 1UL << index;
            count += child is SongLeaf leaf ? leaf.Count : ((SongBranch)child).Count;
        }

        return new SongBranch(present, count, [.. children.OfType<object>()]);
    }
}

/// <summary>
/// A leaf of a <see cref="SongTree"/>. It covers 64 ids, contains the songs that have a host, and records which of the other songs once
/// had one.
/// </summary>
internal sealed class SongLeaf
{
    public const int Bits = 6;
    public const int Mask = (1 << Bits) - 1;

    private readonly ulong _present;
    private readonly ulong _lost;
    private readonly CatalogSong[] _songs;

    private SongLeaf(int firstId, ulong present, ulong lost, CatalogSong[] songs) =>
        (FirstId, _present, _lost, _songs) = (firstId, present, lost, songs);

    /// <summary>The lowest id of this leaf.</summary>
    public int FirstId { get; }

    public int Count => _songs.Length;

    /// <summary>The songs in id order.</summary>
    public ReadOnlySpan<CatalogSong> Songs => _songs;

    public CatalogSong? Find(int id) => (_present >> (id & Mask) & 1) == 0 ? null : _songs[IndexOf(id)];

    public bool HasLost(int id) => (_lost >> (id & Mask) & 1) != 0;

    /// <summary>Returns the index of the first song whose id is not below <paramref name="id"/>, which must belong to this leaf.</summary>
    public int IndexOf(int id) => BitOperations.PopCount(_present & ((1UL << (id & Mask)) - 1));

    public static SongLeaf With(SongLeaf? leaf, ReadOnlySpan<(int Id, CatalogSong? Song)> changes)
    {
        var songs = new CatalogSong?[Mask + 1];
        foreach (var song in leaf?._songs ?? [])
            songs[song.Id & Mask] = song;
        var (present, lost) = (leaf?._present ?? 0, leaf?._lost ?? 0);
        foreach (var (id, song) in changes)
        {
            var bit = 1UL << (id & Mask);
            songs[id & Mask] = song;
            present = song is null ? present & ~bit : present | bit;
            lost = song is null ? lost | bit : lost & ~bit;
        }

        return new SongLeaf(changes[0].Id & ~Mask, present, lost, [.. songs.OfType<CatalogSong>()]);
    }
}
