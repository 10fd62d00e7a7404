namespace TspActors.Peer.Tracking;

/// <summary>
/// Decides when to offer refused songs again: later each time, but soon again when the set of refused songs changes, as the reason is then
/// a temporary one.
/// </summary>
internal sealed class ShareRetrySchedule(LinkSettings settings, TimeProvider time, Random random)
{
    private readonly Backoff _backoff = new(settings.OfferAgainMin, settings.OfferAgainMax, random);
    private (long Since, TimeSpan Wait)? _next;

    /// <summary>Notes that songs are refused.</summary>
    /// <param name="isNews">True when they are not the same songs as before.</param>
    /// <returns>The wait from now on; null when the current wait stays.</returns>
    public TimeSpan? Refused(bool isNews)
    {
        if (isNews)
            _backoff.Reset();
        else if (_next is not null)
            return null;
        var wait = _backoff.Next();
        // A steady stream of news must not postpone the offer forever.
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
