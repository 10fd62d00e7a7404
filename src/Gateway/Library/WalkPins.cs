namespace TspActors.Gateway.Library;

/// <summary>
/// Keeps the lists that clients read page by page. All pages of a walk come from the list that its first request found, in whatever order
/// they are requested.
/// </summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
/// <param name="most">The maximum number of pins. The least recently used one is dropped to make room for a new one.</param>
/// <param name="time">The clock.</param>
internal sealed class WalkPins(int most, TimeProvider time)
{
    /// <summary>A walk ends after this much time without a request.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Walk, Pin> _pins = [];

    /// <summary>The number of pins.</summary>
    public int Count => _pins.Count;

    /// <summary>Returns the lists of a walk. Lists that have not been requested yet are null.</summary>
    /// <param name="walk">The walk; with <see cref="Walk.None"/>, all lists are null.</param>
    /// <param name="isStart">Whether the request is for the start of the list. A second such request begins a new walk.</param>
    public PinnedLists Find(Walk walk, bool isStart)
    {
        if (walk == Walk.None)
            return new PinnedLists();
        var now = time.GetTimestamp();
        if (_pins.TryGetValue(walk, out var pin) && time.GetElapsedTime(pin.Used, now) < Silence && !(isStart && pin.HasStarted))
        {
            _pins[walk] = pin with { Used = now, HasStarted = pin.HasStarted || isStart };
            return pin.Lists;
        }

        if (_pins.Count >= most && !_pins.ContainsKey(walk))
            _pins.Remove(_pins.MinBy(other => other.Value.Used).Key);
        var lists = new PinnedLists();
        _pins[walk] = new Pin(lists, now, isStart);
        return lists;
    }

    /// <summary>Replaces the ordinals in the lists with the new ones that the tables assigned.</summary>
    public void Renumber(Renumbering numbers)
    {
        foreach (var pin in _pins.Values)
            pin.Lists.Renumber(numbers);
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

    private readonly record struct Pin(PinnedLists Lists, long Used, bool HasStarted);
}

/// <summary>The lists of a walk: up to three for a search, otherwise one. Each is created when it is first requested.</summary>
internal sealed class PinnedLists
{
    public OrdinalList? Artists { get; set; }

    public OrdinalList? Albums { get; set; }

    public OrdinalList? Songs { get; set; }

    /// <summary>Replaces the ordinals in the lists with the new ones that the tables assigned.</summary>
    public void Renumber(Renumbering numbers)
    {
        Artists = Artists?.Renumbered(numbers.Artists);
        Albums = Albums?.Renumbered(numbers.Albums);
        Songs = Songs?.Renumbered(numbers.Songs);
    }
}
