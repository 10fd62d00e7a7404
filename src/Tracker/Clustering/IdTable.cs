using System.Buffers.Binary;
using System.Security.Cryptography;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// The cluster's song ids, as far as this tracker knows them. They are grouped in blocks with digests, so that two tables can be compared
/// without sending their entries.
/// </summary>
/// <remarks>
/// An entry is certain once a majority of the cluster's trackers knows it. Certainty lasts for one membership only: in the next one, the
/// same ids may stand for different songs, because the other trackers may have lost their ids. During a membership, a certain entry never
/// changes, and it replaces uncertain entries that contradict it.
/// </remarks>
internal sealed class IdTable
{
    /// <summary>The number of ids in a block. The entries of a block fit into one message.</summary>
    public const int BlockSize = 1024;

    private readonly Dictionary<ContentHash, Entry> _ids = [];
    private readonly Dictionary<int, Block> _blocks = new(SongIdComparer.Instance);
    private int _membership = 1;

    /// <summary>
    /// New ids are higher than this one, as far as this tracker knows; 0 = it knows of none. Ids far above the number of songs do not
    /// count, because strangers may have made them up.
    /// </summary>
    public int Counter { get; private set; }

    /// <summary>The number of ids.</summary>
    public int Count => _ids.Count;

    /// <summary>Returns the id of a song, even if only an allocator has announced it so far; 0 = unknown.</summary>
    public int Find(ContentHash hash) => _ids.GetValueOrDefault(hash).Id;

    /// <summary>Returns the id of a song if peers may receive it; 0 = none.</summary>
    public int FindCertain(ContentHash hash) =>
        _ids.TryGetValue(hash, out var entry) && entry.CertainIn == _membership ? entry.Id : 0;

    /// <summary>Returns true if the id of a song is certain, but not in the id store yet.</summary>
    public bool IsToBeStored(ContentHash hash) =>
        _ids.TryGetValue(hash, out var entry) && entry.CertainIn == _membership && entry.StoredIn != _membership;

    /// <summary>Returns true if a song has this id.</summary>
    public bool IsTaken(int id) => _blocks.TryGetValue(BlockOf(id), out var block) && block.IsTaken(id);

    /// <summary>Begins a membership in a cluster. No entry is certain any longer, and none counts as stored.</summary>
    public void BeginMembership() => _membership++;

    /// <summary>Adds an id that another tracker knows.</summary>
    /// <param name="hash">The song.</param>
    /// <param name="id">Its id.</param>
    /// <param name="isCertain">False if a majority of the trackers may not know the id yet. Peers do not receive the id until a majority
    ///   knows it.</param>
    /// <param name="isAllotted">True if the allocator has allotted the id. The allocator knows all ids that are certain, so uncertain
    ///   entries that contradict this one are dropped, just as they are for a certain id.</param>
    /// <returns>False if the id contradicts a known entry.</returns>
    public bool Learn(ContentHash hash, int id, bool isCertain = true, bool isAllotted = false)
    {
        var known = _ids.GetValueOrDefault(hash);
        if (known.Id == id)
        {
            if (isCertain)
                _ids[hash] = known with { CertainIn = _membership };
            return true;
        }

        if (!MayDrop(hash, isCertain || isAllotted) || !MayDrop(SongWith(id), isCertain || isAllotted))
            return false;
        Drop(hash);
        Drop(SongWith(id));
        Add(hash, new Entry(id, isCertain ? _membership : 0, 0));
        return true;
    }

    /// <summary>Adds an entry from the id store. Later entries replace earlier ones.</summary>
    public void Restore(ContentHash hash, int id)
    {
        if (Find(hash) != id)
        {
            Drop(hash);
            Drop(SongWith(id));
            Add(hash, new Entry(id, 0, 0));
        }

        SetStored(hash);
    }

    /// <summary>Records that the entry of a song is in the id store.</summary>
    public void SetStored(ContentHash hash) => _ids[hash] = _ids[hash] with { StoredIn = _membership };

    private void Add(ContentHash hash, Entry entry)
    {
        var id = entry.Id;
        _ids.Add(hash, entry);
        if (id <= Count + (long)SongIds.LargestJump)
            RaiseCounter(id);
        if (!_blocks.TryGetValue(BlockOf(id), out var block))
            _blocks.Add(BlockOf(id), block = new Block());
        block.Add(id, hash);
    }

    private bool MayDrop(ContentHash? hash, bool mayReplace) =>
        hash is not { } song || Find(song) == 0 || (mayReplace && FindCertain(song) == 0);

    private void Drop(ContentHash? hash)
    {
        if (hash is { } song && _ids.Remove(song, out var entry))
            _blocks[BlockOf(entry.Id)].Remove(entry.Id);
    }

    private ContentHash? SongWith(int id) => _blocks.TryGetValue(BlockOf(id), out var block) ? block.Find(id) : null;

    /// <summary>Records that the cluster's allocator has given out ids up to this one.</summary>
    public void RaiseCounter(int counter) => Counter = Math.Max(Counter, counter);

    /// <summary>Returns the digest of each block that is not empty.</summary>
    public IEnumerable<(int Block, ulong Digest)> Digests() =>
        _blocks.Where(block => !block.Value.IsEmpty).Select(block => (block.Key, block.Value.Digest));

    /// <summary>Returns the entries of a block.</summary>
    public IEnumerable<(ContentHash Hash, int Id)> EntriesOf(int block) =>
        _blocks.TryGetValue(block, out var found) ? found.Entries : [];

    private static int BlockOf(int id) => id / BlockSize;

    /// <param name="Id">The id of the song.</param>
    /// <param name="CertainIn">The membership in which the entry is certain; 0 = none.</param>
    /// <param name="StoredIn">The membership in which the entry is in the id store; 0 = none.</param>
    private readonly record struct Entry(int Id, int CertainIn, int StoredIn);

    private sealed class Block
    {
        private readonly SortedDictionary<int, ContentHash> _hashes = [];
        private ulong? _digest;

        public IEnumerable<(ContentHash Hash, int Id)> Entries => _hashes.Select(entry => (entry.Value, entry.Key));

        public ulong Digest => _digest ??= DigestOf(_hashes);

        public bool IsEmpty => _hashes.Count == 0;

        public bool IsTaken(int id) => _hashes.ContainsKey(id);

        public ContentHash? Find(int id) => _hashes.TryGetValue(id, out var hash) ? hash : null;

        public void Add(int id, ContentHash hash)
        {
            _hashes.Add(id, hash);
            _digest = null;
        }

        public void Remove(int id)
        {
            _hashes.Remove(id);
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
