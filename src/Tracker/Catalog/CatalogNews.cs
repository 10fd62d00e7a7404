using System.Net;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>Keeps the catalog changes that have not been broadcast yet, and decides which of them the next broadcast contains.</summary>
/// <remarks>
/// A broadcast contains a few changes from each peer, and then more of them, round-robin, as long as there is room. One peer's change is
/// therefore in the next broadcast, no matter how many changes another peer causes. The address that caused a change must also have some
/// budget left (<see cref="NewsBudget"/>); otherwise the change is held until the budget allows it. A song that changes again before it is
/// broadcast is broadcast only once, in its newest state. When a host leaves, the changes to its songs are broadcast after a short delay,
/// except for songs whose listing is by then the same as before.
/// </remarks>
internal sealed class CatalogNews(ChangeLimits limits, TimeProvider time)
{
    /// <summary>
    /// If there are this many changes or more, they are not broadcast one by one: all peers are asked to list again. The departure of one
    /// peer with a very large number of songs stays below this number.
    /// </summary>
    public const int MostDue = 250_000;

    /// <summary>The maximum number of changes that are held for one address. Further changes are never broadcast, only listed.</summary>
    public const int MostHeld = 100_000;

    /// <summary>Each broadcast contains at least this many changes from each peer, if it has that many.</summary>
    private const int LeastOfPeer = 10;

    // How many bytes all subscribers together receive in one broadcast, and the minimum for each of them if there are changes. A tracker
    // sends this much in about a fifth of a second (docs/performance.md, "Good clients under attack").
    private const long RoundBytes = 48 * 1024 * 1024;
    private const long LeastRoundBytes = 8 * 1024;

    private readonly NewsBudget _budget = new(limits, time);
    private readonly Dictionary<int, NewsSource> _due = new(SongIdComparer.Instance);
    private readonly Dictionary<PeerId, Queue<int>> _dueBy = [];
    private readonly Dictionary<int, IPAddress> _held = new(SongIdComparer.Instance);
    private readonly Dictionary<IPAddress, Queue<int>> _heldBy = [];
    private readonly Dictionary<int, CatalogSong?> _withdrawn = new(SongIdComparer.Instance);
    private readonly Queue<(TimeSpan At, int Id, NewsSource By)> _withdrawals = new();

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>True if there are too many changes to broadcast one by one.</summary>
    public bool IsTooMuch => _due.Count >= MostDue;

    /// <summary>Returns the time until there may be something to broadcast; null if there is nothing.</summary>
    public TimeSpan? NextIn()
    {
        if (_due.Count > 0)
            return TimeSpan.Zero;
        TimeSpan? held = _held.Count > 0 ? TimeSpan.FromSeconds(1) : null;
        if (!_withdrawals.TryPeek(out var next))
            return held;
        var wait = next.At > Now ? next.At - Now : TimeSpan.Zero;
        return wait < held || held is null ? wait : held;
    }

    /// <summary>Records that an address has sent bytes of a share.</summary>
    public void Received(IPAddress by, long bytes, int subscribers) => _budget.Received(by, bytes, subscribers);

    /// <summary>Records that a song has changed.</summary>
    /// <param name="id">The song.</param>
    /// <param name="by">The host that caused the change.</param>
    public void Changed(int id, NewsSource by)
    {
        // The song will be compared with its earlier listing when the withdrawal delay ends.
        if (_withdrawn.ContainsKey(id))
            return;
        if (_held.TryGetValue(id, out var holder))
        {
            if (holder.Equals(by.Address))
                return;
            _held.Remove(id);
        }

        if (_due.Count < MostDue || _due.ContainsKey(id))
            AddDue(id, by);
    }

    /// <summary>Records that a host of a song has left. The host may soon be back.</summary>
    /// <param name="id">The song.</param>
    /// <param name="by">The host.</param>
    /// <param name="before">The song as it was listed; null = it was not listed.</param>
    public void Withdrawn(int id, NewsSource by, CatalogSong? before)
    {
        if (limits.WithdrawalDelay == TimeSpan.Zero || _due.ContainsKey(id) || _held.ContainsKey(id) || _withdrawn.Count >= MostDue)
            Changed(id, by);
        else if (_withdrawn.TryAdd(id, before))
            _withdrawals.Enqueue((Now + limits.WithdrawalDelay, id, by));
    }

    /// <summary>Returns the songs to broadcast now, in id order, and removes them.</summary>
    /// <param name="find">Returns a song as it is now; null = no peer hosts it.</param>
    /// <param name="subscribers">The number of peers that will receive the broadcast.</param>
    public IReadOnlyList<int> Dequeue(Func<int, CatalogSong?> find, int subscribers)
    {
        var now = Now;
        while (_withdrawals.TryPeek(out var withdrawal) && withdrawal.At <= now)
        {
            _withdrawals.Dequeue();
            if (!_withdrawn.Remove(withdrawal.Id, out var before) || IsListedLike(before, find(withdrawal.Id)))
                continue;
            Changed(withdrawal.Id, withdrawal.By);
        }

        var told = DequeueDue(find, Math.Max(LeastRoundBytes, RoundBytes / Math.Max(1, subscribers)));
        foreach (var (by, ids) in _heldBy.ToList())
        {
            while (ids.TryPeek(out var id) && (!IsHeldBy(id, by) || _budget.TrySpend(by, BytesOf(find(id)))))
            {
                ids.Dequeue();
                if (IsHeldBy(id, by) && _held.Remove(id))
                    told.Add(id);
            }

            if (ids.Count == 0)
                _heldBy.Remove(by);
        }

        told.Sort();
        return told;
    }

    /// <summary>Removes all changes, because all peers will list again or none of them wants broadcasts.</summary>
    public void Clear()
    {
        _due.Clear();
        _dueBy.Clear();
        _held.Clear();
        _heldBy.Clear();
        _withdrawn.Clear();
        _withdrawals.Clear();
    }

    // Takes one change from each peer per round: the guaranteed ones first, and then as many as there is room for.
    private List<int> DequeueDue(Func<int, CatalogSong?> find, long room)
    {
        var told = new List<int>();
        for (var turn = 0; _dueBy.Count > 0 && (turn < LeastOfPeer || room > 0); turn++)
        {
            foreach (var (peer, ids) in _dueBy)
            {
                if (turn >= LeastOfPeer && room <= 0)
                    break;
                if (!TryDequeue(peer, ids, out var id, out var by))
                {
                    // Removing the current entry does not disturb the enumeration.
                    _dueBy.Remove(peer);
                    continue;
                }

                var bytes = BytesOf(find(id));
                if (!_budget.TrySpend(by, bytes))
                {
                    Hold(id, by);
                    continue;
                }

                told.Add(id);
                room -= bytes;
            }
        }

        return told;
    }

    // Skips the changes that have moved to another peer.
    private bool TryDequeue(PeerId peer, Queue<int> ids, out int id, out IPAddress by)
    {
        while (ids.TryDequeue(out id))
        {
            if (_due.TryGetValue(id, out var source) && source.Peer == peer)
            {
                _due.Remove(id);
                by = source.Address;
                return true;
            }
        }

        by = IPAddress.None;
        return false;
    }

    // A change does not wait behind the many changes of another peer that changed the same song: it moves to the peer with the shorter
    // queue. It never moves to a longer one, so each song is in few queues.
    private void AddDue(int id, NewsSource by)
    {
        if (!_dueBy.TryGetValue(by.Peer, out var own))
            _dueBy.Add(by.Peer, own = new Queue<int>());
        if (_due.TryGetValue(id, out var source)
            && (source.Peer == by.Peer || own.Count >= _dueBy[source.Peer].Count))
            return;
        _due[id] = by;
        own.Enqueue(id);
    }

    private static int BytesOf(CatalogSong? song) => song is null ? 4 : song.EntryLength + 4;

    private static bool IsListedLike(CatalogSong? before, CatalogSong? now) =>
        before is null ? now is null : now is not null && before.HasSameListing(now);

    private bool IsHeldBy(int id, IPAddress by) => _held.TryGetValue(id, out var holder) && holder.Equals(by);

    private void Hold(int id, IPAddress by)
    {
        if (!_heldBy.TryGetValue(by, out var ids))
            _heldBy.Add(by, ids = new Queue<int>());
        if (ids.Count >= MostHeld)
            return;
        if (_held.TryAdd(id, by))
            ids.Enqueue(id);
    }
}
