using System.Collections.Immutable;
using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Library;

/// <summary>
/// Keeps the <see cref="OwnSongs"/> in a cell up to date. The cost of a change depends on how many songs it contains, not on the size of
/// the library.
/// </summary>
internal sealed class SharedSongs(OwnSongsCell cell)
{
    private const int MostUnknown = 10_000;

    private readonly Dictionary<ContentHash, int> _ids = [];
    private readonly Dictionary<ContentHash, IdReceipt> _receipts = [];
    private readonly Dictionary<int, ContentHash> _assigned = [];
    private int _unknown;

    public OwnSongs Current => cell.Current;

    /// <summary>The number of ids that the tracker has assigned in this run and that songs still have.</summary>
    internal int RememberedAssignments => _assigned.Count;

    /// <summary>Adds the ids from earlier runs. They do not replace ids that the tracker has assigned in this run.</summary>
    public void AddKnownIds(IReadOnlyDictionary<ContentHash, int> ids, IReadOnlyDictionary<ContentHash, IdReceipt>? receipts = null)
    {
        foreach (var (hash, id) in ids)
        {
            if (_ids.TryAdd(hash, id) && receipts is not null && receipts.TryGetValue(hash, out var receipt))
                _receipts[hash] = receipt;
        }
    }

    /// <summary>Returns the known receipts of these songs.</summary>
    public IReadOnlyDictionary<ContentHash, IdReceipt> Receipts(IEnumerable<ContentHash> songs) =>
        songs.Where(_receipts.ContainsKey).ToDictionary(hash => hash, hash => _receipts[hash]);

    /// <summary>Applies additions, changes and removals of songs.</summary>
    /// <returns>The hashes of all songs in the changes.</returns>
    public IReadOnlyCollection<ContentHash> Apply(LibraryChanges changes)
    {
        var byHash = Current.ByHash.ToBuilder();
        var byId = Current.ById.ToBuilder();
        foreach (var file in changes.Served)
        {
            var id = IdOf(file.Hash);
            byHash[file.Hash] = new OwnSong(id, file, ReceiptOf(file.Hash));
            if (id > 0)
                byId[id] = file.Hash;
        }

        foreach (var hash in changes.Gone)
        {
            if (byHash.TryGetValue(hash, out var song))
                Free(byId, song);
            byHash.Remove(hash);
        }

        cell.Current = new OwnSongs(byHash.ToImmutable(), byId.ToImmutable());
        return [.. changes.Served.Select(file => file.Hash), .. changes.Gone];
    }

    /// <summary>Adds or replaces a live feed.</summary>
    public void Share(ShareFeed share)
    {
        if (share.KnownId > 0)
            _ids.TryAdd(share.File.Hash, share.KnownId);
        var id = IdOf(share.File.Hash);
        cell.Current = new OwnSongs(
            Current.ByHash.SetItem(share.File.Hash, new OwnSong(id, share.File, ReceiptOf(share.File.Hash)) { Feed = share.Feed }),
            id > 0 ? Current.ById.SetItem(id, share.File.Hash) : Current.ById);
    }

    /// <summary>Removes a live feed.</summary>
    public void Withdraw(ContentHash hash)
    {
        if (Current.ByHash.GetValueOrDefault(hash) is not { Feed: not null } song)
            return;
        var byId = Current.ById.ToBuilder();
        Free(byId, song);
        cell.Current = new OwnSongs(Current.ByHash.Remove(hash), byId.ToImmutable());
    }

    /// <summary>Applies ids that the tracker assigned.</summary>
    /// <returns>The ids that are new or have a new receipt.</returns>
    public IReadOnlyDictionary<ContentHash, int> Assign(IReadOnlyList<AssignedSong> songs)
    {
        var news = new Dictionary<ContentHash, int>();
        var byHash = Current.ByHash.ToBuilder();
        var byId = Current.ById.ToBuilder();
        foreach (var assigned in songs.Where(song => song.Id > 0))
        {
            var hash = new ContentHash(assigned.ContentHash.Span);
            var receipt = IdReceipt.Read(assigned.Receipt);
            // Unknown songs are normal, because a song may be removed while the tracker is assigning its id. But a tracker could also
            // invent songs, so their number is limited.
            if (!byHash.ContainsKey(hash) && !_ids.ContainsKey(hash) && ++_unknown > MostUnknown)
                continue;
            if (IdOf(hash) != assigned.Id || ReceiptOf(hash) != receipt)
                news[hash] = assigned.Id;
            // Each song has one id, however often the tracker changes it.
            if (_ids.TryGetValue(hash, out var earlier) && _assigned.GetValueOrDefault(earlier) == hash)
                _assigned.Remove(earlier);
            _ids[hash] = assigned.Id;
            if (receipt.IsEmpty)
                _receipts.Remove(hash);
            else
                _receipts[hash] = receipt;
            _assigned[assigned.Id] = hash;
            // Another song may already have the id, for example from a different tracker. That song loses the id.
            if (byId.TryGetValue(assigned.Id, out var holder) && holder != hash)
            {
                byHash[holder] = byHash[holder] with { Id = 0 };
                byId.Remove(assigned.Id);
            }

            if (!byHash.TryGetValue(hash, out var song))
                continue;
            if (song.Id != assigned.Id)
                Free(byId, song);
            byHash[hash] = song with { Id = assigned.Id, Receipt = receipt };
            byId[assigned.Id] = hash;
        }

        cell.Current = new OwnSongs(byHash.ToImmutable(), byId.ToImmutable());
        return news;
    }

    private IdReceipt ReceiptOf(ContentHash hash) => _receipts.GetValueOrDefault(hash);

    // An id from an earlier run may now belong to a different song.
    private int IdOf(ContentHash hash) =>
        _ids.TryGetValue(hash, out var id) && (!_assigned.TryGetValue(id, out var holder) || holder == hash) ? id : 0;

    // Frees the song's id, unless the id now belongs to a different song.
    private static void Free(ImmutableDictionary<int, ContentHash>.Builder byId, OwnSong song)
    {
        if (byId.TryGetValue(song.Id, out var holder) && holder == song.File.Hash)
            byId.Remove(song.Id);
    }
}
