namespace TspActors.Peer.Live.Feeds;

/// <summary>
/// The bitrate of a live feed, measured over the audio that is currently held. The hosting limits count each listener at this bitrate.
/// </summary>
/// <remarks>
/// A single frame says little: the first frames of a song with a quiet beginning may have a tenth of its bitrate. The measured bitrate
/// rises as soon as the held audio needs more. It falls only after a while, because the next song may need as much as the one before.
/// </remarks>
internal sealed class FeedBitrate
{
    // All MP3 bitrates are multiples of this.
    private const uint Step = 8_000;

    // Durations are rounded to milliseconds. Without this margin, the rounding could make a constant bitrate look like the next higher one.
    private const double Precision = 0.99;

    private const double MuchLower = 0.75;

    private static readonly TimeSpan LeastSound = TimeSpan.FromSeconds(5);
    private static readonly ulong FallsAfterMs = (ulong)TimeSpan.FromMinutes(10).TotalMilliseconds;

    private bool _isMeasured;
    private ulong _lowSinceMs;
    private uint _highestLow;

    /// <summary>The bitrate in bits per second, rounded up to a multiple of 8,000; 0 = unknown.</summary>
    public uint Bps { get; private set; }

    /// <summary>Measures the bitrate of the held audio.</summary>
    /// <param name="chunks">The held chunks; at least one.</param>
    /// <param name="statedBps">The bitrate that the newest frame or the catalog states. Until enough audio is held, the result is not lower
    ///   than this.</param>
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

    /// <summary>Returns whether a listed bitrate differs so much from this one that the feed should be listed again.</summary>
    public bool DiffersFrom(uint listedBps) => Math.Abs((long)Bps - listedBps) * 4 > listedBps;

    private static uint RoundUp(double bps) => (uint)Math.Ceiling(bps * Precision / Step) * Step;
}
