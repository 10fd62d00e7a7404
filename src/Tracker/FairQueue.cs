using System.Diagnostics.CodeAnalysis;

namespace TspActors.Tracker;

/// <summary>
/// A queue that serves owners in round-robin order, and keeps the order of each owner's items. An owner with many items delays only itself.
/// Owners can be preferred: every second turn is theirs.
/// </summary>
/// <typeparam name="TKey">The type of an item's owner, for example an address.</typeparam>
/// <typeparam name="TItem">The type of the queued items.</typeparam>
internal sealed class FairQueue<TKey, TItem>
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedList<TItem>> _waiting = [];
    private readonly LinkedList<TKey> _turns = [];
    private readonly LinkedList<TKey> _preferredTurns = [];
    private bool _wasPreferred;

    /// <summary>The number of queued items.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an item after all others of the same owner.</summary>
    /// <param name="key">The owner.</param>
    /// <param name="item">The item.</param>
    /// <param name="isPreferred">Whether the owner is preferred for this item, if it has no other.</param>
    public void Add(TKey key, TItem item, bool isPreferred = false)
    {
        if (!_waiting.TryGetValue(key, out var items))
        {
            _waiting[key] = items = [];
            (isPreferred ? _preferredTurns : _turns).AddLast(key);
        }

        items.AddLast(item);
        Count++;
    }

    /// <summary>Removes an item if it is queued. The search is linear in the number of that owner's items.</summary>
    public void Remove(TKey key, TItem item)
    {
        if (!_waiting.TryGetValue(key, out var items) || !items.Remove(item))
            return;
        Count--;
        if (items.Count == 0)
        {
            _waiting.Remove(key);
            if (!_preferredTurns.Remove(key))
                _turns.Remove(key);
        }
    }

    /// <summary>Dequeues the first item of the next owner in round-robin order, and moves that owner to the back.</summary>
    /// <param name="isEligible">Returns true for owners that may be served now. The others keep their places.</param>
    /// <param name="item">The dequeued item.</param>
    /// <returns>False if no eligible owner has an item.</returns>
    public bool TryDequeue(Predicate<TKey> isEligible, [MaybeNullWhen(false)] out TItem item) =>
        TryDequeue(isEligible, onlyPreferred: false, out item, out _);

    /// <summary>Dequeues the first item of the next owner in round-robin order, and moves that owner to the back.</summary>
    /// <param name="isEligible">Returns true for owners that may be served now. The others keep their places.</param>
    /// <param name="onlyPreferred">Whether only preferred owners may be served now.</param>
    /// <param name="item">The dequeued item.</param>
    /// <param name="isPreferred">Whether it was the turn of a preferred owner.</param>
    /// <returns>False if no eligible owner has an item.</returns>
    public bool TryDequeue(
        Predicate<TKey> isEligible, bool onlyPreferred, [MaybeNullWhen(false)] out TItem item, out bool isPreferred)
    {
        if (!onlyPreferred)
            _wasPreferred = !_wasPreferred;
        isPreferred = onlyPreferred || _wasPreferred;
        var isFound = TryDequeue(isPreferred ? _preferredTurns : _turns, isEligible, out item);
        if (!isFound && !onlyPreferred)
        {
            isPreferred = !isPreferred;
            isFound = TryDequeue(isPreferred ? _preferredTurns : _turns, isEligible, out item);
        }

        return isFound;
    }

    private bool TryDequeue(LinkedList<TKey> turns, Predicate<TKey> isEligible, [MaybeNullWhen(false)] out TItem item)
    {
        for (var turn = turns.First; turn is not null; turn = turn.Next)
        {
            if (!isEligible(turn.Value))
                continue;
            var items = _waiting[turn.Value];
            item = items.First!.Value;
            items.RemoveFirst();
            Count--;
            turns.Remove(turn);
            if (items.Count == 0)
                _waiting.Remove(turn.Value);
            else
                _turns.AddLast(turn);
            return true;
        }

        item = default;
        return false;
    }
}
