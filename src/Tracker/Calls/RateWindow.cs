namespace TspActors.Tracker.Calls;

/// <summary>Counts events by key within a sliding window.</summary>
/// <remarks>
/// Times are readings of one monotonic clock. A key without events in the window uses no memory after <see cref="Purge"/>.
/// </remarks>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <param name="most">The maximum number of events per key within the window.</param>
/// <param name="window">The length of the window.</param>
internal sealed class RateWindow<TKey>(int most, TimeSpan window)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Queue<TimeSpan>> _events = [];

    /// <summary>The number of keys that are remembered.</summary>
    public int Count => _events.Count;

    /// <summary>Returns how long a key must wait for its next event; zero = no wait.</summary>
    public TimeSpan WaitFor(TKey key, TimeSpan now)
    {
        if (!_events.TryGetValue(key, out var events))
            return TimeSpan.Zero;
        Drop(events, now);
        return events.Count < most ? TimeSpan.Zero : events.Peek() + window - now;
    }

    /// <summary>Records an event. Call it only when <see cref="WaitFor"/> returns zero.</summary>
    public void Add(TKey key, TimeSpan now)
    {
        if (!_events.TryGetValue(key, out var events))
            _events.Add(key, events = new Queue<TimeSpan>());
        events.Enqueue(now);
    }

    /// <summary>Forgets the keys without events in the window.</summary>
    public void Purge(TimeSpan now)
    {
        foreach (var (key, events) in _events)
        {
            Drop(events, now);
            if (events.Count == 0)
                _events.Remove(key);
        }
    }

    private void Drop(Queue<TimeSpan> events, TimeSpan now)
    {
        while (events.TryPeek(out var oldest) && now - oldest >= window)
            events.Dequeue();
    }
}
