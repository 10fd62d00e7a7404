namespace TspActors.Tracker;

/// <summary>
/// Tracks which subscribers have received the current broadcast, and decides when the next one may start: once nearly all of them have
/// received it, and after a pause as long as the delivery took, but in any case after a maximum time. Broadcasts therefore normally take up
/// at most half of the time, and a busy tracker sends fewer, larger ones.
/// </summary>
/// <remarks>
/// Without these rounds, a slow tracker would begin the next broadcast while it was still sending the previous one, which would make
/// thousands of fast peers list the whole catalog again. A round does not wait for a subscriber that missed the previous round, so
/// subscribers that do not read delay the others once, not forever. Nor does it wait for a new subscriber that has not received any
/// broadcast yet, so a peer that keeps reconnecting without reading delays nobody.
/// </remarks>
internal sealed class BroadcastRounds<TSubscriber>
    where TSubscriber : notnull
{
    /// <summary>The N in the rule that a round is over when at most 1/N of the awaited subscribers are missing.</summary>
    private const int MissingShare = 100;

    /// <summary>Up to this many missing subscribers count as few, so that they cannot delay the others for long.</summary>
    private const int Few = 16;

    /// <summary>How long each frame of a broadcast may delay the next round while few subscribers are missing.</summary>
    private static readonly TimeSpan PatienceWithFew = TimeSpan.FromSeconds(1);

    /// <summary>How long each frame of a broadcast may delay the next round while many subscribers are missing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The last round that each subscriber received; null = none yet.
    private readonly Dictionary<TSubscriber, int?> _lastReceived = [];
    private CatalogChanged? _current;
    private int _round;
    private TimeSpan _begun;
    private TimeSpan _ended;
    private int _awaited;
    private int _missing;

    /// <summary>The subscribers that receive the next broadcast.</summary>
    public IReadOnlyCollection<TSubscriber> Subscribers => _lastReceived.Keys;

    /// <summary>True when nearly all awaited subscribers have received the current broadcast.</summary>
    private bool IsOver => _missing <= _awaited / MissingShare;

    /// <summary>Adds a subscriber. It receives the next broadcast, and later rounds wait for it once it has received one.</summary>
    public void Add(TSubscriber subscriber) => _lastReceived[subscriber] = null;

    /// <summary>Removes a subscriber.</summary>
    public void Remove(TSubscriber subscriber)
    {
        if (_lastReceived.Remove(subscriber, out var last) && last == _round - 1)
            _missing--;
    }

    /// <summary>Starts a round for a change that is being sent to all subscribers.</summary>
    public void Begin(CatalogChanged change, TimeSpan now)
    {
        (_current, _begun, _ended) = (change, now, now);
        _awaited = _missing = _lastReceived.Values.Count(last => last == _round);
        _round++;
    }

    /// <summary>Records that a subscriber has received a change.</summary>
    public void Received(TSubscriber subscriber, CatalogChanged change, TimeSpan now)
    {
        if (!ReferenceEquals(change, _current) || !_lastReceived.TryGetValue(subscriber, out var last))
            return;
        if (last == _round - 1)
        {
            if (!IsOver)
                _ended = now;
            _missing--;
        }

        _lastReceived[subscriber] = _round;
    }

    /// <summary>True when the next round may start now.</summary>
    public bool MayBegin(TimeSpan now) =>
        (IsOver && now - _ended >= _ended - _begun)
        || now - _begun >= (_missing <= Few ? PatienceWithFew : Patience) * (_current?.Frames.Length ?? 0);
}
