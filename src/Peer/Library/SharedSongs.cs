using System.Collections.Immutable;
using TspActors.Media;
using TspActors.Protocol;

namespace TspActors.Peer.Library;

/// <summary>Keeps the <see cref="OwnSongs"/> of the cell up to date; every change costs what it touches, however many songs there are.</summary>
internal sealed class SharedSongs(OwnSongsCell cell)
{
    private readonly Dictionary<ContentHash, int> _ids = [];

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
            var id = _ids.GetValueOrDefault(file.Hash);
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
        foreach (var song in songs)
        {
            var hash = new ContentHash(song.ContentHash.Span);
            if (song.Id > 0 && _ids.GetValueOrDefault(hash) != song.Id)
                news[hash] = _ids[hash] = song.Id;
        }

        if (news.Count == 0)
            return news;
        var byHash = Current.ByHash.ToBuilder();
        var byId = Current.ById.ToBuilder();
        foreach (var (hash, id) in news)
        {
            if (!byHash.TryGetValue(hash, out var song))
                continue;
            Free(byId, song);
            byHash[hash] = song with { Id = id };
            byId[id] = hash;
        }

        cell.Current = new OwnSongs(byHash.ToImmutable(), byId.ToImmutable());
        return news;
    }

    // Another song may have been given the id meanwhile.
    private static void Free(ImmutableDictionary<int, ContentHash>.Builder byId, OwnSong song)
    {
        if (byId.TryGetValue(song.Id, out var holder) && holder == song.File.Hash)
            byId.Remove(song.Id);
    }
}
