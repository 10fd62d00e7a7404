using TspActors.Playback.Outputs;

namespace TspActors.Playback.Alsa;

/// <summary>An output that plays through ALSA.</summary>
/// <remarks>Calls wait for the device, which may hang. <see cref="DeadlineOutput"/> bounds these waits.</remarks>
internal sealed class AlsaOutput : IAudioOutput
{
    private const string DefaultDevice = "default";

    // A multiple of the device's own buffer, because plugins may report longer delays.
    private const int MaxDelayFactor = 4;

    // A device that keeps failing without accepting any sound counts as lost.
    private const int MaxRecoveries = 5;

    private readonly string? _device;
    private readonly TimeSpan _deviceBuffer;
    private readonly MeasuredDelay _delay = new(TimeProvider.System);
    private AlsaLibrary.Handle? _pcm;
    private PcmFormat _format;
    private UnheardSound? _unheard;

    /// <param name="device">The name of a PCM; null for the default one.</param>
    /// <param name="settings">The settings for devices.</param>
    internal AlsaOutput(string? device, AudioSettings settings)
    {
        _device = device;
        _deviceBuffer = settings.DeviceBuffer;
    }

    public string Name => _device is null ? "alsa" : $"alsa:{_device}";

    public TimeSpan Latency => _delay.Held + (_unheard?.Held ?? TimeSpan.Zero);

    /// <summary>Returns why the output cannot be used on this machine; null if its library is installed.</summary>
    internal static string? FindProblem()
    {
        if (!OperatingSystem.IsLinux())
            return "ALSA is used on Linux only";
        return AlsaLibrary.Available ? null : "libasound cannot be loaded (Debian package libasound2)";
    }

    /// <summary>Returns the devices that play sound.</summary>
    internal static IReadOnlyList<SoundDevice> ListDevices() => FindProblem() is null ? AlsaDevices.List() : [];

    public void Open(PcmFormat format)
    {
        if (_pcm is not null)
        {
            Drain(CancellationToken.None);
            Close();
        }

        AlsaLibrary.Silence();
        var opened = AlsaLibrary.Open(_device ?? DefaultDevice, out var pcm);
        if (opened < 0)
            throw Failed("cannot be opened", opened);
        var set = AlsaLibrary.Set(pcm, format, _deviceBuffer);
        if (set < 0)
        {
            pcm.Dispose();
            throw Failed($"cannot be opened at {format.Rate} Hz, {(format.Channels == 1 ? "mono" : "stereo")}", set);
        }

        (_pcm, _format) = (pcm, format);
        _unheard = new UnheardSound(format, MaxDelayFactor * _deviceBuffer);
    }

    // This call cannot be interrupted. It returns when the device has accepted everything.
    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        var (device, unheard) = Opened();
        WriteHeld(device, unheard);
        WriteAll(device, pcm);
        unheard.Add(pcm);
        return pcm.Length;
    }

    public bool Drain(CancellationToken interrupt)
    {
        if (_pcm is null)
            return true;
        var (device, unheard) = Opened();
        WriteHeld(device, unheard);
        var drained = AlsaLibrary.Drain(device);
        if (drained < 0)
            throw Failed("cannot play the rest", drained);
        Prepare(device);
        Forget();
        return true;
    }

    public void Drop()
    {
        if (_pcm is null)
            return;
        Empty(Opened().Device);
        Forget();
    }

    // Not every device can pause, so the device is emptied, and the sound that it had not yet played is written again on resume.
    public void Pause()
    {
        if (_pcm is null)
            return;
        var (device, unheard) = Opened();
        if (unheard.Held > TimeSpan.Zero)
            return;
        Measure(device);
        unheard.Hold(_delay.Held);
        Empty(device);
        _delay.Clear();
    }

    public void Resume()
    {
        if (_pcm is null)
            return;
        var (device, unheard) = Opened();
        WriteHeld(device, unheard);
    }

    public void Dispose() => Close();

    private void WriteHeld(AlsaLibrary.Handle device, UnheardSound unheard)
    {
        if (unheard.Held == TimeSpan.Zero)
            return;
        WriteAll(device, unheard.HeldBytes);
        unheard.Release();
    }

    private void WriteAll(AlsaLibrary.Handle device, ReadOnlySpan<byte> pcm)
    {
        for (var recoveries = 0; pcm.Length > 0;)
        {
            var frames = (int)AlsaLibrary.Write(device, pcm, (nuint)(pcm.Length / _format.FrameBytes));
            if (frames > 0)
            {
                pcm = pcm[(frames * _format.FrameBytes)..];
                recoveries = 0;
                continue;
            }

            // The device ran dry or was suspended.
            var recovered = AlsaLibrary.Recover(device, frames, silent: 1);
            if (recovered < 0 || ++recoveries > MaxRecoveries)
                throw Failed("has stopped accepting audio", recovered < 0 ? recovered : frames);
        }

        Measure(device);
    }

    private void Measure(AlsaLibrary.Handle device)
    {
        var delay = AlsaLibrary.GetDelay(device, out var frames) < 0 ? 0 : Math.Clamp(frames, 0, 60L * _format.Rate);
        _delay.Set(TimeSpan.FromSeconds((double)delay / _format.Rate));
    }

    private void Empty(AlsaLibrary.Handle device)
    {
        var dropped = AlsaLibrary.Drop(device);
        if (dropped < 0)
            throw Failed("cannot be emptied", dropped);
        Prepare(device);
    }

    private void Prepare(AlsaLibrary.Handle device)
    {
        var prepared = AlsaLibrary.Prepare(device);
        if (prepared < 0)
            throw Failed("cannot continue", prepared);
    }

    private void Forget()
    {
        _delay.Clear();
        _unheard?.Clear();
    }

    private void Close()
    {
        _pcm?.Dispose();
        _pcm = null;
        Forget();
    }

    private (AlsaLibrary.Handle Device, UnheardSound Unheard) Opened()
    {
        AlsaLibrary.Silence();
        return _pcm is { } device ? (device, _unheard!) : throw new InvalidOperationException("The output is not open.");
    }

    private AudioOutputException Failed(string what, int error) => new($"The audio output {Name} {what}: {AlsaLibrary.TextOf(error)}.");
}
