using System.Runtime.InteropServices;
using TspActors.Playback.Outputs;

namespace TspActors.Playback.Pulse;

/// <summary>An output that plays through PulseAudio, or through PipeWire's PulseAudio server.</summary>
/// <remarks>Every call waits for the server, which may hang. <see cref="DeadlineOutput"/> bounds these waits.</remarks>
internal sealed class PulseOutput : IAudioOutput
{
    // As a multiple of the requested buffer; the server adds its device's delay.
    private const int MaxDelayFactor = 4;

    private readonly string? _device;
    private readonly TimeSpan _deviceBuffer;
    private readonly MeasuredDelay _delay = new(TimeProvider.System);
    private PulseSimple.Handle? _stream;
    private UnheardSound? _unheard;

    /// <param name="device">The name of a sink; null for the default one.</param>
    /// <param name="settings">The settings for devices.</param>
    internal PulseOutput(string? device, AudioSettings settings)
    {
        _device = device;
        _deviceBuffer = settings.DeviceBuffer;
    }

    public string Name => _device is null ? "pulse" : $"pulse:{_device}";

    public TimeSpan Latency => _delay.Held + (_unheard?.Held ?? TimeSpan.Zero);

    /// <summary>Returns why the output cannot be used on this machine; null if its library is installed.</summary>
    internal static string? FindProblem()
    {
        if (!OperatingSystem.IsLinux())
            return "PulseAudio is used on Linux only";
        return NativeLibrary.TryLoad(PulseSimple.Library, out _)
            ? null
            : "libpulse-simple cannot be loaded (Debian package libpulse0)";
    }

    /// <summary>Returns the server's sinks; none if no server replies in time.</summary>
    internal static IReadOnlyList<SoundDevice> ListDevices(TimeSpan deadline) =>
        FindProblem() is null ? PulseSinks.List(deadline) : [];

    public void Open(PcmFormat format)
    {
        if (_stream is not null)
        {
            Drain(CancellationToken.None);
            Close();
        }

        var bytes = (uint)Math.Max(1, _deviceBuffer.TotalSeconds * format.Rate) * (uint)format.FrameBytes;
        var stream = PulseSimple.Open(_device, format, bytes, out var error);
        if (stream.IsInvalid)
            throw Failed($"cannot be opened at {format.Rate} Hz, {(format.Channels == 1 ? "mono" : "stereo")}", error);
        _stream = stream;
        _unheard = new UnheardSound(format, MaxDelayFactor * _deviceBuffer);
    }

    // This call cannot be interrupted. It returns when the server has accepted everything.
    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        var (stream, unheard) = Opened();
        WriteHeld(stream, unheard);
        WriteAll(stream, pcm);
        unheard.Add(pcm);
        return pcm.Length;
    }

    public bool Drain(CancellationToken interrupt)
    {
        if (_stream is null)
            return true;
        var (stream, unheard) = Opened();
        WriteHeld(stream, unheard);
        if (PulseSimple.Drain(stream, out var error) < 0)
            throw Failed("cannot play the rest", error);
        Forget();
        return true;
    }

    public void Drop()
    {
        if (_stream is null)
            return;
        Flush(_stream);
        Forget();
    }

    // The simple API cannot pause a stream, so the stream is emptied, and the audio that it had not yet played is written again on resume.
    public void Pause()
    {
        if (_stream is null || _unheard is not { } unheard || unheard.Held > TimeSpan.Zero)
            return;
        Measure(_stream);
        unheard.Hold(_delay.Held);
        Flush(_stream);
        _delay.Clear();
    }

    public void Resume()
    {
        if (_stream is { } stream)
            WriteHeld(stream, _unheard!);
    }

    public void Dispose() => Close();

    private void WriteHeld(PulseSimple.Handle stream, UnheardSound unheard)
    {
        if (unheard.Held == TimeSpan.Zero)
            return;
        WriteAll(stream, unheard.HeldBytes);
        unheard.Release();
    }

    private void WriteAll(PulseSimple.Handle stream, ReadOnlySpan<byte> pcm)
    {
        if (PulseSimple.Write(stream, pcm, (nuint)pcm.Length, out var error) < 0)
            throw Failed("has stopped accepting audio", error);
        Measure(stream);
    }

    private void Measure(PulseSimple.Handle stream)
    {
        var microseconds = PulseSimple.GetLatency(stream, out var error);
        if (error == 0)
            _delay.Set(TimeSpan.FromMicroseconds(Math.Min(microseconds, 60_000_000)));
    }

    private void Flush(PulseSimple.Handle stream)
    {
        if (PulseSimple.Flush(stream, out var error) < 0)
            throw Failed("cannot be emptied", error);
    }

    private void Forget()
    {
        _delay.Clear();
        _unheard?.Clear();
    }

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
        Forget();
    }

    private (PulseSimple.Handle Stream, UnheardSound Unheard) Opened() =>
        _stream is { } stream ? (stream, _unheard!) : throw new InvalidOperationException("The output is not open.");

    private AudioOutputException Failed(string what, int error) => new($"The audio output {Name} {what}: {PulseSimple.TextOf(error)}.");
}
