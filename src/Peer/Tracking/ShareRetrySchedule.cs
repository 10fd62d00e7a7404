namespace TspActors.Peer.Tracking;

/// <summary>
/// Decides when to offer refused songs again. The wait grows each time, but starts over when the set of refused songs changes, because the
/// reason for the refusals may then have changed, too.
/// </summary>
internal sealed class ShareRetrySchedule(LinkSettings settings, TimeProvider time, Random random)
{
    private readonly Backoff _backoff = new(settings.OfferAgainMin, settings.OfferAgainMax, random);
    private (long Since, TimeSpan Wait)? _next;

    /// <summary>Records that songs have been refused.</summary>
    /// <param name="isNews">True when the set of refused songs has changed.</param>
    /// <returns>How long to wait, counted from now; null if the current wait continues.</returns>
    public TimeSpan? Refused(bool isNews)
    {
        if (isNews)
            _backoff.Reset();
        else if (_next is not null)
            return null;
        var wait = _backoff.Next();
        // A steady stream of changes must not postpone the offer forever.
        if (_next is { } next && next.Wait - time.GetElapsedTime(next.Since) <= wait)
            return null;
        _next = (time.GetTimestamp(), wait);
        return wait;
    }

    /// <summary>Records that the refused songs have been offered again.</summary>
    public void Offered() => _next = null;

    /// <summary>Starts over: no song is refused any more.</summary>
    public void Reset()
    {
        _next = null;
        _backoff.Reset();
    }
}
