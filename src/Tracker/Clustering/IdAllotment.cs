using TspActors.Protocol;

namespace TspActors.Tracker.Clustering;

/// <summary>A song whose id is asked for: <paramref name="Offered"/> is the one that its host remembers, 0 = none.</summary>
internal readonly record struct WantedId(ContentHash Hash, int Offered);

/// <summary>Decides which song gets which id, for as long as this tracker's allocator is the one of the cluster.</summary>
/// <remarks>
/// Ids at or below the mark with which it began were given out by earlier allocators. Those of them that the table does not know are nobody's, and go to whoever remembers
/// one. New ones come from above the mark, and only up to what is reserved, so that the next allocator begins above them.
/// </remarks>
internal sealed class IdAllotment
{
    /// <summary>An offer this far above the number of songs is honoured, but does not move the counter: absurd offers, however many, must not use up the ids.</summary>
    private const int LargestJump = 10_000_000;

    private readonly IdTable _table;
    private int _counter;

    /// <param name="table">What is known; what is given out is added to it.</param>
    /// <param name="mark">Ids up to this one may have been given out before.</param>
    public IdAllotment(IdTable table, int mark)
    {
        _table = table;
        _counter = Reserved = mark;
    }

    /// <summary>Ids up to this one may be given out; the allocator after this one begins above it.</summary>
    public int Reserved { get; private set; }

    /// <summary>Raises <see cref="Reserved"/>, once that is safe with a majority of the trackers.</summary>
    public void Reserve(int upTo) => Reserved = Math.Max(Reserved, upTo);

    // Does not move with the counter, or one offer would make way for the next.
    private long Reach => _table.Count + (long)LargestJump;

    /// <summary>How far <see cref="Reserved"/> must reach before these can be given their ids; beyond <see cref="int.MaxValue"/> when there are not so many ids.</summary>
    public long NeededFor(IReadOnlyCollection<WantedId> wanted)
    {
        var (highest, fresh, reach) = ((long)_counter, 0, Reach);
        foreach (var (hash, offered) in wanted)
        {
            if (_table.Find(hash) != 0)
                continue;
            fresh++;
            if (IsFree(offered) && offered <= reach)
                highest = Math.Max(highest, offered);
        }

        for (; fresh > 0; fresh--)
        {
            do
                highest++;
            while (highest <= int.MaxValue && _table.IsTaken((int)highest));
        }

        return highest;
    }

    /// <summary>Gives every song its id, in order: the one it has, the one that is offered if it is free, or the next.</summary>
    /// <exception cref="InvalidOperationException">Too few are reserved.</exception>
    public List<(ContentHash Hash, int Id)> Give(IEnumerable<WantedId> wanted)
    {
        var reach = Reach;
        var given = new List<(ContentHash, int)>();
        // Those with an id of their own first: a new song must not take it.
        foreach (var (hash, offered) in wanted.OrderBy(song => song.Offered == 0))
        {
            var id = _table.Find(hash);
            if (id == 0)
            {
                id = IsFree(offered) ? offered : Next();
                if (id <= reach)
                    _counter = Math.Max(_counter, id);
                _table.Learn(hash, id);
            }

            given.Add((hash, id));
        }

        return given;
    }

    private bool IsFree(int offered) => offered > 0 && !_table.IsTaken(offered);

    private int Next()
    {
        var id = (long)_counter;
        do
            id++;
        while (id <= Reserved && _table.IsTaken((int)id));
        if (id > Reserved)
            throw new InvalidOperationException($"Song id {id} is not reserved; {Reserved} is the last that is.");
        return _counter = (int)id;
    }
}
