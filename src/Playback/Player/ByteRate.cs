namespace TspActors.Playback.Player;

/// <summary>
/// Estimates how many bytes of a song make up one second of sound, based on the sound decoded since the last <see cref="Reset"/>. Once
/// 200 ms have been decoded, the estimate is updated whenever bytes are added.
/// </summary>
internal sealed class ByteRate
{
    /// <summary>The rate assumed before anything has been decoded: 128 kbit/s.</summary>
    internal const double Assumed = 128_000 / 8;

    // The lowest bitrate of an MP3: 8 kbit/s.
    private const double Lowest = 8000 / 8;

    // Over a shorter time, the decoder's delay and the info frame would distort the result.
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(200);

    private long _fed;
    private TimeSpan _decoded;

    /// <summary>The rate of the current song. Until it is known, this is still the previous rate.</summary>
    public double BytesPerSecond { get; private set; } = Assumed;

    /// <summary>Restarts the measurement for a new song or position.</summary>
    public void Reset()
    {
        _fed = 0;
        _decoded = TimeSpan.Zero;
    }

    /// <summary>Updates the rate if enough sound has been decoded, and then counts bytes that are about to be decoded.</summary>
    /// <returns>True if the rate was updated.</returns>
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
