using System.Buffers.Binary;
using System.Security.Cryptography;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// The cluster's song ids, as far as this tracker knows them. They are in blocks with digests, so that two tables can be compared without
/// sending their entries.
/// </summary>
internal sealed class IdTable
{
    /// <summary>The number of ids in a block. The entries of a block fit into one message.</summary>
    public const int BlockSize = 1024;

    private readonly Dictionary<ContentHash, int> _ids = [];
    private readonly HashSet<ContentHash> _tentative = [];
    private readonly Dictionary<int, Block> _blocks = [];

    /// <summary>
    /// New ids are higher than this one, as far as this tracker knows; 0 = it knows none. Ids that strangers may have made up, far above
    /// the number of songs, do not count.
    /// </summary>
    public int Counter { get; private set; }

    /// <summary>The number of ids.</summary>
    public int Count => _ids.Count;

    /// <summary>Returns the id of a song, even if only an allocator has announced it so far; 0 = unknown.</summary>
    public int Find(ContentHash hash) => _ids.GetValueOrDefault(hash);

    /// <summary>Returns the id of a song if peers may receive it; 0 = none.</summary>
    public int FindCertain(ContentHash hash) => _tentative.Contains(hash) ? 0 : Find(hash);

    /// <summary>Returns true if a song has this id.</summary>
    public bool IsTaken(int id) => _blocks.TryGetValue(BlockOf(id), out var block) && block.IsTaken(id);

    /// <summary>Adds an id that another tracker knows. An entry that this tracker already knows never changes.</summary>
    /// <param name="hash">The song.</param>
    /// <param name="id">Its id.</param>
    /// <param name="isCertain">False while a majority of the trackers may not know the id yet. Until then, peers do not receive it.</param>
    /// <returns>False if the id contradicts a known entry.</returns>
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
        if (id <= Count + (long)SongIds.LargestJump)
            RaiseCounter(id);
        if (!isCertain)
            _tentative.Add(hash);
        if (!_blocks.TryGetValue(BlockOf(id), out var block))
            _blocks.Add(BlockOf(id), block = new Block());
        block.Add(id, hash);
        return true;
    }

    /// <summary>Records that the cluster's allocator has given out ids up to this one.</summary>
    public void RaiseCounter(int counter) => Counter = Math.Max(Counter, counter);

    /// <summary>Returns the digest of each block that is not empty.</summary>
    public IEnumerable<(int Block, ulong Digest)> Digests() => _blocks.Select(block => (block.Key, block.Value.Digest));

    /// <summary>Returns the entries of a block.</summary>
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

        // One hash over all entries. Peers choose content hashes and offer ids, so with a simple sum, they could choose entries that cancel
        // each other out.
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
