namespace TspActors.Playback.Mpg123;

/// <summary>An output that plays on a sound device through a libout123 driver.</summary>
internal sealed class Out123Output : IAudioOutput
{
    /// <summary>The name of the playback library, as shown to users.</summary>
    internal const string Library = "libout123";

    /// <summary>
    /// The drivers that this program may use. The library's own list is unsuitable: without a device, its jack, openal and portaudio
    /// modules write pages of messages to stderr and can hang, and its dummy driver "plays" everything immediately.
    /// </summary>
    internal static readonly IReadOnlyList<string> Drivers = ["pulse", "alsa", "oss", "coreaudio"];

    private readonly string _driver;
    private readonly TimeSpan _deviceBuffer;
    private readonly string? _device;
    private readonly DeviceDelay _delay = new(TimeProvider.System);
    private PcmFormat _format;
    private Out123Library.Handle? _handle;

    /// <param name="driver">The name of the driver, one of <see cref="Drivers"/>.</param>
    /// <param name="device">The device; null for the driver's default.</param>
    /// <param name="deviceBuffer">The maximum duration of the sound that the device may buffer.</param>
    internal Out123Output(string driver, string? device, TimeSpan deviceBuffer)
    {
        _driver = driver;
        _device = device;
        _deviceBuffer = deviceBuffer;
    }

    public string Name => _device is null ? _driver : $"{_driver}:{_device}";

    // out123_buffered reports only the buffer of a helper process, which is not used here.
    public TimeSpan Latency => _delay.Held;

    public void Open(PcmFormat format)
    {
        _format = format;
        if (_handle is null)
            _handle = OpenDriver();
        else
            Out123Library.Drain(_handle);
        Out123Library.Stop(_handle);
        if (Out123Library.Start(_handle, format.Rate, format.Channels, Out123Library.EncodingSigned16) != Out123Library.Ok)
            throw CreateException(_handle, $"cannot be opened at {format.Rate} Hz, {(format.Channels == 1 ? "mono" : "stereo")}");
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        var handle = RequireHandle();
        _delay.BeforeWrite();
        var taken = (int)Out123Library.Play(handle, pcm, (nuint)pcm.Length);
        _delay.AfterWrite(_format.DurationOf(taken));
        return taken == pcm.Length ? taken : throw CreateException(handle, "has stopped accepting audio");
    }

    // This call cannot be interrupted. It returns when the device's buffer is empty.
    public bool Drain(CancellationToken interrupt)
    {
        if (_handle is not null)
            Out123Library.Drain(_handle);
        _delay.Clear();
        return true;
    }

    public void Drop()
    {
        if (_handle is not null)
            Out123Library.Drop(_handle);
        _delay.Clear();
    }

    // To pause, the library closes the device, but only after the device has played its buffered sound.
    public void Pause()
    {
        if (_handle is not null)
            Out123Library.Pause(_handle);
        _delay.Clear();
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
        // Without a drop, closing the device would first play its buffered sound.
        Out123Library.Drop(_handle);
        _handle.Dispose();
        _handle = null;
    }

    private Out123Library.Handle OpenDriver()
    {
        var handle = Out123Library.New();
        if (handle.IsInvalid)
            throw new AudioOutputException("libout123 cannot create an output (out of memory).");
        // The flag silences messages about devices. If a driver's module is missing, libout123 still writes one line to stderr.
        Out123Library.SetParameter(handle, Out123Library.ParamAddFlags, Out123Library.FlagQuiet, 0, null);
        Out123Library.SetParameter(handle, Out123Library.ParamName, 0, 0, "TspActors");
        Out123Library.SetParameter(handle, Out123Library.ParamDeviceBuffer, 0, _deviceBuffer.TotalSeconds, null);
        if (_driver == "pulse")
            PulseLatency.Request(_deviceBuffer);
        if (Out123Library.Open(handle, _driver, _device) == Out123Library.Ok)
            return handle;
        var failure = CreateException(handle, "cannot be opened");
        handle.Dispose();
        throw failure;
    }

    private Out123Library.Handle RequireHandle() => _handle ?? throw new InvalidOperationException("The output is not open.");

    private AudioOutputException CreateException(Out123Library.Handle handle, string what) =>
        new($"The audio output {Name} {what}: {Out123Library.LastError(handle)}.");
}
