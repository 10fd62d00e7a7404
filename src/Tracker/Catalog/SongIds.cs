using TspActors.Protocol;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Assigns song ids: the id that a peer offers, if the offer is honoured; otherwise the next free id in ascending order. No two content
/// hashes have the same id.
/// </summary>
/// <remarks>The ids survive a failure of the TrackerActor and, with an <see cref="IdStore"/>, a restart of the program.</remarks>
internal sealed class SongIds
{
    /// <summary>
    /// An id that is offered without a receipt and exceeds the number of assigned ids by more than this is honoured, but does not move the
    /// counter for new ids. Otherwise, strangers could use up the ids with their offers.
    /// </summary>
    public const int LargestJump = 10_000;

    private readonly Dictionary<ContentHash, int> _ids = [];

    // One bit per id, 64 bits per entry: a million consecutive ids need 16,000 entries.
    private readonly Dictionary<int, ulong> _taken = new(SongIdComparer.Instance);
    private readonly OfferRule _offers;
    private readonly IdStore? _store;
    private int _highest;
    private int _lowestFree;

    /// <param name="offers">Which offers are honoured; null = all of them.</param>
    /// <param name="store">The file that stores the ids; null = no file.</param>
    /// <param name="startAbove">The number above which new ids begin.</param>
    public SongIds(OfferRule? offers = null, IdStore? store = null, int startAbove = 0)
    {
        _offers = offers ?? OfferRule.AtOnce;
        var owners = new Dictionary<int, ContentHash>(SongIdComparer.Instance);
        store?.Load((hash, id) => Restore(owners, hash, id));
        _highest = Math.Max(startAbove, store?.Mark ?? 0);
        _lowestFree = startAbove + 1;
        _store = store;
    }

    /// <summary>The number of assigned ids. An id is never freed.</summary>
    public int Count => _ids.Count;

    /// <summary>The counter for new ids: every new id is higher.</summary>
    public int Counter => _highest;

    /// <summary>Returns the id of a song; 0 if it has none.</summary>
    public int Find(ContentHash hash) => _ids.GetValueOrDefault(hash);

    /// <summary>Returns the id of a song. Assigns one if the song has none.</summary>
    /// <param name="hash">The song.</param>
    /// <param name="offered">The id that its host remembers; 0 = none.</param>
    /// <param name="isProven">Whether a receipt proves that this id was assigned to the song.</param>
    /// <exception cref="InvalidOperationException">All 2^31-1 ids are assigned.</exception>
    public int IdOf(ContentHash hash, int offered, bool isProven = false)
    {
        if (_ids.TryGetValue(hash, out var id))
            return id;
        if (offered > 0 && !IsTaken(offered) && _offers.Honours(isProven))
        {
            if (isProven || offered <= Count + (long)LargestJump)
                MoveTo(offered);
            return Assign(hash, offered);
        }

        id = NextFree();
        MoveTo(id);
        return Assign(hash, id);
    }

    /// <summary>Assigns a free id to a song that has none. In a cluster, all trackers assign the same id.</summary>
    public int Assign(ContentHash hash, int id)
    {
        Add(hash, id);
        _store?.Add(hash, id);
        return id;
    }

    /// <summary>Returns true if a song has the id.</summary>
    public bool IsTaken(int id) => (_taken.GetValueOrDefault(id >> 6) >> (id & 63) & 1) != 0;

    // In a cluster, a later record can replace earlier records of the same song or the same id.
    private void Restore(Dictionary<int, ContentHash> owners, ContentHash hash, int id)
    {
        if (_ids.Remove(hash, out var earlier))
        {
            owners.Remove(earlier);
            _taken[earlier >> 6] = _taken.GetValueOrDefault(earlier >> 6) & ~(1UL << (earlier & 63));
        }

        if (owners.Remove(id, out var other))
            _ids.Remove(other);
        Add(hash, id);
        owners.Add(id, hash);
    }

    private void Add(ContentHash hash, int id)
    {
        _ids.Add(hash, id);
        _taken[id >> 6] = _taken.GetValueOrDefault(id >> 6) | (1UL << (id & 63));
    }

    private void MoveTo(int id)
    {
        if (id <= _highest)
            return;
        _highest = id;
        _store?.Reserve(id);
    }

    private int NextFree()
    {
        for (var id = _highest; id < int.MaxValue;)
        {
            if (!IsTaken(++id))
                return id;
        }

        // Offers have moved the counter to the end. The ids that they skipped are now used, lowest first.
        for (; _lowestFree < int.MaxValue; _lowestFree++)
        {
            if (!IsTaken(_lowestFree))
                return _lowestFree;
        }

        throw new InvalidOperationException("All song ids are in use.");
    }
}
