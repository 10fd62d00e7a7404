using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>Assigns song ids: in order, never one id to two hashes, and the id that a peer remembers if it is still free.</summary>
internal sealed class SongIds
{
    /// <summary>
    /// An offered id this far above all known ones is accepted but does not move the counter: one absurd offer must not use up the ids.
    /// </summary>
    private const int LargestJump = 10_000_000;

    private readonly Dictionary<ContentHash, int> _ids = [];

    // One bit per id, 64 in an entry: a million consecutive ids need 16 thousand entries.
    private readonly Dictionary<int, ulong> _taken = [];
    private int _highest;
    private int _lowestFree = 1;

    /// <summary>The number of assigned ids. An id is never freed.</summary>
    public int Count => _ids.Count;

    /// <summary>Returns the id of a song; 0 when it has none.</summary>
    public int Find(ContentHash hash) => _ids.GetValueOrDefault(hash);

    /// <summary>Returns the id of a song, or assigns one. <paramref name="offered"/> is the id its host remembers; 0 = none.</summary>
    /// <exception cref="InvalidOperationException">All 2^31-1 ids are assigned.</exception>
    public int IdOf(ContentHash hash, int offered)
    {
        if (_ids.TryGetValue(hash, out var id))
            return id;
        id = Assign(hash, offered > 0 && !IsTaken(offered) ? offered : NextFree());
        if (id > _highest && id - _highest <= LargestJump)
            _highest = id;
        return id;
    }

    /// <summary>Assigns a free id to a song that has none. In a cluster, all trackers assign the same one.</summary>
    public int Assign(ContentHash hash, int id)
    {
        _ids.Add(hash, id);
        _taken[id >> 6] = _taken.GetValueOrDefault(id >> 6) | (1UL << (id & 63));
        return id;
    }

    /// <summary>Returns true when a song has the id.</summary>
    public bool IsTaken(int id) => (_taken.GetValueOrDefault(id >> 6) >> (id & 63) & 1) != 0;

    private int NextFree()
    {
        for (var id = _highest; id < int.MaxValue;)
        {
            if (!IsTaken(++id))
                return id;
        }

        // Offers have moved the counter to the end. The ids that they skipped are used now, lowest first.
        for (; _lowestFree < int.MaxValue; _lowestFree++)
        {
            if (!IsTaken(_lowestFree))
                return _lowestFree;
        }

        throw new InvalidOperationException("All song ids are in use.");
    }
}
