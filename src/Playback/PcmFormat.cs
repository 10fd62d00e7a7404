using TspActors.Mpeg;

namespace TspActors.Playback;

/// <summary>The shape of decoded sound: signed 16-bit samples in the machine's byte order, channels interleaved.</summary>
/// <param name="Rate">Samples a second of one channel.</param>
/// <param name="Channels">1 or 2.</param>
public readonly record struct PcmFormat(int Rate, int Channels)
{
    /// <summary>Bytes of one sample of every channel.</summary>
    public int FrameBytes => 2 * Channels;

    /// <summary>Returns the format that frames with this header decode to.</summary>
    internal static PcmFormat FromHeader(Mp3FrameHeader header) => new(header.SampleRateHz, header.Channels);

    /// <summary>How long a number of bytes sounds.</summary>
    public TimeSpan DurationOf(long bytes) => new(bytes / FrameBytes * TimeSpan.TicksPerSecond / Rate);
}
