using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>All songs that have a host, at one moment. Immutable: every connection reads it without asking the one that writes.</summary>
/// <remarks>Songs lie in blocks of 256 ids; the next snapshot shares every block that has not changed.</remarks>
internal sealed class CatalogSnapshot
{
    public static readonly CatalogSnapshot Empty = new(1, [], 0, ImmutableDictionary<PeerId, HostLoad>.Empty, []);

    private readonly ImmutableArray<Block> _blocks;

    private readonly ImmutableHashSet<int> _withoutHost;

    private CatalogSnapshot(
        ulong version, ImmutableArray<Block> blocks, int count, ImmutableDictionary<PeerId, HostLoad> loads, ImmutableHashSet<int> withoutHost)
    {
        _withoutHost = withoutHost;
        Version = version;
        _blocks = blocks;
        Count = count;
        Loads = loads;
    }

    /// <summary>Grows with every change of a song or its hosts.</summary>
    public ulong Version { get; }

    /// <summary>Songs that have a host.</summary>
    public int Count { get; }

    /// <summary>How busy the hosts said they are.</summary>
    public ImmutableDictionary<PeerId, HostLoad> Loads { get; }

    /// <summary>The song of that id; null when nobody hosts it.</summary>
    public CatalogSong? Find(int id)
    {
        var block = IndexOfBlock(id >> Block.Bits);
        return block >= 0 ? _blocks[block].Find(id) : null;
    }

    /// <summary>True for a song that had a host once and has none now.</summary>
    public bool HasLostItsHosts(int id) => _withoutHost.Contains(id);

    /// <summary>Songs in id order, from the first above <paramref name="cursor"/>.</summary>
    public IEnumerable<CatalogSong> After(int cursor)
    {
        var first = IndexOfBlock(cursor >> Block.Bits);
        for (var i = first >= 0 ? first : ~first; i < _blocks.Length; i++)
        {
            foreach (var song in _blocks[i].Songs)
            {
                if (song.Id > cursor)
                    yield return song;
            }
        }
    }

    /// <summary>All songs that fit the query, best first; songs that fit equally well are in id order.</summary>
    public IReadOnlyList<CatalogSong> Search(string query)
    {
        var wanted = new SearchQuery(query);
        return After(0)
            .Select(song => (Song: song, Rank: song.SearchText.Rank(wanted)))
            .Where(hit => hit.Rank >= 0)
            .OrderBy(hit => hit.Rank)
            .Select(hit => hit.Song)
            .ToList();
    }

    /// <summary>The snapshot after <paramref name="changes"/>: by id, the song as it is now, or null when it has no host any more.</summary>
    public CatalogSnapshot With(IReadOnlyDictionary<int, CatalogSong?> changes, ImmutableDictionary<PeerId, HostLoad> loads)
    {
        if (changes.Count == 0)
            return new CatalogSnapshot(Version, _blocks, Count, loads, _withoutHost);

        var blocks = _blocks.ToDictionary(block => block.Key);
        var count = Count;
        foreach (var group in changes.GroupBy(change => change.Key >> Block.Bits))
        {
            var songs = blocks.TryGetValue(group.Key, out var block) ? block.Songs.ToDictionary(song => song.Id) : [];
            count -= songs.Count;
            foreach (var (id, song) in group)
            {
                if (song is null)
                    songs.Remove(id);
                else
                    songs[id] = song;
            }

            count += songs.Count;
            if (songs.Count == 0)
                blocks.Remove(group.Key);
            else
                blocks[group.Key] = new Block(group.Key, [.. songs.Values.OrderBy(song => song.Id)]);
        }

        var withoutHost = _withoutHost.Except(changes.Where(change => change.Value is not null).Select(change => change.Key))
            .Union(changes.Where(change => change.Value is null).Select(change => change.Key));
        return new CatalogSnapshot(Version + 1, [.. blocks.Values.OrderBy(block => block.Key)], count, loads, withoutHost);
    }

    private int IndexOfBlock(int key)
    {
        var low = 0;
        var high = _blocks.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (_blocks[middle].Key == key)
                return middle;
            if (_blocks[middle].Key < key)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    private sealed record Block(int Key, ImmutableArray<CatalogSong> Songs)
    {
        public const int Bits = 8;

        public CatalogSong? Find(int id)
        {
            foreach (var song in Songs)
            {
                if (song.Id == id)
                    return song;
            }

            return null;
        }
    }
}
