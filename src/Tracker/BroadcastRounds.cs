namespace TspActors.Tracker;

/// <summary>
/// Knows the subscribers and decides when the next broadcast may start: when nearly all of them have received the one before, and as much
/// time again has passed as that took. So broadcasts leave half of the time to everything else, and a busy tracker sends fewer, larger
/// ones.
/// </summary>
/// <remarks>
/// Without this, a slow tracker would tell ten thousand fast peers to list again. A subscriber that did not receive a broadcast in time is
/// not waited for the next time, so subscribers that do not read delay the others once, not for ever. A newcomer is not waited for before
/// it has received one broadcast, so a peer that connects again and again without reading delays nobody.
/// </remarks>
internal sealed class BroadcastRounds<TSubscriber>
    where TSubscriber : notnull
{
    /// <summary>One subscriber in this many may be missing.</summary>
    private const int MissingShare = 100;

    /// <summary>This many subscribers that do not read must not delay the others for long, however few the others are.</summary>
    private const int Few = 16;

    /// <summary>How long to wait for a few missing subscribers, for each frame.</summary>
    private static readonly TimeSpan PatienceWithFew = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for many missing subscribers, for each frame.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The last round that each subscriber has received; null = none yet.
    private readonly Dictionary<TSubscriber, int?> _lastReceived = [];
    private CatalogChanged? _current;
    private int _round;
    private TimeSpan _begun;
    private TimeSpan _ended;
    private int _awaited;
    private int _missing;

    /// <summary>The subscribers of the next broadcast.</summary>
    public IReadOnlyCollection<TSubscriber> Subscribers => _lastReceived.Keys;

    /// <summary>True when nearly all awaited subscribers have received the current broadcast.</summary>
    private bool IsOver => _missing <= _awaited / MissingShare;

    /// <summary>Adds a subscriber. It gets the next broadcast, and is waited for once it has received one.</summary>
    public void Add(TSubscriber subscriber) => _lastReceived[subscriber] = null;

    /// <summary>Removes a subscriber.</summary>
    public void Remove(TSubscriber subscriber)
    {
        if (_lastReceived.Remove(subscriber, out var last) && last == _round - 1)
            _missing--;
    }

    /// <summary>Starts a round: the change goes to all subscribers now.</summary>
    public void Begin(CatalogChanged change, TimeSpan now)
    {
        (_current, _begun, _ended) = (change, now, now);
        _awaited = _missing = _lastReceived.Values.Count(last => last == _round);
        _round++;
    }

    /// <summary>Notes that a subscriber has received a change.</summary>
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
