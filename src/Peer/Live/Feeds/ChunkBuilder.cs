using System.Buffers;
using TspActors.Mpeg;

namespace TspActors.Peer.Live.Feeds;

/// <summary>Gathers MPEG frames into chunks of about the same duration. All frames of a chunk have the same format.</summary>
/// <param name="clock">The feed's clock, which the frames advance.</param>
/// <param name="chunk">The duration of a chunk.</param>
internal sealed class ChunkBuilder(FeedClock clock, TimeSpan chunk)
{
    // Half a second at 320 kbit/s is 20 KB. A long chunk at a high bitrate ends early.
    private const int MaxBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _frames = new();
    private Mp3FrameHeader? _format;
    private Mp3FrameHeader? _previousFormat;
    private ulong _startMs;
    private TimeSpan _startedAt;

    /// <summary>Adds a frame.</summary>
    /// <returns>The chunk that the frame completes, or the previous chunk if its format differs; null if no chunk is complete.</returns>
    public BuiltChunk? Add(Mp3FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var ended = _format is { } format && IsOther(format, header) ? Flush() : null;
        if (_frames.WrittenCount == 0)
            (_format, _startMs, _startedAt) = (header, clock.TimeMs, clock.Played);
        _frames.Write(frame);
        clock.Advance(header.SamplesPerFrame, header.SampleRateHz);
        return ended ?? (IsFull(header) ? Flush() : null);
    }

    /// <summary>Ends the chunk that is being built.</summary>
    /// <returns>The chunk; null if it has no frames.</returns>
    public BuiltChunk? Flush()
    {
        if (_frames.WrittenCount == 0)
            return null;
        var format = _format!.Value;
        var built = new BuiltChunk(
            _startMs, (uint)(clock.TimeMs - _startMs), _frames.WrittenSpan.ToArray(),
            _previousFormat is { } other && IsOther(other, format));
        _previousFormat = format;
        _format = null;
        _frames.ResetWrittenCount();
        return built;
    }

    private static bool IsOther(Mp3FrameHeader one, Mp3FrameHeader other) => !one.IsSameStream(other) || one.Channels != other.Channels;

    // A chunk ends at the frame boundary that is nearest to the intended duration.
    private bool IsFull(Mp3FrameHeader header) =>
        clock.Played - _startedAt + TimeSpan.FromSeconds(0.5 * header.SamplesPerFrame / header.SampleRateHz) > chunk
        || _frames.WrittenCount + Mp3FrameHeader.MaxFrameBytes > MaxBytes;

    /// <summary>A chunk that has no number and no signature yet.</summary>
    internal sealed record BuiltChunk(ulong TimeMs, uint DurationMs, byte[] Mp3, bool FormatChanged);
}
