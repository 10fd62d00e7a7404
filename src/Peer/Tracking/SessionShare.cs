using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Controls one session's share: its frames and reports, repeated offers of refused songs, and the pause while the tracker is not
/// accepting songs.
/// </summary>
internal sealed class SessionShare
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly ShareRetrySchedule _retries;
    private ShareReported? _reported;

    /// <param name="songs">The songs to share first.</param>
    /// <param name="settings">The settings for offering refused songs again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of randomness that spreads the waits of many peers.</param>
    public SessionShare(OwnSongs songs, LinkSettings settings, TimeProvider time, Random random)
    {
        _retries = new ShareRetrySchedule(settings, time, random);
        Progress.Apply(new LibraryChanged(songs));
        // Nothing is shared before the session is in use.
        Progress.IsHeld = true;
    }

    /// <summary>The progress of the share, which also creates its frames.</summary>
    public ShareProgress Progress { get; } = new();

    /// <summary>Returns the progress of the share if it has changed since the last call; otherwise null.</summary>
    public ShareReported? NextReport()
    {
        var report = Report();
        if (report == _reported)
            return null;
        return _reported = report;
    }

    /// <summary>Applies ids and refusals from the tracker.</summary>
    /// <returns>The wait before refused songs are offered again: zero = no song is refused, null = the running timer continues.</returns>
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

    /// <summary>Stops sharing because the tracker is not accepting songs for now.</summary>
    /// <returns>The report, with the pause before everything is shared again: the tracker's pause, within limits. Null if the share has
    ///   already been postponed.</returns>
    public SharePostponed? Postpone(Error error)
    {
        if (Progress.IsPostponed)
            return null;
        Progress.Postpone();
        var pause = TimeSpan.FromMilliseconds(error.RetryAfterMs);
        pause = pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
        return new SharePostponed(_reported = Report(), error.Message, pause);
    }

    private ShareReported Report() => new(Progress.Library, Progress.IsComplete, Progress.Refused);
}
