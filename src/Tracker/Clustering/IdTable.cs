using System.Buffers.Binary;
using TspActors.Protocol;

namespace TspActors.Tracker.Clustering;

/// <summary>Every song id of the cluster that this tracker has heard of, in blocks whose digests tell two tables apart without comparing them entry by entry.</summary>
internal sealed class IdTable
{
    /// <summary>Ids of a block; its entries fit one message.</summary>
    public const int BlockSize = 1024;

    private readonly Dictionary<ContentHash, int> _ids = [];
    private readonly Dictionary<int, Block> _blocks = [];

    /// <summary>Ids in it.</summary>
    public int Count => _ids.Count;

    /// <summary>The largest id in it; 0 = none.</summary>
    public int Highest { get; private set; }

    /// <summary>The id of a song; 0 = it is not known.</summary>
    public int Find(ContentHash hash) => _ids.GetValueOrDefault(hash);

    /// <summary>True when a song has that id.</summary>
    public bool IsTaken(int id) => _blocks.TryGetValue(BlockOf(id), out var block) && block.Hashes.ContainsKey(id);

    /// <summary>Adds what another tracker knows. What is known stays: an id never changes its song, nor a song its id.</summary>
    /// <returns>False when it contradicts what is known.</returns>
    public bool Learn(ContentHash hash, int id)
    {
        if (_ids.TryGetValue(hash, out var known))
            return known == id;
        if (IsTaken(id))
            return false;
        _ids.Add(hash, id);
        if (!_blocks.TryGetValue(BlockOf(id), out var block))
            _blocks.Add(BlockOf(id), block = new Block());
        block.Hashes.Add(id, hash);
        block.Digest ^= DigestOf(hash, id);
        Highest = Math.Max(Highest, id);
        return true;
    }

    /// <summary>What is in each block that is not empty.</summary>
    public IEnumerable<(int Block, ulong Digest)> Digests() => _blocks.Select(block => (block.Key, block.Value.Digest));

    /// <summary>The digest of a block; 0 when it is empty.</summary>
    public ulong DigestOf(int block) => _blocks.TryGetValue(block, out var found) ? found.Digest : 0;

    /// <summary>The entries of a block.</summary>
    public IEnumerable<(ContentHash Hash, int Id)> EntriesOf(int block) =>
        _blocks.TryGetValue(block, out var found) ? found.Hashes.Select(entry => (entry.Value, entry.Key)) : [];

    private static int BlockOf(int id) => id / BlockSize;

    // A content hash is as good as random; the id is mixed in so that a song with another id counts as another entry.
    private static ulong DigestOf(ContentHash hash, int id)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.Size];
        hash.CopyTo(bytes);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes) + (ulong)id) * 0x9E3779B97F4A7C15;
    }

    private sealed class Block
    {
        public Dictionary<int, ContentHash> Hashes { get; } = [];

        public ulong Digest { get; set; }
    }
}
