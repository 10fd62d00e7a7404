using System.Diagnostics.CodeAnalysis;

namespace TspActors.Tracker;

/// <summary>
/// A queue in which owners take turns, and each owner's items keep their order. An owner with many items delays only its own.
/// </summary>
/// <typeparam name="TKey">The owner of an item: an address, for example.</typeparam>
/// <typeparam name="TItem">The items that wait.</typeparam>
internal sealed class FairQueue<TKey, TItem>
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedList<TItem>> _waiting = [];
    private readonly LinkedList<TKey> _turns = [];

    /// <summary>The number of items that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an item behind all others of the same owner.</summary>
    public void Add(TKey key, TItem item)
    {
        if (!_waiting.TryGetValue(key, out var items))
        {
            _waiting[key] = items = [];
            _turns.AddLast(key);
        }

        items.AddLast(item);
        Count++;
    }

    /// <summary>Removes an item. It searches all items of that owner.</summary>
    public void Remove(TKey key, TItem item)
    {
        if (!_waiting.TryGetValue(key, out var items) || !items.Remove(item))
            return;
        Count--;
        if (items.Count == 0)
        {
            _waiting.Remove(key);
            _turns.Remove(key);
        }
    }

    /// <summary>Dequeues from the next owner in round-robin order and moves that owner to the back.</summary>
    /// <param name="may">Owners whose turn it may be; the others keep their places.</param>
    /// <param name="item">The item.</param>
    /// <returns>False when none of those owners has an item.</returns>
    public bool TryDequeue(Predicate<TKey> may, [MaybeNullWhen(false)] out TItem item)
    {
        for (var turn = _turns.First; turn is not null; turn = turn.Next)
        {
            if (!may(turn.Value))
                continue;
            var items = _waiting[turn.Value];
            item = items.First!.Value;
            items.RemoveFirst();
            Count--;
            _turns.Remove(turn);
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
