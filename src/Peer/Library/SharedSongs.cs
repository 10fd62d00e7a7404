using System.Collections.Immutable;
using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Library;

/// <summary>
/// Keeps the <see cref="OwnSongs"/> of the cell up to date; every change costs what it touches, however many songs there are.
/// </summary>
internal sealed class SharedSongs(OwnSongsCell cell)
{
    private const int MostUnknown = 10_000;

    private readonly Dictionary<ContentHash, int> _ids = [];
    private readonly Dictionary<int, ContentHash> _assigned = [];
    private int _unknown;

    public OwnSongs Current => cell.Current;

    /// <summary>Takes the ids the songs had in earlier runs; what the tracker has assigned in this one is newer.</summary>
    public void Know(IReadOnlyDictionary<ContentHash, int> ids)
    {
        foreach (var (hash, id) in ids)
            _ids.TryAdd(hash, id);
    }

    /// <summary>Songs came, changed or went.</summary>
    /// <returns>Which.</returns>
    public IReadOnlyCollection<ContentHash> Apply(LibraryChanges changes)
    {
        var byHash = Current.ByHash.ToBuilder();
        var byId = Current.ById.ToBuilder();
        foreach (var file in changes.Served)
        {
            var id = IdOf(file.Hash);
            byHash[file.Hash] = new OwnSong(id, file);
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

    /// <summary>The tracker has given ids.</summary>
    /// <returns>Those that are new.</returns>
    public IReadOnlyDictionary<ContentHash, int> Assign(IReadOnlyList<AssignedSong> songs)
    {
        var news = new Dictionary<ContentHash, int>();
        var byHash = Current.ByHash.ToBuilder();
        var byId = Current.ById.ToBuilder();
        foreach (var assigned in songs.Where(song => song.Id > 0))
        {
            var hash = new ContentHash(assigned.ContentHash.Span);
            // Songs that went while the tracker chose their ids. It could name any number of songs that this peer never had.
            if (!byHash.ContainsKey(hash) && !_ids.ContainsKey(hash) && ++_unknown > MostUnknown)
                continue;
            if (IdOf(hash) != assigned.Id)
                news[hash] = assigned.Id;
            _ids[hash] = assigned.Id;
            _assigned[assigned.Id] = hash;
            // Whoever had the id before, at another tracker say, has it no longer.
            if (byId.TryGetValue(assigned.Id, out var holder) && holder != hash)
            {
                byHash[holder] = byHash[holder] with { Id = 0 };
                byId.Remove(assigned.Id);
            }

            if (!byHash.TryGetValue(hash, out var song))
                continue;
            if (song.Id != assigned.Id)
                Free(byId, song);
            byHash[hash] = song with { Id = assigned.Id };
            byId[assigned.Id] = hash;
        }

        cell.Current = new OwnSongs(byHash.ToImmutable(), byId.ToImmutable());
        return news;
    }

    // An id of an earlier run may be another song's by now.
    private int IdOf(ContentHash hash) =>
        _ids.TryGetValue(hash, out var id) && (!_assigned.TryGetValue(id, out var holder) || holder == hash) ? id : 0;

    // Another song may have been given the id meanwhile.
    private static void Free(ImmutableDictionary<int, ContentHash>.Builder byId, OwnSong song)
    {
        if (byId.TryGetValue(song.Id, out var holder) && holder == song.File.Hash)
            byId.Remove(song.Id);
    }
}
