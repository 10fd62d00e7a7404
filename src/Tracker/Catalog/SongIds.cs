using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>Gives out song ids: in order, never one for two hashes, and the one a peer remembers when it is still free.</summary>
internal sealed class SongIds
{
    /// <summary>
    /// An offer this far above everything known is honoured, but does not move the counter: one absurd offer must not use up the ids.
    /// </summary>
    private const int LargestJump = 10_000_000;

    private readonly Dictionary<ContentHash, int> _ids = [];

    // A bit for each id, 64 in a word: a million ids in a row take 16 thousand of these.
    private readonly Dictionary<int, ulong> _taken = [];
    private int _highest;
    private int _lowestFree = 1;

    /// <summary>Ids given out; they are never forgotten.</summary>
    public int Count => _ids.Count;

    /// <summary>The id of a song that has one; 0 when it has none.</summary>
    public int Find(ContentHash hash) => _ids.GetValueOrDefault(hash);

    /// <summary>The id of a song; a new one when it has none. <paramref name="offered"/> is the one its host remembers, 0 = none.</summary>
    /// <exception cref="InvalidOperationException">All 2^31-1 ids are given out.</exception>
    public int IdOf(ContentHash hash, int offered)
    {
        if (_ids.TryGetValue(hash, out var id))
            return id;
        id = Take(hash, offered > 0 && !IsTaken(offered) ? offered : NextFree());
        if (id > _highest && id - _highest <= LargestJump)
            _highest = id;
        return id;
    }

    /// <summary>Gives a song that has no id one that is free; in a cluster all trackers give it the same.</summary>
    public int Take(ContentHash hash, int id)
    {
        _ids.Add(hash, id);
        _taken[id >> 6] = _taken.GetValueOrDefault(id >> 6) | (1UL << (id & 63));
        return id;
    }

    /// <summary>True when a song has that id.</summary>
    public bool IsTaken(int id) => (_taken.GetValueOrDefault(id >> 6) >> (id & 63) & 1) != 0;

    private int NextFree()
    {
        for (var id = _highest; id < int.MaxValue;)
        {
            if (!IsTaken(++id))
                return id;
        }

        // The counter has come to the end by offers; what they left out is used up from below.
        for (; _lowestFree < int.MaxValue; _lowestFree++)
        {
            if (!IsTaken(_lowestFree))
                return _lowestFree;
        }

        throw new InvalidOperationException("Every song id is given out.");
    }
}
