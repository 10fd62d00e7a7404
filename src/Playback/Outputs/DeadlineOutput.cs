namespace TspActors.Playback.Outputs;

/// <summary>
/// An output for a device whose calls may hang, for example because its sound server does not respond. A dedicated thread makes the calls.
/// If a call takes too long, the device counts as lost.
/// </summary>
/// <remarks>
/// An interrupted wait ends immediately. The running call continues with a copy of the samples, and the next call first waits for it.
/// </remarks>
internal sealed class DeadlineOutput : IAudioOutput
{
    private readonly IAudioOutput _device;
    private readonly TimeSpan _deadline;
    private readonly HangingCalls _hanging;
    private readonly DeviceThread _thread;

    // The delegates are created once, so that a write does not allocate.
    private readonly Action _open;
    private readonly Action _write;
    private readonly Action _drain;
    private byte[] _pcm = [];
    private int _size;
    private PcmFormat _format;
    private TimeSpan _held;

    /// <param name="device">The device, which must not be open yet. This output takes ownership of it and closes it.</param>
    /// <param name="deadline">How long a call may take, in addition to the duration of the sound that the device has buffered.</param>
    /// <param name="hanging">Counts the hanging calls to the same driver. While there are any, the device is not opened.</param>
    /// <param name="time">The clock for the deadlines.</param>
    internal DeadlineOutput(IAudioOutput device, TimeSpan deadline, HangingCalls hanging, TimeProvider time)
    {
        _device = device;
        _deadline = deadline;
        _hanging = hanging;
        _thread = new DeviceThread(device.Dispose, hanging, time);
        _open = () => _device.Open(_format);
        _write = () => _device.Write(_pcm.AsSpan(0, _size), CancellationToken.None);
        _drain = () => _device.Drain(CancellationToken.None);
    }

    public string Name => _device.Name;

    public TimeSpan Latency => _thread.IsBusy ? _held : _device.Latency;

    public void Open(PcmFormat format)
    {
        if (!_thread.IsStarted && _hanging.Any)
            throw new AudioOutputException($"The audio output {Name} still does not respond.");
        Finish(CancellationToken.None);
        _format = format;
        Call(_open, TimeSpan.Zero, CancellationToken.None);
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        if (!_thread.IsStarted)
            throw new InvalidOperationException("The output is not open.");
        if (!Finish(interrupt))
            return 0;
        if (_pcm.Length < pcm.Length)
            _pcm = new byte[pcm.Length];
        pcm.CopyTo(_pcm);
        _size = pcm.Length;
        // Even after an interruption, the device receives all samples, so all of them count as accepted.
        Call(_write, _format.DurationOf(_size), interrupt);
        return _size;
    }

    public bool Drain(CancellationToken interrupt) =>
        !_thread.IsStarted || (Finish(interrupt) && Call(_drain, TimeSpan.Zero, interrupt));

    public void Drop() => Command(_device.Drop);

    public void Pause() => Command(_device.Pause);

    public void Resume() => Command(_device.Resume);

    public void Dispose() => _thread.End(_deadline + Latency);

    private void Command(Action command)
    {
        if (!_thread.IsStarted)
            return;
        Finish(CancellationToken.None);
        Call(command, TimeSpan.Zero, CancellationToken.None);
    }

    private bool Call(Action call, TimeSpan given, CancellationToken interrupt)
    {
        // The call may have to wait until the device has played everything that it has buffered.
        _held = _device.Latency + given;
        _thread.Begin(call, _deadline + _held);
        return Finish(interrupt);
    }

    private bool Finish(CancellationToken interrupt)
    {
        try
        {
            return _thread.Wait(interrupt);
        }
        catch (TimeoutException)
        {
            throw new AudioOutputException($"The audio output {Name} has not responded for {_deadline.TotalSeconds:0.#} s.");
        }
    }
}
