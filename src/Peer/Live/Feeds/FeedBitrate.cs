namespace TspActors.Peer.Live.Feeds;

/// <summary>The bitrate of a live feed, measured from the sound that it holds. The hosting limits count each listener with it.</summary>
/// <remarks>
/// One frame says little: the frames of a song that begins softly may have a tenth of its bitrate. The bitrate rises as soon as the held
/// sound needs more. It falls only after a while, because the next song may need as much as the one before.
/// </remarks>
internal sealed class FeedBitrate
{
    // The bitrates of MP3 are multiples of this.
    private const uint Step = 8_000;

    // Durations are rounded to a millisecond, which must not make a constant bitrate look like the next higher one.
    private const double Precision = 0.99;

    private const double MuchLower = 0.75;

    private static readonly TimeSpan LeastSound = TimeSpan.FromSeconds(5);
    private static readonly ulong FallsAfterMs = (ulong)TimeSpan.FromMinutes(10).TotalMilliseconds;

    private bool _isMeasured;
    private ulong _lowSinceMs;
    private uint _highestLow;

    /// <summary>The bitrate in bits per second, rounded up to a multiple of 8,000; 0 = unknown.</summary>
    public uint Bps { get; private set; }

    /// <summary>Measures the held sound.</summary>
    /// <param name="chunks">The held chunks; at least one.</param>
    /// <param name="statedBps">The bitrate that the newest frame or the catalog names. It applies until enough sound is held.</param>
    public void Measure(IReadOnlyList<FeedChunk> chunks, uint statedBps)
    {
        var (bytes, sound) = (0L, TimeSpan.Zero);
        foreach (var chunk in chunks)
            (bytes, sound) = (bytes + chunk.Mp3.Length, sound + chunk.Duration);
        var measured = RoundUp(bytes * 8 / Math.Max(sound.TotalSeconds, 0.001));
        var now = chunks[^1].EndMs;
        if (!_isMeasured)
        {
            _isMeasured = sound >= LeastSound;
            Bps = _isMeasured ? measured : Math.Max(measured, statedBps);
            _lowSinceMs = now;
        }
        else if (measured >= Bps * MuchLower)
        {
            (Bps, _lowSinceMs, _highestLow) = (Math.Max(Bps, measured), now, 0);
        }
        else
        {
            _highestLow = Math.Max(_highestLow, measured);
            if (now >= _lowSinceMs + FallsAfterMs)
                (Bps, _lowSinceMs, _highestLow) = (_highestLow, now, 0);
        }
    }

    /// <summary>Returns whether a listed bitrate differs from this one so much that it should be listed again.</summary>
    public bool DiffersFrom(uint listedBps) => Math.Abs((long)Bps - listedBps) * 4 > listedBps;

    private static uint RoundUp(double bps) => (uint)Math.Ceiling(bps * Precision / Step) * Step;
}
