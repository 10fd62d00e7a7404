namespace TspActors.Peer.Live.Feeds;

/// <summary>Decides when a feed whose source is away ends.</summary>
/// <param name="times">The durations of the feed.</param>
internal sealed class SourceAbsence(FeedTimes times)
{
    private TimeSpan _since;
    private TimeSpan? _connectedAt;

    /// <summary>Begins an absence.</summary>
    /// <param name="lastFrameAt">When the source sent its last frame. The feed has been waiting for the next one since then.</param>
    public void Begin(TimeSpan lastFrameAt) => (_since, _connectedAt) = (lastFrameAt, null);

    /// <summary>Records that a source has connected. Only the first one of an absence is given time for its first frame.</summary>
    public void Connected(TimeSpan at) => _connectedAt ??= at;

    /// <summary>Returns whether the feed has to end.</summary>
    public bool IsTooLong(TimeSpan at) =>
        at - _since > times.Hold && (_connectedAt is not { } connected || at - connected > times.SourceTimeout);
}
