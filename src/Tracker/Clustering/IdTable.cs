using System.Buffers.Binary;
using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Tracker.Clustering;

/// <summary>Every song id of the cluster that this tracker has heard of, in blocks whose digests tell two tables apart without comparing them entry by entry.</summary>
internal sealed class IdTable
{
    /// <summary>Ids of a block; its entries fit one message.</summary>
    public const int BlockSize = 1024;

    private readonly Dictionary<ContentHash, int> _ids = [];
    private readonly HashSet<ContentHash> _tentative = [];
    private readonly Dictionary<int, Block> _blocks = [];

    /// <summary>Ids in it.</summary>
    public int Count => _ids.Count;

    /// <summary>The id of a song, even if only an allocator has named it so far; 0 = it is not known.</summary>
    public int Find(ContentHash hash) => _ids.GetValueOrDefault(hash);

    /// <summary>The id of a song that peers may be told; 0 = none.</summary>
    public int FindCertain(ContentHash hash) => _tentative.Contains(hash) ? 0 : Find(hash);

    /// <summary>True when a song has that id.</summary>
    public bool IsTaken(int id) => _blocks.TryGetValue(BlockOf(id), out var block) && block.IsTaken(id);

    /// <summary>Adds what another tracker knows. What is known stays: an id never changes its song, nor a song its id.</summary>
    /// <param name="hash">The song.</param>
    /// <param name="id">Its id.</param>
    /// <param name="isCertain">False while it is not known whether more than half of the trackers have learnt it: then no peer is told.</param>
    /// <returns>False when it contradicts what is known.</returns>
    public bool Learn(ContentHash hash, int id, bool isCertain = true)
    {
        if (_ids.TryGetValue(hash, out var known))
        {
            if (isCertain && known == id)
                _tentative.Remove(hash);
            return known == id;
        }

        if (IsTaken(id))
            return false;
        _ids.Add(hash, id);
        if (!isCertain)
            _tentative.Add(hash);
        if (!_blocks.TryGetValue(BlockOf(id), out var block))
            _blocks.Add(BlockOf(id), block = new Block());
        block.Add(id, hash);
        return true;
    }

    /// <summary>What is in each block that is not empty.</summary>
    public IEnumerable<(int Block, ulong Digest)> Digests() => _blocks.Select(block => (block.Key, block.Value.Digest));

    /// <summary>The entries of a block.</summary>
    public IEnumerable<(ContentHash Hash, int Id)> EntriesOf(int block) =>
        _blocks.TryGetValue(block, out var found) ? found.Entries : [];

    private static int BlockOf(int id) => id / BlockSize;

    private sealed class Block
    {
        private readonly SortedDictionary<int, ContentHash> _hashes = [];
        private ulong? _digest;

        public IEnumerable<(ContentHash Hash, int Id)> Entries => _hashes.Select(entry => (entry.Value, entry.Key));

        public ulong Digest => _digest ??= DigestOf(_hashes);

        public bool IsTaken(int id) => _hashes.ContainsKey(id);

        public void Add(int id, ContentHash hash)
        {
            _hashes.Add(id, hash);
            _digest = null;
        }

        // Of all entries at once: peers choose hashes and offer ids, and could choose such as cancel each other out in any mere sum.
        private static ulong DigestOf(SortedDictionary<int, ContentHash> hashes)
        {
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Span<byte> entry = stackalloc byte[sizeof(int) + ContentHash.Size];
            foreach (var (id, hash) in hashes)
            {
                BinaryPrimitives.WriteInt32BigEndian(entry, id);
                hash.CopyTo(entry[sizeof(int)..]);
                digest.AppendData(entry);
            }

            Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
            digest.GetHashAndReset(whole);
            return BinaryPrimitives.ReadUInt64BigEndian(whole);
        }
    }
}
