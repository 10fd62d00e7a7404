namespace TspActors.Peer.Tracking;

/// <summary>When songs that a tracker refused are offered again: later each time, and soon again once others are refused or some of them are taken, as then the reason is one that passes.</summary>
internal sealed class OfferTimes(LinkSettings settings, TimeProvider time, Random random)
{
    private readonly Backoff _backoff = new(settings.OfferAgainMin, settings.OfferAgainMax, random);
    private (long Since, TimeSpan Wait)? _next;

    /// <summary>Songs are refused.</summary>
    /// <param name="isNews">They are not the same ones as before.</param>
    /// <returns>How long to wait from now on; null where the wait stays as it is.</returns>
    public TimeSpan? Refused(bool isNews)
    {
        if (isNews)
            _backoff.Reset();
        else if (_next is not null)
            return null;
        var wait = _backoff.Next();
        // News that never ends must not put it off for ever.
        if (_next is { } next && next.Wait - time.GetElapsedTime(next.Since) <= wait)
            return null;
        _next = (time.GetTimestamp(), wait);
        return wait;
    }

    /// <summary>The time has come.</summary>
    public void Offered() => _next = null;

    /// <summary>None is refused any more, or the tracker is another one.</summary>
    public void Reset()
    {
        _next = null;
        _backoff.Reset();
    }
}
