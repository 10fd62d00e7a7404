using System.Diagnostics.CodeAnalysis;

namespace TspActors.Tracker;

/// <summary>What waits, by whose it is: all who wait take turns, and of each the first one is first. Whoever has much waiting holds up himself only.</summary>
/// <typeparam name="TKey">Whose it is: an address, say.</typeparam>
/// <typeparam name="TItem">What waits.</typeparam>
internal sealed class FairQueue<TKey, TItem>
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedList<TItem>> _waiting = [];
    private readonly LinkedList<TKey> _turns = [];

    /// <summary>How much waits.</summary>
    public int Count { get; private set; }

    /// <summary>It waits behind all of the same owner.</summary>
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

    /// <summary>It waits no more; looks through what its owner has waiting.</summary>
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

    /// <summary>Takes the first one of who is next, who is the last one then.</summary>
    /// <param name="may">Whose turn it may be; the others keep their places.</param>
    /// <param name="item">What was taken.</param>
    /// <returns>False when nothing waits of those who may.</returns>
    public bool TryTake(Predicate<TKey> may, [MaybeNullWhen(false)] out TItem item)
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
