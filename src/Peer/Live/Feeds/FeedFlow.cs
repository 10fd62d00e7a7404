using TspActors.Mpeg;

namespace TspActors.Peer.Live.Feeds;

/// <summary>
/// The sound of a live feed while it is on the air: cuts the frames of its sources into chunks, no faster than real time, and plays silence
/// while no source sends frames.
/// </summary>
/// <remarks>
/// The sound is never ahead of the time since the start by more than the lead. A source with a slightly fast sound-card clock is not held
/// up, though, because the limit advances 200 ppm faster than real time. When the source goes away, silence begins where the sound has
/// ended, so the time that such a clock has gained or lost over days is forgotten.
/// </remarks>
/// <param name="times">The feed's durations.</param>
/// <param name="start">The Unix time when the feed goes on the air.</param>
/// <param name="now">The monotonic time at that moment.</param>
/// <param name="isPaced">Whether the source sends at its own pace instead of as fast as it is allowed to.</param>
internal sealed class FeedFlow(FeedTimes times, DateTimeOffset start, TimeSpan now, bool isPaced = true)
{
    private readonly double _fastestClock = isPaced ? 1.0002 : 1;

    private readonly FeedClock _clock = new(start);
    private readonly byte[] _header = new byte[Mp3FrameHeader.Size];
    private TimeSpan _startedAt = now;
    private ChunkBuilder? _builder;
    private byte[] _silence = [];
    private Mp3FrameHeader _silent;

    private ChunkBuilder Builder => _builder ??= new ChunkBuilder(_clock, times.Chunk);

    /// <summary>The header of the newest frame; null before the first one.</summary>
    public Mp3FrameHeader? Format { get; private set; }

    /// <summary>When the last frame of a source was processed.</summary>
    public TimeSpan LastFrameAt { get; private set; } = now;

    /// <summary>Returns whether the sources have sent no frame for too long.</summary>
    public bool IsSilent(TimeSpan at) => at - LastFrameAt > times.SourceTimeout;

    /// <summary>Returns whether the sound is as far ahead of real time as it may be.</summary>
    public bool IsAhead(TimeSpan at) => _clock.Played > (at - _startedAt) * _fastestClock + times.Lead;

    /// <summary>Adds the frames of a source that are due.</summary>
    /// <param name="input">The source.</param>
    /// <param name="at">The monotonic time.</param>
    /// <param name="chunks">Receives the chunks that the frames complete.</param>
    /// <returns>True if the source's bytes are used up.</returns>
    public bool Take(SourceInput input, TimeSpan at, List<ChunkBuilder.BuiltChunk> chunks)
    {
        while (!IsAhead(at))
        {
            if (!input.TryNext(out var header, out var frame))
                return true;
            // In the middle of a stream, an info frame would be played as a moment of silence.
            if (Mp3InfoFrame.TryRead(frame, out _))
                continue;
            frame[..Mp3FrameHeader.Size].CopyTo(_header);
            (Format, LastFrameAt, _silence) = (header, at, []);
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
            var ahead = _clock.Played - (LastFrameAt - _startedAt);
            if (ahead.Duration() > times.Lead)
                _startedAt = LastFrameAt - _clock.Played + (ahead > TimeSpan.Zero ? times.Lead : -times.Lead);
        }

        // If the machine has been asleep, that time is not filled.
        if (at - _startedAt - _clock.Played > times.Held)
            _startedAt = at - _clock.Played;
        while (_clock.Played < at - _startedAt)
            Add(_silent, _silence, chunks);
    }

    /// <summary>Ends the current chunk, because another source or another title follows.</summary>
    public void End(List<ChunkBuilder.BuiltChunk> chunks)
    {
        if (Builder.Flush() is { } built)
            chunks.Add(built);
    }


    private void Add(Mp3FrameHeader header, ReadOnlySpan<byte> frame, List<ChunkBuilder.BuiltChunk> chunks)
    {
        if (Builder.Add(header, frame) is { } built)
            chunks.Add(built);
    }
}
