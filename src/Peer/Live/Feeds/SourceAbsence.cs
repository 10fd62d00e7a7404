namespace TspActors.Peer.Live.Feeds;

/// <summary>Decides when to end a feed whose source sends nothing.</summary>
/// <param name="times">The feed's durations.</param>
internal sealed class SourceAbsence(FeedTimes times)
{
    private TimeSpan _since;
    private TimeSpan? _connectedAt;

    /// <summary>Begins an absence.</summary>
    /// <param name="lastFrameAt">When the source sent its last frame. The feed has been waiting for the next one since then.</param>
    public void Begin(TimeSpan lastFrameAt) => (_since, _connectedAt) = (lastFrameAt, null);

    /// <summary>Records that a source has connected. Only the first one during an absence is given time to send a frame.</summary>
    public void Connected(TimeSpan at) => _connectedAt ??= at;

    /// <summary>Returns whether the feed must end.</summary>
    public bool IsTooLong(TimeSpan at) =>
        at - _since > times.Hold && (_connectedAt is not { } connected || at - connected > times.SourceTimeout);
}
