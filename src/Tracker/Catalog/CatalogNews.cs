using System.Net;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>Keeps the catalog changes that have not been broadcast yet, and decides which of them the next broadcast contains.</summary>
/// <remarks>
/// A broadcast contains a few changes from each peer, and then, round-robin, as many more as fit. A peer's change is therefore in one of
/// the next few broadcasts, no matter how many changes other peers cause. The address that caused a change must also have some budget left
/// (<see cref="NewsBudget"/>); otherwise the change is held until the budget allows it. A change is also held if the changes waiting from
/// its network already outnumber those that could still be added to the queue. A song that changes again before it is broadcast is
/// broadcast only once, in its newest state. When a host leaves, the changes to its songs are broadcast after a short delay, except for
/// songs that are by then listed as they were before.
/// </remarks>
internal sealed class CatalogNews(ChangeLimits limits, TimeProvider time)
{
    /// <summary>
    /// If there are this many changes or more, they are not broadcast one by one; instead, all peers are asked to list again. No budget is
    /// charged for that, so other limits ensure that only the changes from many networks together can reach this number.
    /// </summary>
    public const int MostDue = 250_000;

    /// <summary>
    /// The maximum number of changes that are held for one address. Further changes are never broadcast; they appear only in listings.
    /// </summary>
    public const int MostHeld = 100_000;

    /// <summary>
    /// This many changes from one network may wait even if there is space for fewer. At least 250 networks are therefore needed to reach
    /// <see cref="MostDue"/>.
    /// </summary>
    private const int LeastDueOfNetwork = 1_000;

    /// <summary>A broadcast contains at least this many changes from each peer (all if the peer has fewer), as long as they fit.</summary>
    private const int LeastOfPeer = 10;

    // How many bytes all subscribers together receive in one broadcast, and the minimum for each of them if there are changes. A tracker
    // sends 48 MiB in about a fifth of a second (docs/performance.md, "Good clients under attack").
    private const long RoundBytes = 48 * 1024 * 1024;
    private const long LeastRoundBytes = 8 * 1024;

    // One eighth of a broadcast's bytes is reserved for its headers and for the last song.
    private const int RestShare = 8;

    private readonly NewsBudget _budget = new(limits, time);
    private readonly Dictionary<int, Due> _due = new(SongIdComparer.Instance);
    private readonly Dictionary<PeerId, Queue<int>> _dueBy = [];
    private readonly Dictionary<AddressGroup, int> _dueIn = [];
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

    /// <summary>Records that an address has sent this many bytes of a share.</summary>
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
            if (holder.Equals(by.Address) || !_budget.HasLeft(by.Address) || IsFullFor(by))
                return;
            _held.Remove(id);
        }

        if (_due.TryGetValue(id, out var due))
            ChangedAgain(id, due, by);
        else if (IsFullFor(by))
            Hold(id, by.Address);
        else if (_due.Count < MostDue)
            AddDue(id, new Due(by, null));
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
    /// <param name="mostBytes">The approximate maximum size of the broadcast in bytes.</param>
    public IReadOnlyList<int> Dequeue(Func<int, CatalogSong?> find, int subscribers, long mostBytes = long.MaxValue)
    {
        var now = Now;
        while (_withdrawals.TryPeek(out var withdrawal) && withdrawal.At <= now)
        {
            _withdrawals.Dequeue();
            if (!_withdrawn.Remove(withdrawal.Id, out var before) || IsListedLike(before, find(withdrawal.Id)))
                continue;
            Changed(withdrawal.Id, withdrawal.By);
        }

        // The rest is reserved for the frames' headers, and for the last song, which may need more than the remaining space.
        var room = mostBytes - (mostBytes / RestShare);
        var told = DequeueDue(find, Math.Max(LeastRoundBytes, RoundBytes / Math.Max(1, subscribers)), ref room);
        foreach (var (by, ids) in FromAnyPlace(_heldBy).ToList())
        {
            while ((told.Count == 0 || room > 0) && ids.TryPeek(out var id))
            {
                if (IsHeldBy(id, by))
                {
                    var bytes = BytesOf(find(id));
                    if (!_budget.TrySpend(by, bytes))
                        break;
                    _held.Remove(id);
                    told.Add(id);
                    room -= bytes;
                }

                ids.Dequeue();
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
        _dueIn.Clear();
        _held.Clear();
        _heldBy.Clear();
        _withdrawn.Clear();
        _withdrawals.Clear();
    }

    // Takes one change from each peer per turn: the guaranteed ones first, and then as many as fit.
    private List<int> DequeueDue(Func<int, CatalogSong?> find, long share, ref long room)
    {
        var told = new List<int>();
        for (var turn = 0; _dueBy.Count > 0 && HasRoom(turn, share, room); turn++)
        {
            foreach (var (peer, ids) in FromAnyPlace(_dueBy))
            {
                if (!HasRoom(turn, share, room))
                    break;
                if (!TryDequeue(peer, ids, out var id, out var due))
                {
                    // Removing the current entry does not disturb the enumeration.
                    _dueBy.Remove(peer);
                    continue;
                }

                var bytes = BytesOf(find(id));
                if (!_budget.TrySpend(due.Source.Address, bytes) && !(due.Other is { } payer && _budget.TrySpend(payer, bytes)))
                {
                    if (!Hold(id, due.Source.Address) && due.Other is { } other)
                        Hold(id, other);
                    continue;
                }

                told.Add(id);
                share -= bytes;
                room -= bytes;
            }
        }

        return told;

        bool HasRoom(int turn, long share, long room) => told.Count == 0 || (room > 0 && (turn < LeastOfPeer || share > 0));
    }

    // A full broadcast leaves out the last queues. Starting at a random queue ensures that these are not the same ones each time.
    private static IEnumerable<KeyValuePair<TKey, Queue<int>>> FromAnyPlace<TKey>(Dictionary<TKey, Queue<int>> queues)
        where TKey : notnull
    {
        if (queues.Count < 2)
            return queues;
        var first = Random.Shared.Next(queues.Count);
        return queues.Skip(first).Concat(queues.Take(first));
    }

    // Skips the changes that have moved to another peer's queue.
    private bool TryDequeue(PeerId peer, Queue<int> ids, out int id, out Due due)
    {
        while (ids.TryDequeue(out id))
        {
            if (_due.TryGetValue(id, out due) && due.Source.Peer == peer)
            {
                _due.Remove(id);
                Count(due.Source.Network, -1);
                return true;
            }
        }

        due = default;
        return false;
    }

    private void AddDue(int id, Due due)
    {
        _due[id] = due;
        Count(due.Source.Network, 1);
        QueueOf(due.Source.Peer).Enqueue(id);
    }

    // When another peer changes the same song, the change moves to that peer's queue if that queue is shorter, so that it need not wait
    // behind many other changes. It also moves if the first peer's address has no budget left, but never to an address without budget.
    // Otherwise it stays, so each song is in few queues. If the budget is used up by the time of the broadcast, another address pays.
    private void ChangedAgain(int id, Due due, NewsSource by)
    {
        if (due.Source.Peer == by.Peer)
            return;
        if (!_budget.HasLeft(by.Address))
            return;
        var other = due.Other is { } known && _budget.HasLeft(known) ? known : null;
        if (QueueOf(by.Peer).Count >= QueueOf(due.Source.Peer).Count && _budget.HasLeft(due.Source.Address))
        {
            _due[id] = due with { Other = other ?? by.Address };
            return;
        }

        Count(due.Source.Network, -1);
        AddDue(id, new Due(by, other ?? due.Source.Address));
    }

    private Queue<int> QueueOf(PeerId peer)
    {
        if (!_dueBy.TryGetValue(peer, out var queue))
            _dueBy.Add(peer, queue = new Queue<int>());
        return queue;
    }

    private void Count(AddressGroup network, int change)
    {
        if ((_dueIn[network] = _dueIn.GetValueOrDefault(network) + change) == 0)
            _dueIn.Remove(network);
    }

    private bool IsFullFor(NewsSource by) =>
        limits.PerAddressBytes > 0 && _dueIn.GetValueOrDefault(by.Network) >= Math.Max(LeastDueOfNetwork, MostDue - _due.Count);

    private static int BytesOf(CatalogSong? song) => song is null ? 4 : song.EntryLength + 4;

    private static bool IsListedLike(CatalogSong? before, CatalogSong? now) =>
        before is null ? now is null : now is not null && before.HasSameListing(now);

    private bool IsHeldBy(int id, IPAddress by) => _held.TryGetValue(id, out var holder) && holder.Equals(by);

    // Returns false if the address already has the maximum number of changes on hold.
    private bool Hold(int id, IPAddress by)
    {
        if (!_heldBy.TryGetValue(by, out var ids))
            _heldBy.Add(by, ids = new Queue<int>());
        if (ids.Count >= MostHeld)
            return false;
        if (_held.TryAdd(id, by))
            ids.Enqueue(id);
        return true;
    }

    /// <summary>A change that may be broadcast.</summary>
    /// <param name="Source">The host whose queue contains the change.</param>
    /// <param name="Other">Another address that has changed the same song; null = none is known.</param>
    private readonly record struct Due(NewsSource Source, IPAddress? Other);
}
