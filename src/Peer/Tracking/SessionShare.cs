using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// What one session shares, and what it reports of that: the frames in their order, the offers of refused songs, the pause while the
/// tracker accepts none.
/// </summary>
internal sealed class SessionShare
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly ShareRetrySchedule _retries;
    private ShareReported? _reported;

    /// <param name="songs">What is shared at first.</param>
    /// <param name="settings">When refused songs are offered again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Spreads the waits of many peers.</param>
    public SessionShare(OwnSongs songs, LinkSettings settings, TimeProvider time, Random random)
    {
        _retries = new ShareRetrySchedule(settings, time, random);
        Progress.Apply(new LibraryChanged(songs));
        // Nothing is shared before the session is in use.
        Progress.IsHeld = true;
    }

    /// <summary>The frames.</summary>
    public ShareProgress Progress { get; } = new();

    /// <summary>Returns how far the share is, when that has changed since the last call.</summary>
    public ShareReported? NextReport()
    {
        var report = Report();
        if (report == _reported)
            return null;
        return _reported = report;
    }

    /// <summary>Applies ids and refusals of the tracker.</summary>
    /// <returns>When the refused songs are offered again: zero = never, as there are none; null = at the time that was set
    ///   before.</returns>
    public TimeSpan? Apply(Assign assign)
    {
        var isNews = Progress.Apply(assign.Songs);
        if (Progress.Refused > 0)
            return _retries.Refused(isNews);
        _retries.Reset();
        return TimeSpan.Zero;
    }

    /// <summary>Offers refused songs again.</summary>
    public void OfferRefusedAgain()
    {
        _retries.Offered();
        Progress.OfferRefusedAgain();
    }

    /// <summary>Stops sharing, as the tracker accepts no songs for now.</summary>
    /// <returns>The pause before everything is shared again, as the tracker wants it, within limits.</returns>
    public SharePostponed Postpone(Error error)
    {
        Progress.Postpone();
        var pause = TimeSpan.FromMilliseconds(error.RetryAfterMs);
        pause = pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
        return new SharePostponed(_reported = Report(), error.Message, pause);
    }

    private ShareReported Report() => new(Progress.Library, Progress.IsComplete, Progress.Refused);
}
