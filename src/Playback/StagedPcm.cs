using TspActors.Mpeg;

namespace TspActors.Playback;

/// <summary>A block of decoded samples on its way to the output.</summary>
internal sealed class PcmBlock
{
    // One stereo MPEG 1 frame; a whole number of sample frames in mono and stereo.
    internal const int Size = 4608;

    internal byte[] Bytes { get; } = new byte[Size];

    internal PcmFormat Format { get; set; }

    /// <summary>The number of the song it belongs to.</summary>
    internal int Song { get; set; }

    internal int Start { get; set; }

    internal int End { get; set; }

    internal ReadOnlySpan<byte> Unheard => Bytes.AsSpan(Start, End - Start);
}

/// <summary>A queue of decoded samples ahead of the output. Blocks are reused.</summary>
internal sealed class StagedPcm
{
    private readonly Queue<PcmBlock> _blocks = new();
    private readonly Stack<PcmBlock> _spare = new();

    internal TimeSpan Duration { get; private set; }

    internal bool IsEmpty => _blocks.Count == 0;

    internal PcmBlock First => _blocks.Peek();

    /// <summary>Returns a block to decode into. Give it back with <see cref="Add"/> or <see cref="Return"/>.</summary>
    internal PcmBlock Rent() => _spare.TryPop(out var block) ? block : new PcmBlock();

    internal void Return(PcmBlock block) => _spare.Push(block);

    internal void Add(PcmBlock block)
    {
        _blocks.Enqueue(block);
        Duration += block.Format.DurationOf(block.End - block.Start);
    }

    /// <summary>Removes played bytes from the first block, and the block when it is used up.</summary>
    internal void Advance(int bytes)
    {
        var block = First;
        var before = block.Format.DurationOf(block.Unheard.Length);
        block.Start += bytes;
        Duration -= before - block.Format.DurationOf(block.Unheard.Length);
        if (block.Start == block.End)
            Return(_blocks.Dequeue());
    }

    /// <summary>Cuts padding off the end of the song that was added last, as far as it is still queued.</summary>
    internal void CutEnd(int song, Mp3Padding padding)
    {
        var cut = 0;
        foreach (var block in _blocks.Reverse())
        {
            var left = padding.SamplesAt(block.Format.Rate) - cut;
            if (block.Song != song || left <= 0)
                break;
            var frames = Math.Min(left, block.Unheard.Length / block.Format.FrameBytes);
            Duration -= block.Format.DurationOf(block.Unheard.Length);
            block.End -= frames * block.Format.FrameBytes;
            Duration += block.Format.DurationOf(block.Unheard.Length);
            cut += frames;
        }
    }

    internal void Clear()
    {
        while (_blocks.TryDequeue(out var block))
            Return(block);
        Duration = TimeSpan.Zero;
    }
}
