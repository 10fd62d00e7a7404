using TspActors.Mpeg;

namespace TspActors.Playback.Player;

/// <summary>A queue of decoded samples that wait for the output. Blocks are reused.</summary>
internal sealed class PcmQueue
{
    private readonly Queue<PcmBlock> _blocks = new();
    private readonly Stack<PcmBlock> _spare = new();

    internal TimeSpan Duration { get; private set; }

    internal bool IsEmpty => _blocks.Count == 0;

    internal PcmBlock First => _blocks.Peek();

    /// <summary>Returns a block to decode into. Pass it to <see cref="Enqueue"/> or <see cref="Return"/> afterwards.</summary>
    internal PcmBlock Rent() => _spare.TryPop(out var block) ? block : new PcmBlock();

    internal void Return(PcmBlock block) => _spare.Push(block);

    internal void Enqueue(PcmBlock block)
    {
        _blocks.Enqueue(block);
        Duration += block.Format.DurationOf(block.End - block.Start);
    }

    /// <summary>Removes played bytes from the first block, and removes the block once it is empty.</summary>
    internal void Advance(int bytes)
    {
        var block = First;
        var before = block.Format.DurationOf(block.Pending.Length);
        block.Start += bytes;
        Duration -= before - block.Format.DurationOf(block.Pending.Length);
        if (block.Start == block.End)
            Return(_blocks.Dequeue());
    }

    /// <summary>Trims padding from the end of the newest song, as far as it is still queued.</summary>
    internal void TrimEnd(int song, Mp3Padding padding)
    {
        var trimmed = 0;
        foreach (var block in _blocks.Reverse())
        {
            var left = padding.SamplesAt(block.Format.Rate) - trimmed;
            if (block.Song != song || left <= 0)
                break;
            var frames = Math.Min(left, block.Pending.Length / block.Format.FrameBytes);
            Duration -= block.Format.DurationOf(block.Pending.Length);
            block.End -= frames * block.Format.FrameBytes;
            Duration += block.Format.DurationOf(block.Pending.Length);
            trimmed += frames;
        }
    }

    internal void Clear()
    {
        while (_blocks.TryDequeue(out var block))
            Return(block);
        Duration = TimeSpan.Zero;
    }
}
