namespace TspActors.Playback.Mpg123;

/// <summary>Plays through a driver of libout123: a sound device or a WAV file.</summary>
internal sealed class Out123Output : IAudioOutput
{
    private readonly string _driver;
    private readonly TimeSpan _deviceBuffer;
    private readonly Func<string>? _chooseDevice;
    private readonly DeviceDelay? _delay;
    private string? _device;
    private PcmFormat _format;
    private Out123Library.Handle? _handle;

    /// <param name="driver">A driver's name: pulse, alsa, oss, coreaudio, wav.</param>
    /// <param name="device">The device, or the file for the wav driver; null for the driver's default.</param>
    /// <param name="deviceBuffer">How much sound the device may hold.</param>
    /// <param name="chooseDevice">Returns the device to open instead; null to use the given one.</param>
    internal Out123Output(string driver, string? device, TimeSpan deviceBuffer, Func<string>? chooseDevice = null)
    {
        _driver = driver;
        _device = device;
        _deviceBuffer = deviceBuffer;
        _chooseDevice = chooseDevice;
        _delay = driver == "wav" ? null : new DeviceDelay(TimeProvider.System);
    }

    public string Name => _device is null ? _driver : $"{_driver}:{_device}";

    // out123_buffered only knows the buffer of a helper process, which is not used here.
    public TimeSpan Latency => _delay?.Held ?? TimeSpan.Zero;

    public void Open(PcmFormat format)
    {
        _format = format;
        if (_handle is null)
            _handle = OpenDriver();
        else
            Out123Library.Drain(_handle);
        Out123Library.Stop(_handle);
        if (Out123Library.Start(_handle, format.Rate, format.Channels, Out123Library.EncodingSigned16) != Out123Library.Ok)
            throw Failed(_handle, $"does not open for {format.Rate} Hz, {format.Channels} channels");
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        var handle = Opened();
        _delay?.BeforeWrite();
        var taken = (int)Out123Library.Play(handle, pcm, (nuint)pcm.Length);
        _delay?.AfterWrite(_format.DurationOf(taken));
        return taken == pcm.Length ? taken : throw Failed(handle, "accepts no more sound");
    }

    // The library cannot be interrupted here; it returns when the device's own buffer is empty.
    public bool Drain(CancellationToken interrupt)
    {
        if (_handle is not null)
            Out123Library.Drain(_handle);
        _delay?.Clear();
        return true;
    }

    public void Drop()
    {
        if (_handle is not null)
            Out123Library.Drop(_handle);
        _delay?.Clear();
    }

    // The library closes the device during a pause, and closing plays what the device holds.
    public void Pause()
    {
        if (_handle is not null)
            Out123Library.Pause(_handle);
        _delay?.Clear();
    }

    public void Resume()
    {
        if (_handle is not null)
            Out123Library.Continue(_handle);
    }

    public void Dispose()
    {
        if (_handle is null)
            return;
        // Closing alone would first play what the device holds.
        if (_driver != "wav")
            Out123Library.Drop(_handle);
        _handle.Dispose();
        _handle = null;
    }

    private Out123Library.Handle OpenDriver()
    {
        if (_chooseDevice is not null)
            _device = _chooseDevice();
        var handle = Out123Library.New();
        if (handle.IsInvalid)
            throw new AudioOutputException("libout123 gives no output (out of memory).");
        // Quiet about devices. For a driver whose module is not installed, libout123 still writes one line to stderr.
        Out123Library.SetParameter(handle, Out123Library.ParamAddFlags, Out123Library.FlagQuiet, 0, null);
        Out123Library.SetParameter(handle, Out123Library.ParamName, 0, 0, "TspActors");
        Out123Library.SetParameter(handle, Out123Library.ParamDeviceBuffer, 0, _deviceBuffer.TotalSeconds, null);
        if (_driver == "pulse")
            PulseLatency.Request(_deviceBuffer);
        if (Out123Library.Open(handle, _driver, _device) == Out123Library.Ok)
            return handle;
        var failure = Failed(handle, "does not open");
        handle.Dispose();
        throw failure;
    }

    private Out123Library.Handle Opened() => _handle ?? throw new InvalidOperationException("The output is not open.");

    private AudioOutputException Failed(Out123Library.Handle handle, string what) =>
        new($"The audio output {Name} {what}: {Out123Library.LastError(handle)}.");
}
