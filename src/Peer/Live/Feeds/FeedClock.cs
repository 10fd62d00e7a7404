namespace TspActors.Peer.Live.Feeds;

/// <summary>
/// The clock of a live feed. It begins at a given Unix time, and counts the samples in the frames without rounding. Each chunk therefore
/// begins exactly when the previous one ends, however long the feed runs.
/// </summary>
/// <param name="start">The Unix time when the feed began.</param>
internal sealed class FeedClock(DateTimeOffset start)
{
    // Every MP3 sample rate divides this number evenly.
    private const long UnitsPerSecond = 14_112_000;

    private readonly long _startMs = start.ToUnixTimeMilliseconds();
    private Int128 _units;

    /// <summary>The time of the next sample, as Unix time rounded to the nearest millisecond.</summary>
    public ulong TimeMs => (ulong)(_startMs + (long)((_units * 1000 + UnitsPerSecond / 2) / UnitsPerSecond));

    /// <summary>How much audio the feed has produced.</summary>
    public TimeSpan Played => TimeSpan.FromTicks((long)(_units * TimeSpan.TicksPerSecond / UnitsPerSecond));

    /// <summary>Advances by the samples in one frame.</summary>
    public void Advance(int samples, int sampleRateHz) => _units += (Int128)samples * (UnitsPerSecond / sampleRateHz);
}
