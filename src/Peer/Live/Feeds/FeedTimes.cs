namespace TspActors.Peer.Live.Feeds;

/// <summary>The durations that shape a live feed.</summary>
/// <param name="Chunk">The duration of a chunk.</param>
/// <param name="Burst">How much audio a listener receives immediately when it joins.</param>
/// <param name="Held">How much audio is kept for listeners that fall behind.</param>
/// <param name="SourceTimeout">How long a source may go without sending a frame before the feed plays silence.</param>
/// <param name="Hold">How long the source may send nothing before the feed ends.</param>
/// <param name="Lead">How far a source may be ahead of real time.</param>
internal sealed record FeedTimes(
    TimeSpan Chunk, TimeSpan Burst, TimeSpan Held, TimeSpan SourceTimeout, TimeSpan Hold, TimeSpan Lead)
{
    private static readonly TimeSpan UsualLead = TimeSpan.FromSeconds(2);

    /// <summary>Returns a feed's durations.</summary>
    public static FeedTimes Of(FeedSettings feed, LiveSettings settings) => feed.LowDelay
        ? new FeedTimes(
            settings.LowDelayChunk, settings.LowDelayBurst, settings.Held, Shorter(settings.SourceTimeout, settings.LowDelayBurst),
            feed.Hold,
            2 * settings.LowDelayChunk)
        : new FeedTimes(settings.Chunk, settings.Burst, settings.Held, settings.SourceTimeout, feed.Hold, UsualLead);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
