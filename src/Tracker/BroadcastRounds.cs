namespace TspActors.Tracker;

/// <summary>
/// Decides when the next broadcast may go out: when nearly everyone has the one before, and as much time again has passed as that took, so that broadcasts leave half of
/// the time to everything else and a tracker with much to do sends fewer, larger ones.
/// </summary>
/// <remarks>Without it ten thousand peers that are not slow at all would be told to list again, because the tracker is.</remarks>
internal sealed class BroadcastRounds
{
    /// <summary>One in this many may be missing.</summary>
    private const int MissingShare = 100;

    /// <summary>So many that do not read must not delay the others for long, however few those are.</summary>
    private const int Few = 16;

    /// <summary>How long a few are waited for.</summary>
    private static readonly TimeSpan PatienceWithFew = TimeSpan.FromSeconds(1);

    /// <summary>How long many are waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private CatalogChanged? _current;
    private TimeSpan _begun;
    private TimeSpan _ended;
    private int _told;
    private int _missing;

    /// <summary>That change was told to so many.</summary>
    public void Begin(CatalogChanged change, int subscribers, TimeSpan now) => (_current, _told, _missing, _begun, _ended) = (change, subscribers, subscribers, now, now);

    /// <summary>One of them has it.</summary>
    public void Taken(CatalogChanged change, TimeSpan now)
    {
        if (ReferenceEquals(change, _current) && !IsOver)
        {
            _missing--;
            _ended = now;
        }
    }

    /// <summary>True when the next one may be told now.</summary>
    public bool MayBegin(TimeSpan now) =>
        (IsOver && now - _ended >= _ended - _begun) || now - _begun >= (_missing <= Few ? PatienceWithFew : Patience);

    private bool IsOver => _missing <= _told / MissingShare;
}
