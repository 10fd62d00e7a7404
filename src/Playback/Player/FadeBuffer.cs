namespace TspActors.Playback.Player;

/// <summary>
/// Holds back the end of a song until the same duration of the next song has been decoded, and then mixes the two. Samples outside the
/// overlap go to the queue unchanged. Only the player's thread uses this buffer.
/// </summary>
/// <param name="queue">The samples that are waiting for the output.</param>
internal sealed class FadeBuffer(PcmQueue queue)
{
    // The overlap: the end of the song that is ending, and the start of the song that is beginning.
    private readonly PcmQueue _tail = new(queue);
    private readonly PcmQueue _head = new(queue);

    /// <summary>Whether the end of a song is held back.</summary>
    internal bool IsOpen => !_tail.IsEmpty;

    /// <summary>Whether enough of the next song has arrived for the entire overlap.</summary>
    internal bool IsReady => _head.Duration >= _tail.Duration;

    /// <summary>The playing time of the samples that are held back. The overlap counts once.</summary>
    internal TimeSpan Duration => _head.Duration > _tail.Duration ? _head.Duration : _tail.Duration;

    /// <summary>Moves the end of a song from the queue into this buffer, or as much of it as is still queued.</summary>
    internal void Begin(int song, TimeSpan longest)
    {
        if (longest > TimeSpan.Zero)
            queue.MoveEnd(_tail, song, longest);
    }

    /// <summary>Adds the next block of the song that is beginning. With the first block, <paramref name="longest"/> limits the
    /// overlap.</summary>
    internal void Add(PcmBlock block, TimeSpan longest)
    {
        if (_head.IsEmpty && block.Format != _tail.First.Format)
            longest = TimeSpan.Zero;
        if (_head.IsEmpty && _tail.Duration > longest)
            _tail.MoveStart(queue, _tail.Frames - _tail.First.Format.FramesOf(longest));
        (IsOpen ? _head : queue).Enqueue(block);
    }

    /// <summary>Trims padding from the end of the song that is beginning, if that song is so short that it has already ended.</summary>
    internal void TrimEnd(int song, Mpeg.Mp3Padding padding) => _head.TrimEnd(song, padding);

    /// <summary>Releases the first samples of the overlap to the queue, because they must be played now.</summary>
    internal void Release(TimeSpan duration)
    {
        _tail.MoveStart(queue, _tail.First.Format.FramesOf(duration));
        if (!IsOpen)
            _head.MoveStart(queue, int.MaxValue);
    }

    /// <summary>Mixes the samples that have arrived, and moves everything to the queue.</summary>
    /// <param name="isWhole">Whether the song that is beginning has arrived completely. In that case, at most half of it is faded.</param>
    internal void Finish(bool isWhole)
    {
        if (!_head.IsEmpty)
        {
            var format = _tail.First.Format;
            var frames = Math.Min(_tail.Frames, isWhole ? _head.FramesIn(format) / 2 : _head.FramesIn(format));
            _tail.MoveStart(queue, _tail.Frames - frames);
            var fade = new Crossfade(frames, format.Channels);
            PcmQueue.Walk(_tail, _head, fade.Measure);
            PcmQueue.Walk(_tail, _head, fade.Mix);
            _tail.Clear();
        }

        _tail.MoveStart(queue, int.MaxValue);
        _head.MoveStart(queue, int.MaxValue);
    }

    /// <summary>Drops everything.</summary>
    internal void Clear()
    {
        _tail.Clear();
        _head.Clear();
    }
}
