using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Clustering;

/// <summary>A song that needs an id.</summary>
/// <param name="Hash">The song.</param>
/// <param name="Offered">The id that its host remembers; 0 = none.</param>
/// <param name="IsProven">Whether a receipt proves that the cluster assigned that id to the song.</param>
internal readonly record struct WantedId(ContentHash Hash, int Offered, bool IsProven = false);

/// <summary>Decides which id each song receives while this tracker runs the cluster's allocator.</summary>
/// <remarks>
/// Earlier allocators allotted ids up to the mark with which this one starts. An id below the mark that is not in the table is not assigned
/// to any song, and goes to the first song whose host remembers it. New ids are above the mark, and only reserved ones are given out, so
/// that the next allocator starts above them.
/// </remarks>
internal sealed class IdAllotment
{
    /// <summary>
    /// An id that is offered without a receipt and exceeds the number of songs by more than this is accepted, but does not move the
    /// counter: strangers must not be able to use up the ids with their offers.
    /// </summary>
    private const int LargestJump = SongIds.LargestJump;

    private readonly IdTable _table;
    private int _counter;

    /// <param name="table">The known ids. New ids are added to it.</param>
    /// <param name="mark">Ids up to this one may already have been allotted.</param>
    public IdAllotment(IdTable table, int mark)
    {
        _table = table;
        _counter = Reserved = mark;
    }

    /// <summary>The highest id that may be given out sequentially. The next allocator starts above it.</summary>
    public int Reserved { get; private set; }

    /// <summary>Every id that is given out sequentially from now on is higher than this counter.</summary>
    public int Counter => _counter;

    /// <summary>Makes new ids start above the mark, because a tracker may already have given out ids up to it.</summary>
    public void StartAbove(int mark) => _counter = Math.Max(_counter, mark);

    /// <summary>Raises <see cref="Reserved"/>. Call it only after a majority of the trackers has stored the reservation.</summary>
    public void Reserve(int upTo) => Reserved = Math.Max(Reserved, upTo);

    // Based on the number of songs rather than the counter, because otherwise each offer would raise the limit for the next.
    private long Reach => _table.Count + (long)LargestJump;

    /// <summary>
    /// Returns how far <see cref="Reserved"/> must reach before these songs can receive their ids; above <see cref="int.MaxValue"/> if
    /// there are not enough ids.
    /// </summary>
    public long NeededFor(IReadOnlyCollection<WantedId> wanted)
    {
        var (highest, fresh, reach) = ((long)_counter, 0, Reach);
        foreach (var (hash, offered, isProven) in wanted)
        {
            if (_table.Find(hash) != 0)
                continue;
            fresh++;
            if (IsFree(offered) && (isProven || offered <= reach))
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

    /// <summary>Gives every song an id: its existing id, the offered id if that is free, or the next free id.</summary>
    /// <exception cref="InvalidOperationException">Not enough ids are reserved.</exception>
    public List<(ContentHash Hash, int Id)> Give(IEnumerable<WantedId> wanted)
    {
        var reach = Reach;
        var given = new List<(ContentHash, int)>();
        // Songs with an offered id come first, those with a receipt before the others, so that no song takes an id that is offered for
        // another.
        foreach (var (hash, offered, isProven) in wanted.OrderBy(song => song.Offered == 0 ? 2 : song.IsProven ? 0 : 1))
        {
            var id = _table.Find(hash);
            if (id == 0)
            {
                id = IsFree(offered) ? offered : Next();
                if (isProven || id <= reach)
                    _counter = Math.Max(_counter, id);
                _table.Learn(hash, id, isCertain: false);
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
            throw new InvalidOperationException($"Song id {id} is not reserved; the last reserved id is {Reserved}.");
        return _counter = (int)id;
    }
}
