using NAudio;
using NAudio.Wave;

namespace TspActors.Playback.WaveOut;

/// <summary>The default Windows sound device, accessed through NAudio's WaveOutEvent.</summary>
internal sealed class NAudioDevice : IWaveDevice
{
    private readonly BufferedWaveProvider _queue;
    private readonly WaveOutEvent _device;
    private volatile string? _failure;

    /// <param name="format">The format of the samples.</param>
    /// <param name="buffer">The maximum playing time that the queue and the device together may buffer.</param>
    internal NAudioDevice(PcmFormat format, TimeSpan buffer)
    {
        var half = buffer / 2;
        _queue = new BufferedWaveProvider(new WaveFormat(format.Rate, 16, format.Channels)) { BufferDuration = half };
        _device = new WaveOutEvent { DesiredLatency = (int)half.TotalMilliseconds };
        Ahead = half;
        // The event is also raised after a normal end, but then no code reads the failure.
        _device.PlaybackStopped += (_, stopped) => _failure = stopped.Exception?.Message ?? "the device has stopped";
        try
        {
            _device.Init(_queue);
            _device.Play();
        }
        catch (MmException e)
        {
            _device.Dispose();
            throw new AudioOutputException(
                $"The sound device cannot be opened at {format.Rate} Hz, {(format.Channels == 1 ? "mono" : "stereo")}: {e.Message}.");
        }
    }

    public string? Failure => _failure;

    public int Room => _queue.BufferLength - _queue.BufferedBytes;

    public TimeSpan Queued => _queue.BufferedDuration;

    public TimeSpan Ahead { get; }

    public void Enqueue(ReadOnlySpan<byte> pcm) => _queue.AddSamples(pcm.ToArray(), 0, pcm.Length);

    public void Clear() => _queue.ClearBuffer();

    public void Pause() => Try(_device.Pause);

    public void Resume() => Try(_device.Play);

    public void Dispose()
    {
        try
        {
            _device.Dispose();
        }
        catch (MmException e)
        {
            // A device that is gone cannot be stopped, and does not have to be.
            _failure = e.Message;
        }
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (MmException e)
        {
            _failure = e.Message;
        }
    }
}
