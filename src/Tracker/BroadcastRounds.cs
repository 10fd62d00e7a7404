namespace TspActors.Tracker;

/// <summary>Decides when the next broadcast may go out: when nearly everyone has the one before, so that a tracker with much to do sends fewer, larger ones.</summary>
/// <remarks>Without it ten thousand peers that are not slow at all would be told to list again, because the tracker is.</remarks>
/// <param name="delay">How long changes are gathered in any case.</param>
internal sealed class BroadcastRounds(TimeSpan delay)
{
    /// <summary>So many times the usual delay are those awaited that are slow.</summary>
    private const int Patience = 8;

    /// <summary>One in this many may be missing.</summary>
    private const int MissingShare = 100;

    private CatalogChanged? _current;
    private TimeSpan _begun;
    private int _told;
    private int _missing;

    /// <summary>That change was told to so many.</summary>
    public void Begin(CatalogChanged change, int subscribers, TimeSpan now) => (_current, _told, _missing, _begun) = (change, subscribers, subscribers, now);

    /// <summary>One of them has it.</summary>
    public void Taken(CatalogChanged change)
    {
        if (ReferenceEquals(change, _current))
            _missing--;
    }

    /// <summary>True when the next one may be told now.</summary>
    public bool MayBegin(TimeSpan now) => _missing <= _told / MissingShare || now - _begun >= delay * Patience;
}
