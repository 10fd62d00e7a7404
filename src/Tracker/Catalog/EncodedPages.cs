using System.Runtime.CompilerServices;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// A cache of catalog leaves, encoded as they appear in pages. An entry is reused until its leaf changes or another leaf takes its slot.
/// </summary>
/// <remarks>
/// A slot contains the immutable leaf along with its bytes, so a hit is never out of date. A leaf enters the cache when it is requested
/// twice without a request for another leaf in the same slot in between. A client that lists everything requests each leaf only once, and
/// would otherwise fill the cache with entries that are never used again. Thread-safe.
/// </remarks>
internal sealed class EncodedPages(long maxBytes)
{
    /// <summary>The size of a leaf of typical songs, rounded up.</summary>
    private const int UsualLeafBytes = 16 * 1024;

    /// <summary>Leaves that are larger than this, because their songs have a very large number of hosts, are not cached.</summary>
    private const int LargestKept = 4 * UsualLeafBytes;

    private readonly EncodedLeaf?[] _slots = new EncodedLeaf?[Math.Clamp(maxBytes / UsualLeafBytes, 1, 1 << 20)];

    // For each slot, the hash code of the last requested leaf that was not in the cache. A reference would keep the leaf alive.
    private readonly int[] _lastRequested = new int[Math.Clamp(maxBytes / UsualLeafBytes, 1, 1 << 20)];

    /// <summary>Returns the encoded leaf; null if the leaf is not cached, in which case the caller must encode the songs itself.</summary>
    public EncodedLeaf? Find(SongLeaf leaf)
    {
        var index = (leaf.FirstId >>> SongLeaf.Bits) % _slots.Length;
        ref var slot = ref _slots[index];
        var kept = Volatile.Read(ref slot);
        if (kept is not null && ReferenceEquals(kept.Leaf, leaf))
            return kept;
        var identity = RuntimeHelpers.GetHashCode(leaf);
        if (Interlocked.Exchange(ref _lastRequested[index], identity) != identity)
            return null;
        var encoded = new EncodedLeaf(leaf);
        if (encoded.Length <= LargestKept)
            Volatile.Write(ref slot, encoded);
        return encoded;
    }
}

/// <summary>The encoded songs of a leaf, each preceded by its tag and length, as field 1 of a SongPage or a SongInfoPage.</summary>
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

    /// <summary>Returns the songs from number <paramref name="from"/> up to, but not including, number <paramref name="to"/>.</summary>
    public ReadOnlySpan<byte> Songs(int from, int to) => _bytes.AsSpan(StartOf(from)..StartOf(to));

    /// <summary>Returns how many songs, starting with number <paramref name="from"/>, fit into <paramref name="bytes"/> bytes.</summary>
    public int CountWithin(int from, int bytes)
    {
        var to = from;
        while (to < _ends.Length && _ends[to] - StartOf(from) <= bytes)
            to++;
        return to - from;
    }

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];
}
