using System.Runtime.CompilerServices;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>Leaves of the catalog as they stand in pages: encoded once, and reused until the leaf changes or its slot is wanted by another.</summary>
/// <remarks>
/// A leaf is immutable and stands in its slot beside its bytes, so that what is found is never out of date. It is kept when it is asked for a second time: whoever lists
/// everything asks for each leaf once, and would leave nothing behind but garbage that has grown old. Any thread may ask at any time.
/// </remarks>
internal sealed class EncodedPages(long maxBytes)
{
    /// <summary>What a leaf of usual songs takes, rounded up.</summary>
    private const int UsualLeafBytes = 16 * 1024;

    /// <summary>Leaves larger than this (songs with very many hosts) are encoded anew each time.</summary>
    private const int LargestKept = 4 * UsualLeafBytes;

    private readonly EncodedLeaf?[] _slots = new EncodedLeaf?[Math.Clamp(maxBytes / UsualLeafBytes, 1, 1 << 20)];

    // Which leaf was asked for last without being kept: by its hash code, as a reference would keep it alive.
    private readonly int[] _askedFor = new int[Math.Clamp(maxBytes / UsualLeafBytes, 1, 1 << 20)];

    /// <summary>The encoded leaf; null when it is not kept, and is best encoded where it is wanted.</summary>
    public EncodedLeaf? Find(SongLeaf leaf)
    {
        var index = (leaf.FirstId >>> SongLeaf.Bits) % _slots.Length;
        ref var slot = ref _slots[index];
        var kept = Volatile.Read(ref slot);
        if (kept is not null && ReferenceEquals(kept.Leaf, leaf))
            return kept;
        var identity = RuntimeHelpers.GetHashCode(leaf);
        if (Interlocked.Exchange(ref _askedFor[index], identity) != identity)
            return null;
        var encoded = new EncodedLeaf(leaf);
        if (encoded.Length <= LargestKept)
            Volatile.Write(ref slot, encoded);
        return encoded;
    }
}

/// <summary>A leaf's songs, each behind its tag and length, as field 1 of a SongPage or a SongInfoPage.</summary>
internal sealed class EncodedLeaf
{
    private readonly byte[] _bytes;
    private readonly int[] _ends;

    public EncodedLeaf(SongLeaf leaf)
    {
        Leaf = leaf;
        _ends = new int[leaf.Count];
        var lengths = new int[leaf.Count];
        var total = 0;
        for (var index = 0; index < leaf.Count; index++)
        {
            lengths[index] = leaf.Songs[index].EntryLength;
            total += 1 + Varint.Length((uint)lengths[index]) + lengths[index];
            _ends[index] = total;
        }

        _bytes = new byte[total];
        for (var (index, at) = (0, 0); index < leaf.Count; index++)
        {
            _bytes[at++] = (SongPage.SongsFieldNumber << 3) | 2;
            at += Varint.Write(_bytes.AsSpan(at), (uint)lengths[index]);
            at += leaf.Songs[index].WriteEntry(_bytes.AsSpan(at));
        }
    }

    public SongLeaf Leaf { get; }

    public int Length => _bytes.Length;

    /// <summary>The songs from number <paramref name="from"/> on, up to and without number <paramref name="to"/>.</summary>
    public ReadOnlySpan<byte> Songs(int from, int to) => _bytes.AsSpan(StartOf(from)..StartOf(to));

    /// <summary>How many songs from number <paramref name="from"/> on fit into that many bytes.</summary>
    public int CountWithin(int from, int bytes)
    {
        var to = from;
        while (to < _ends.Length && _ends[to] - StartOf(from) <= bytes)
            to++;
        return to - from;
    }

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];
}
