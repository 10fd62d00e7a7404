namespace TspActors.Playback;

/// <summary>How many bytes of a song make a second of sound, as far as it is decoded; near the truth from the first quarter of a second on.</summary>
internal sealed class ByteRate
{
    /// <summary>Taken for true until something is known: 128 kbit/s.</summary>
    internal const double Assumed = 128_000 / 8;

    // The lowest bitrate of an MP3, 8 kbit/s.
    private const double Least = 8000 / 8;

    // Less than this would mostly measure the decoder's delay and the info frame.
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(200);

    private long _fed;
    private TimeSpan _decoded;

    /// <summary>The present song's rate; the last one's until it is known.</summary>
    public double BytesPerSecond { get; private set; } = Assumed;

    /// <summary>Another song, or another place of it, begins.</summary>
    public void BeginAnew()
    {
        _fed = 0;
        _decoded = TimeSpan.Zero;
    }

    /// <summary>Measures what was decoded so far, and counts bytes that are about to be decoded.</summary>
    /// <returns>Whether the rate is another one now.</returns>
    public bool Feed(int bytes)
    {
        var known = _decoded >= Enough;
        if (known)
            BytesPerSecond = Math.Max(Least, _fed / _decoded.TotalSeconds);
        _fed += bytes;
        return known;
    }

    public void Decoded(TimeSpan duration) => _decoded += duration;
}
