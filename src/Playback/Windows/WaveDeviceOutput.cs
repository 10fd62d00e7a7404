using TspActors.Playback.Outputs;

namespace TspActors.Playback.Windows;

/// <summary>
/// An output for a device with a queue. It waits while the queue is full, reopens the device for a different format, and reports a lost
/// device.
/// </summary>
internal sealed class WaveDeviceOutput : IAudioOutput
{
    // The device does not signal free space in the queue, so the queue is polled several times while a full queue plays.
    private static readonly TimeSpan PollInterval = NAudioDevice.Step / 2;

    private readonly Func<PcmFormat, IWaveDevice> _newDevice;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;
    private readonly InterruptibleWait _wait;
    private IWaveDevice? _device;
    private PcmFormat _format;

    /// <param name="name">The name shown to the user.</param>
    /// <param name="newDevice">Opens the device for a format and starts it.</param>
    /// <param name="deadline">A device that plays nothing from its queue for this long counts as lost.</param>
    /// <param name="time">The clock for the waits.</param>
    internal WaveDeviceOutput(string name, Func<PcmFormat, IWaveDevice> newDevice, TimeSpan deadline, TimeProvider time)
    {
        Name = name;
        _newDevice = newDevice;
        _deadline = deadline;
        _time = time;
        _wait = new InterruptibleWait(time);
    }

    public string Name { get; }

    public TimeSpan Latency => _device is { } device ? device.Queued + device.Ahead : TimeSpan.Zero;

    public void Open(PcmFormat format)
    {
        if (_device is not null)
        {
            Drain(CancellationToken.None);
            Close();
        }

        _device = _newDevice(format);
        _format = format;
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        var device = _device ?? throw new InvalidOperationException("The output is not open.");
        var accepted = 0;
        var progressedAt = _time.GetTimestamp();
        while (true)
        {
            ThrowIfLost(device);
            var size = Math.Min(pcm.Length - accepted, device.Room / _format.FrameBytes * _format.FrameBytes);
            if (size > 0)
            {
                device.Enqueue(pcm.Slice(accepted, size));
                accepted += size;
                progressedAt = _time.GetTimestamp();
            }

            if (accepted == pcm.Length)
                return accepted;
            ThrowIfStuck(progressedAt);
            if (!_wait.Wait(PollInterval, interrupt))
                return accepted;
        }
    }

    public bool Drain(CancellationToken interrupt)
    {
        if (_device is not { } device)
            return true;
        var (progressedAt, left) = (_time.GetTimestamp(), TimeSpan.MaxValue);
        while (device.Queued is var queued && queued > TimeSpan.Zero)
        {
            ThrowIfLost(device);
            if (queued < left)
                (progressedAt, left) = (_time.GetTimestamp(), queued);
            ThrowIfStuck(progressedAt);
            if (!_wait.Wait(PollInterval, interrupt))
                return false;
        }

        return _wait.Wait(device.Ahead, interrupt);
    }

    public void Drop() => _device?.Clear();

    public void Pause() => _device?.Pause();

    public void Resume() => _device?.Resume();

    public void Dispose()
    {
        Close();
        _wait.Dispose();
    }

    private void Close()
    {
        _device?.Dispose();
        _device = null;
    }

    private void ThrowIfLost(IWaveDevice device)
    {
        if (device.Failure is { } failure)
            throw new AudioOutputException($"The audio output {Name} has stopped: {failure}.");
    }

    private void ThrowIfStuck(long progressedAt)
    {
        if (_time.GetElapsedTime(progressedAt) > _deadline)
            throw new AudioOutputException($"The audio output {Name} has played nothing for {_deadline.TotalSeconds:0.#} s.");
    }
}
