namespace TspActors.Playback.Player;

/// <summary>
/// Estimates how many bytes of a song make one second of sound, from what has been decoded. Accurate after the first quarter of a second.
/// </summary>
internal sealed class ByteRate
{
    /// <summary>Assumed until something has been decoded: 128 kbit/s.</summary>
    internal const double Assumed = 128_000 / 8;

    // The lowest bitrate of an MP3, 8 kbit/s.
    private const double Lowest = 8000 / 8;

    // A shorter span would mostly measure the decoder's delay and the info frame.
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(200);

    private long _fed;
    private TimeSpan _decoded;

    /// <summary>The rate of the current song, or the previous song's rate until the current one is known.</summary>
    public double BytesPerSecond { get; private set; } = Assumed;

    /// <summary>Starts over for another song or another position.</summary>
    public void Reset()
    {
        _fed = 0;
        _decoded = TimeSpan.Zero;
    }

    /// <summary>Updates the rate from what has been decoded and counts bytes that are about to be decoded.</summary>
    /// <returns>True when the rate has changed.</returns>
    public bool AddBytes(int bytes)
    {
        var known = _decoded >= Enough;
        if (known)
            BytesPerSecond = Math.Max(Lowest, _fed / _decoded.TotalSeconds);
        _fed += bytes;
        return known;
    }

    public void AddDecoded(TimeSpan duration) => _decoded += duration;
}
