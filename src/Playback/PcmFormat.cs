using TspActors.Mpeg;

namespace TspActors.Playback;

/// <summary>The format of decoded sound: signed 16-bit samples in native byte order with interleaved channels.</summary>
/// <param name="Rate">The number of samples per second in each channel.</param>
/// <param name="Channels">The number of channels, 1 or 2.</param>
public readonly record struct PcmFormat(int Rate, int Channels)
{
    /// <summary>The size of one sample frame (one sample of every channel) in bytes.</summary>
    public int FrameBytes => 2 * Channels;

    /// <summary>Returns the format that frames with this header decode to.</summary>
    internal static PcmFormat FromHeader(Mp3FrameHeader header) => new(header.SampleRateHz, header.Channels);

    /// <summary>Returns the number of whole sample frames that fit into a period of time.</summary>
    internal int FramesOf(TimeSpan time) => (int)Math.Clamp(time.Ticks * Rate / TimeSpan.TicksPerSecond, 0, int.MaxValue);

    /// <summary>Returns the playing time of a number of bytes.</summary>
    public TimeSpan DurationOf(long bytes) => new(bytes / FrameBytes * TimeSpan.TicksPerSecond / Rate);
}
