namespace TspActors.Gateway.Library;

/// <summary>
/// Keeps the lists that clients read page by page. All pages of a walk come from the list that its first request found, in whatever order
/// they are requested.
/// </summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
/// <param name="most">The maximum number of pins. The least recently used one is dropped for a new one.</param>
/// <param name="time">The clock.</param>
internal sealed class WalkPins(int most, TimeProvider time)
{
    /// <summary>A walk ends when nothing was requested for this long.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Walk, Pin> _pins = [];

    /// <summary>The number of pins.</summary>
    public int Count => _pins.Count;

    /// <summary>Returns the list of a walk.</summary>
    /// <param name="walk">The walk; <see cref="Walk.None"/> = always the newest list.</param>
    /// <param name="isStart">Whether the request is for the start of the list. A second such request begins a new walk.</param>
    /// <param name="newest">Builds the newest list.</param>
    public T Find<T>(Walk walk, bool isStart, Func<T> newest)
        where T : class
    {
        if (walk == Walk.None)
            return newest();
        var now = time.GetTimestamp();
        if (_pins.TryGetValue(walk, out var pin) && pin.List is T list && time.GetElapsedTime(pin.Used, now) < Silence
            && !(isStart && pin.HasStarted))
        {
            _pins[walk] = pin with { Used = now, HasStarted = pin.HasStarted || isStart };
            return list;
        }

        if (_pins.Count >= most && !_pins.ContainsKey(walk))
            _pins.Remove(_pins.MinBy(other => other.Value.Used).Key);
        list = newest();
        _pins[walk] = new Pin(list, now, isStart);
        return list;
    }

    /// <summary>Drops the pins of walks that have ended.</summary>
    public void Expire()
    {
        var now = time.GetTimestamp();
        foreach (var (walk, pin) in _pins)
        {
            if (time.GetElapsedTime(pin.Used, now) >= Silence)
                _pins.Remove(walk);
        }
    }

    private readonly record struct Pin(object List, long Used, bool HasStarted);
}
