namespace TspActors.Peer.Live.Feeds;

/// <summary>
/// The clock of a live feed. Its time is that of the samples: it begins at a moment of Unix time and advances with the frames alone,
/// without rounding. So the times of chunks join up exactly, however long the feed runs.
/// </summary>
/// <param name="start">The Unix time at which the feed began.</param>
internal sealed class FeedClock(DateTimeOffset start)
{
    // The sample rates of MP3 all divide this number of units per second.
    private const long UnitsPerSecond = 14_112_000;

    private readonly long _startMs = start.ToUnixTimeMilliseconds();
    private Int128 _units;

    /// <summary>The time of the next sample, in ms of Unix time, to the nearest millisecond.</summary>
    public ulong TimeMs => (ulong)(_startMs + (long)((_units * 1000 + UnitsPerSecond / 2) / UnitsPerSecond));

    /// <summary>How much sound the feed has produced.</summary>
    public TimeSpan Played => TimeSpan.FromTicks((long)(_units * TimeSpan.TicksPerSecond / UnitsPerSecond));

    /// <summary>Advances by the samples of one frame.</summary>
    public void Advance(int samples, int sampleRateHz) => _units += (Int128)samples * (UnitsPerSecond / sampleRateHz);
}
