using NAudio.Wave;

namespace TspActors.Playback.Windows;

/// <summary>
/// The short queue that an NAudio player reads from. A read waits for late samples while the device still has others to play, because a
/// player replaces missing samples with silence. All members are thread-safe.
/// </summary>
internal sealed class SampleQueue : IWaveProvider
{
    private readonly object _gate = new();
    private readonly BufferedWaveProvider _queue;
    private readonly int _least;
    private readonly TimeSpan _patience;

    /// <param name="format">The format of the samples.</param>
    /// <param name="length">The maximum duration of the sound in the queue.</param>
    /// <param name="least">The duration of the sound that a read waits for, unless the read requests less.</param>
    /// <param name="patience">The maximum time that a read waits.</param>
    internal SampleQueue(PcmFormat format, TimeSpan length, TimeSpan least, TimeSpan patience)
    {
        _queue = new BufferedWaveProvider(new WaveFormat(format.Rate, 16, format.Channels), length) { ReadFully = false };
        _least = (int)(least.TotalSeconds * format.Rate) * format.FrameBytes;
        _patience = patience;
    }

    /// <inheritdoc/>
    public WaveFormat WaveFormat => _queue.WaveFormat;

    /// <summary>The number of bytes that the queue can accept now.</summary>
    internal int Room => _queue.BufferLength - _queue.BufferedBytes;

    /// <summary>The duration of the sound in the queue.</summary>
    internal TimeSpan Queued => _queue.BufferedDuration;

    /// <summary>
    /// Reads samples. If there are none, returns one silent sample frame, because a player would treat an empty read as the end of the
    /// sound.
    /// </summary>
    public int Read(Span<byte> buffer)
    {
        var enough = Math.Min(_least, buffer.Length);
        lock (_gate)
        {
            var until = Environment.TickCount64 + (long)_patience.TotalMilliseconds;
            while (_queue.BufferedBytes < enough && until - Environment.TickCount64 is var left and > 0)
                Monitor.Wait(_gate, (int)left);
            if (_queue.Read(buffer) is var read and > 0)
                return read;
        }

        var silence = Math.Min(WaveFormat.BlockAlign, buffer.Length);
        buffer[..silence].Clear();
        return silence;
    }

    /// <summary>Adds samples, at most <see cref="Room"/> bytes.</summary>
    internal void Add(ReadOnlySpan<byte> pcm)
    {
        lock (_gate)
        {
            _queue.AddSamples(pcm);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Drops everything.</summary>
    internal void Clear()
    {
        lock (_gate)
            _queue.ClearBuffer();
    }
}
