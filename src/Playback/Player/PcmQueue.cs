using TspActors.Mpeg;

namespace TspActors.Playback.Player;

/// <summary>A queue of decoded samples. Blocks are reused.</summary>
internal sealed class PcmQueue
{
    private readonly Queue<PcmBlock> _blocks = new();
    private readonly Stack<PcmBlock> _spare;

    internal PcmQueue() => _spare = new Stack<PcmBlock>();

    /// <summary>Creates a queue that shares another queue's spare blocks.</summary>
    internal PcmQueue(PcmQueue other) => _spare = other._spare;

    /// <summary>Handles matching sections of two queues.</summary>
    /// <param name="first">Samples from the first queue.</param>
    /// <param name="second">The same number of samples from the second queue.</param>
    /// <param name="at">The position of the section, in sample frames.</param>
    internal delegate void SectionHandler(ReadOnlySpan<byte> first, Span<byte> second, int at);

    internal TimeSpan Duration { get; private set; }

    internal bool IsEmpty => _blocks.Count == 0;

    internal PcmBlock First => _blocks.Peek();

    /// <summary>The number of sample frames, regardless of their format.</summary>
    internal int Frames => _blocks.Sum(block => block.Frames);

    /// <summary>Returns the number of sample frames at the start of the queue that have this format.</summary>
    internal int FramesIn(PcmFormat format) => _blocks.TakeWhile(block => block.Format == format).Sum(block => block.Frames);

    /// <summary>Returns a block to decode into. Pass it to <see cref="Enqueue"/> or <see cref="Return"/> afterwards.</summary>
    internal PcmBlock Rent() => _spare.TryPop(out var block) ? block : new PcmBlock();

    internal void Return(PcmBlock block) => _spare.Push(block);

    internal void Enqueue(PcmBlock block)
    {
        _blocks.Enqueue(block);
        Duration += block.Duration;
    }

    /// <summary>Removes played bytes from the first block, and removes the block once it is empty.</summary>
    internal void Advance(int bytes)
    {
        var block = First;
        var before = block.Duration;
        block.Start += bytes;
        Duration -= before - block.Duration;
        if (block.Start == block.End)
            Return(_blocks.Dequeue());
    }

    /// <summary>Trims padding from the end of the newest song, or as much of it as is still queued.</summary>
    internal void TrimEnd(int song, Mp3Padding padding)
    {
        var trimmed = 0;
        foreach (var block in _blocks.Reverse())
        {
            var left = padding.SamplesAt(block.Format.Rate) - trimmed;
            if (block.Song != song || left <= 0)
                break;
            var frames = Math.Min(left, block.Frames);
            Duration -= block.Duration;
            block.End -= frames * block.Format.FrameBytes;
            Duration += block.Duration;
            trimmed += frames;
        }
    }

    /// <summary>Moves the end of a song to the end of another queue, if this queue ends with that song.</summary>
    /// <param name="target">The other queue.</param>
    /// <param name="song">The song. Only samples in the format of its last samples are moved.</param>
    /// <param name="longest">The maximum duration to move.</param>
    internal void MoveEnd(PcmQueue target, int song, TimeSpan longest)
    {
        if (_blocks.LastOrDefault() is not { } last)
            return;
        var end = _blocks.Reverse().TakeWhile(block => block.Song == song && block.Format == last.Format).Sum(block => block.Frames);
        var stay = Frames - Math.Min(end, last.Format.FramesOf(longest));
        var whole = new PcmQueue(this);
        MoveStart(whole, int.MaxValue);
        whole.MoveStart(this, stay);
        whole.MoveStart(target, int.MaxValue);
    }

    /// <summary>Moves sample frames from the start of this queue to the end of another queue.</summary>
    internal void MoveStart(PcmQueue target, int frames)
    {
        while (frames > 0 && !IsEmpty)
        {
            var block = First;
            if (block.Frames <= frames)
            {
                frames -= block.Frames;
                Duration -= block.Duration;
                target.Enqueue(_blocks.Dequeue());
                continue;
            }

            var part = Rent();
            var bytes = frames * block.Format.FrameBytes;
            block.Pending[..bytes].CopyTo(part.Bytes);
            (part.Format, part.Song, part.Start, part.End) = (block.Format, block.Song, 0, bytes);
            target.Enqueue(part);
            Advance(bytes);
            return;
        }
    }

    /// <summary>
    /// Walks through two queues side by side, up to the end of the shorter one. The handler may change the samples of the second one.
    /// </summary>
    internal static void Walk(PcmQueue first, PcmQueue second, SectionHandler handle)
    {
        using var blocks = second._blocks.Where(block => block.Frames > 0).GetEnumerator();
        var (at, done) = (0, 0);
        var block = blocks.MoveNext() ? blocks.Current : null;
        foreach (var other in first._blocks)
        {
            for (var from = 0; from < other.Pending.Length && block is not null;)
            {
                var size = Math.Min(other.Pending.Length - from, block.Pending.Length - done);
                handle(other.Pending.Slice(from, size), block.Bytes.AsSpan(block.Start + done, size), at);
                (from, done, at) = (from + size, done + size, at + size / block.Format.FrameBytes);
                if (done < block.Pending.Length)
                    continue;
                block = blocks.MoveNext() ? blocks.Current : null;
                done = 0;
            }
        }
    }

    internal void Clear()
    {
        while (_blocks.TryDequeue(out var block))
            Return(block);
        Duration = TimeSpan.Zero;
    }
}
