using TspActors.Mpeg;

namespace TspActors.Peer.Live.Feeds;

/// <summary>
/// Produces the audio of a live feed while it is on the air: cuts the frames of its sources into chunks, no faster than real time, and
/// plays silence while no source sends frames.
/// </summary>
/// <remarks>
/// Counted from the first frame, the audio is ahead of real time by at most the lead. This limit advances 200 ppm faster than real time,
/// so that a source whose sound card has a slightly fast clock is not held up. When the source goes away, the time that its clock has
/// gained or lost over days is forgotten, along with the limit's advance: silence, or a different source, begins where the audio ended.
/// </remarks>
/// <param name="times">The durations of the feed.</param>
/// <param name="start">The Unix time now.</param>
/// <param name="now">The monotonic time now.</param>
internal sealed class FeedFlow(FeedTimes times, DateTimeOffset start, TimeSpan now)
{
    private const double FastestClock = 0.0002;

    // How long a busy machine may take to notice that a source is silent. If more audio than that is missing, this process was suspended,
    // or the source's clock is slow and has fallen behind.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);

    private readonly byte[] _header = new byte[Mp3FrameHeader.Size];
    private readonly TimeSpan _openedAt = now;
    private FeedClock _clock = new(start);
    private TimeSpan _startedAt;
    private TimeSpan _gainsFrom;
    private SourceInput? _input;
    private ChunkBuilder? _builder;
    private byte[] _silence = [];
    private Mp3FrameHeader _silent;

    /// <summary>The header of the newest frame; null before the first one.</summary>
    public Mp3FrameHeader? Format { get; private set; }

    /// <summary>When the last frame of a source was processed.</summary>
    public TimeSpan LastFrameAt { get; private set; } = now;

    /// <summary>Returns whether the sources have sent no frame for too long.</summary>
    public bool IsSilent(TimeSpan at) => at - LastFrameAt > times.SourceTimeout;

    /// <summary>Returns whether the audio is as far ahead of real time as a source may be.</summary>
    public bool IsAhead(SourceInput input, TimeSpan at)
    {
        var gained = input == _input && input.IsPaced ? (at - _gainsFrom) * FastestClock : TimeSpan.Zero;
        return Ahead(at) > gained + times.Lead;
    }

    /// <summary>Adds a source's frames that are due.</summary>
    /// <param name="input">The source.</param>
    /// <param name="at">The monotonic time.</param>
    /// <param name="chunks">Receives the chunks that the frames complete.</param>
    /// <returns>True if all of the source's bytes have been used.</returns>
    public bool Take(SourceInput input, TimeSpan at, List<ChunkBuilder.BuiltChunk> chunks)
    {
        if (Format is null)
            Start(at);
        else if (input != _input && _silence.Length == 0)
            ForgetGains();
        else if (-Ahead(at) > times.SourceTimeout + Slack)
            (_startedAt, _gainsFrom) = (at - _clock.Played, at);
        _input = input;
        while (!IsAhead(input, at))
        {
            if (!input.TryNext(out var header, out var frame))
                return true;
            // In the middle of a stream, an info frame would be played as a moment of silence.
            if (Mp3InfoFrame.TryRead(frame, out _))
                continue;
            frame[..Mp3FrameHeader.Size].CopyTo(_header);
            (Format, LastFrameAt, _silence) = (header, at, []);
            input.FrameUsed();
            Add(header, frame, chunks);
        }

        return false;
    }

    /// <summary>Fills the time up to now with silence in the format of the newest frame.</summary>
    public void FillSilence(TimeSpan at, List<ChunkBuilder.BuiltChunk> chunks)
    {
        if (Format is not { } format)
            return;
        if (_silence.Length == 0)
        {
            _silence = SilentFrame.Make(_header, format, out _silent);
            End(chunks);
            ForgetGains();
        }

        _gainsFrom = at;
        // If the machine has been asleep, that time is not filled.
        if (-Ahead(at) > times.Held)
            _startedAt = at - _clock.Played;
        while (Ahead(at) < TimeSpan.Zero)
            Add(_silent, _silence, chunks);
    }

    /// <summary>Ends the current chunk because a different source or title follows.</summary>
    public void End(List<ChunkBuilder.BuiltChunk> chunks)
    {
        if (_builder?.Flush() is { } built)
            chunks.Add(built);
    }

    // Negative if the audio is behind real time.
    private TimeSpan Ahead(TimeSpan at) => _clock.Played - (at - _startedAt);

    // A source may open long before it sends a frame, so time is counted from the first frame.
    private void Start(TimeSpan at)
    {
        _clock = new FeedClock(start + (at - _openedAt));
        (_startedAt, _gainsFrom) = (at, at);
    }

    private void ForgetGains()
    {
        var ahead = Ahead(LastFrameAt);
        if (ahead.Duration() > times.Lead)
            _startedAt = LastFrameAt - _clock.Played + (ahead > TimeSpan.Zero ? times.Lead : -times.Lead);
        _gainsFrom = LastFrameAt;
    }

    private void Add(Mp3FrameHeader header, ReadOnlySpan<byte> frame, List<ChunkBuilder.BuiltChunk> chunks)
    {
        _builder ??= new ChunkBuilder(_clock, times.Chunk);
        if (_builder.Add(header, frame) is { } built)
            chunks.Add(built);
    }
}
