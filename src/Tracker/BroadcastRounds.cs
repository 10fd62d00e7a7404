namespace TspActors.Tracker;

/// <summary>
/// Knows the subscribers and decides when the next broadcast may go out: when nearly everyone has the one before, and as much time again has passed as that took, so that
/// broadcasts leave half of the time to everything else and a tracker with much to do sends fewer, larger ones.
/// </summary>
/// <remarks>
/// Without it ten thousand peers that are not slow at all would be told to list again, because the tracker is. Who did not take a broadcast in its time is not waited for
/// the next time: some that do not read hold the others up once, not for ever. Nor is a newcomer before it has taken one: who comes again and again without reading holds
/// nobody up.
/// </remarks>
internal sealed class BroadcastRounds<TSubscriber>
    where TSubscriber : notnull
{
    /// <summary>One in this many may be missing.</summary>
    private const int MissingShare = 100;

    /// <summary>So many that do not read must not delay the others for long, however few those are.</summary>
    private const int Few = 16;

    /// <summary>How long a few are waited for, for each frame.</summary>
    private static readonly TimeSpan PatienceWithFew = TimeSpan.FromSeconds(1);

    /// <summary>How long many are waited for, for each frame.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The round that each has taken last; null = none yet.
    private readonly Dictionary<TSubscriber, int?> _lastTaken = [];
    private CatalogChanged? _current;
    private int _round;
    private TimeSpan _begun;
    private TimeSpan _ended;
    private int _awaited;
    private int _missing;

    /// <summary>Everyone who is to be told.</summary>
    public IReadOnlyCollection<TSubscriber> Subscribers => _lastTaken.Keys;

    /// <summary>True when nearly all who are waited for have the current one.</summary>
    private bool IsOver => _missing <= _awaited / MissingShare;

    /// <summary>It is told from the next change on, and waited for when it has taken one.</summary>
    public void Add(TSubscriber subscriber) => _lastTaken[subscriber] = null;

    /// <summary>It is told, and waited for, no more.</summary>
    public void Remove(TSubscriber subscriber)
    {
        if (_lastTaken.Remove(subscriber, out var last) && last == _round - 1)
            _missing--;
    }

    /// <summary>That change is told to everyone.</summary>
    public void Begin(CatalogChanged change, TimeSpan now)
    {
        (_current, _begun, _ended) = (change, now, now);
        _awaited = _missing = _lastTaken.Values.Count(last => last == _round);
        _round++;
    }

    /// <summary>One of them has it.</summary>
    public void Taken(TSubscriber subscriber, CatalogChanged change, TimeSpan now)
    {
        if (!ReferenceEquals(change, _current) || !_lastTaken.TryGetValue(subscriber, out var last))
            return;
        if (last == _round - 1)
        {
            if (!IsOver)
                _ended = now;
            _missing--;
        }

        _lastTaken[subscriber] = _round;
    }

    /// <summary>True when the next one may be told now.</summary>
    public bool MayBegin(TimeSpan now) =>
        (IsOver && now - _ended >= _ended - _begun)
        || now - _begun >= (_missing <= Few ? PatienceWithFew : Patience) * (_current?.Frames.Length ?? 0);
}
