namespace TspActors.Peer.Tracking;

/// <summary>
/// Decides when songs that a tracker refused are offered again: later each time, and soon again when the set of refused songs changes, as
/// then the reason is one that passes.
/// </summary>
internal sealed class ShareRetrySchedule(LinkSettings settings, TimeProvider time, Random random)
{
    private readonly Backoff _backoff = new(settings.OfferAgainMin, settings.OfferAgainMax, random);
    private (long Since, TimeSpan Wait)? _next;

    /// <summary>Notes that songs are refused.</summary>
    /// <param name="isNews">True when they are not the same ones as before.</param>
    /// <returns>How long to wait from now on; null where the current wait stays.</returns>
    public TimeSpan? Refused(bool isNews)
    {
        if (isNews)
            _backoff.Reset();
        else if (_next is not null)
            return null;
        var wait = _backoff.Next();
        // News without end must not postpone the offer for ever.
        if (_next is { } next && next.Wait - time.GetElapsedTime(next.Since) <= wait)
            return null;
        _next = (time.GetTimestamp(), wait);
        return wait;
    }

    /// <summary>Notes that the refused songs are offered now.</summary>
    public void Offered() => _next = null;

    /// <summary>Starts over: no song is refused any more.</summary>
    public void Reset()
    {
        _next = null;
        _backoff.Reset();
    }
}
