using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;

namespace TspActors.Playback.Programs;

/// <summary>
/// An output that pipes samples into pw-play, paplay or aplay, for machines on which this process cannot load the sound libraries.
/// </summary>
/// <remarks>
/// The program exits when its pipe closes, so it never outlives this process. It is started when there is sound to write, and stopped by a
/// pause, a drop or a drain.
/// </remarks>
internal sealed class PlayerPipeOutput : IAudioOutput
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromMilliseconds(20);

    // A program starts playing some time after it has received the first samples, so when it is paused, it may have played less
    // than estimated, by up to this much. It is better to hear that sound twice than not at all.
    private static readonly TimeSpan StartTime = TimeSpan.FromMilliseconds(100);

    private readonly string? _device;
    private readonly AudioSettings _settings;
    private readonly IReadOnlyList<PlayerProgram> _programs;
    private readonly DeviceDelay _delay = new(TimeProvider.System);
    private PlayerProgram? _program;
    private PlayerProcess? _process;
    private UnheardSound? _unheard;
    private PcmFormat _format;
    private byte[] _pcm = [];

    /// <param name="device">The name of one of the program's devices; null for the default one.</param>
    /// <param name="settings">The settings for devices and programs.</param>
    /// <param name="programs">The programs to try, in order; null for those on the PATH.</param>
    internal PlayerPipeOutput(string? device, AudioSettings settings, IReadOnlyList<PlayerProgram>? programs = null)
    {
        _device = device;
        _settings = settings;
        _programs = programs ?? PlayerProgram.Find();
    }

    public string Name => _program?.Name ?? "player program";

    public TimeSpan Latency => _delay.Held + (_unheard?.Held ?? TimeSpan.Zero);

    // The buffer is divided between the pipe and the program.
    private TimeSpan HalfBuffer => _settings.DeviceBuffer / 2;

    /// <summary>Returns why the output cannot be used on this machine; null if one of the programs is installed.</summary>
    internal static string? FindProblem() =>
        PlayerProgram.Find().Count > 0
            ? null
            : "none of the programs pw-play, paplay and aplay is installed (Debian packages pipewire-bin, pulseaudio-utils, alsa-utils)";

    public void Open(PcmFormat format)
    {
        Drain(CancellationToken.None);
        _format = format;
        _program ??= FindWorking();
        _unheard = new UnheardSound(format, 2 * _settings.DeviceBuffer + _settings.ProgramDeadline);
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        var unheard = Opened();
        WriteHeld(unheard);
        WriteAll(pcm);
        unheard.Add(pcm);
        return pcm.Length;
    }

    public bool Drain(CancellationToken interrupt)
    {
        if (_unheard is not { } unheard)
            return true;
        WriteHeld(unheard);
        if (_process is not { } process)
            return true;
        process.Complete();
        if (!process.WaitForExit(_delay.Held + _settings.ProgramDeadline, interrupt))
            return interrupt.IsCancellationRequested ? false : throw Failed("did not exit in time");
        if (process.Result(_settings.ProgramDeadline) is { Code: not 0 } failure)
            throw Failed($"has failed: {failure.Message}");
        Drop();
        return true;
    }

    public void Drop()
    {
        End();
        _unheard?.Clear();
    }

    // Keeps the sound that the program has not yet played, for the next process.
    public void Pause()
    {
        if (_unheard is not { } unheard || unheard.Held > TimeSpan.Zero)
            return;
        if (_process is not null)
            unheard.Hold(_delay.Held + StartTime);
        End();
    }

    public void Resume()
    {
        if (_unheard is { } unheard)
            WriteHeld(unheard);
    }

    public void Dispose()
    {
        End();
        _unheard = null;
    }

    private PlayerProgram FindWorking()
    {
        var problem = "none is installed";
        foreach (var program in _programs)
        {
            if (Probe(program) is not { } failure)
                return program;
            problem = $"{program.Name}: {failure}";
        }

        throw new AudioOutputException($"No player program could find a sound device ({problem}).");
    }

    // A program finds out whether there is a device only when it has something to play.
    private string? Probe(PlayerProgram program)
    {
        using var process = Start(program);
        var silence = new byte[Math.Max(1, (int)(ProbeTime.TotalSeconds * _format.Rate)) * _format.FrameBytes];
        process.TryWrite(silence, silence.Length, _settings.ProgramDeadline);
        process.Complete();
        if (!process.WaitForExit(_settings.ProgramDeadline, CancellationToken.None))
            return "it did not exit in time";
        var (code, message) = process.Result(_settings.ProgramDeadline);
        return code == 0 ? null : message.Length > 0 ? message : $"exit code {code}";
    }

    private PlayerProcess Start(PlayerProgram program) => PlayerProcess.Start(
        program, program.ArgumentsFor(_format, _device, HalfBuffer), (int)(HalfBuffer.TotalSeconds * _format.Rate) * _format.FrameBytes);

    private void WriteHeld(UnheardSound unheard)
    {
        if (unheard.Held == TimeSpan.Zero)
            return;
        WriteAll(unheard.HeldBytes);
        unheard.Release();
    }

    private void WriteAll(ReadOnlySpan<byte> pcm)
    {
        if (_process is { IsComplete: true } ending)
        {
            // A drain was interrupted.
            ending.WaitForExit(_delay.Held + _settings.ProgramDeadline, CancellationToken.None);
            End();
        }

        _process ??= Start(_program!);
        if (_pcm.Length < pcm.Length)
            _pcm = new byte[pcm.Length];
        pcm.CopyTo(_pcm);
        _delay.BeforeWrite();
        if (!_process.TryWrite(_pcm, pcm.Length, _delay.Held + _settings.ProgramDeadline))
            throw _process.WaitForExit(ProbeTime, CancellationToken.None)
                ? Failed($"has ended: {_process.Result(_settings.ProgramDeadline).Message}")
                : Failed("has stopped accepting audio");
        _delay.AfterWrite(_format.DurationOf(pcm.Length));
    }

    private void End()
    {
        _process?.Dispose();
        _process = null;
        _delay.Clear();
    }

    private UnheardSound Opened() => _unheard ?? throw new InvalidOperationException("The output is not open.");

    private AudioOutputException Failed(string what)
    {
        End();
        return new AudioOutputException($"The program {Name} {what.TrimEnd('.', ':', ' ')}.");
    }
}
