using System.ComponentModel;
using System.Diagnostics;
using TspActors.Playback.Decoders;

namespace TspActors.Playback.Mpg123;

/// <summary>
/// A decoder of last resort that runs the mpg123 program, which reads the MP3 bytes from a pipe and plays them itself. The player receives
/// silence of the same length, for an output that only keeps time. As a result, the program receives the bytes in real time, and the
/// position stays correct.
/// </summary>
internal sealed class Mpg123Program : IMp3Decoder
{
    private readonly IMp3Decoder _clock = new SilentDecoder();
    private readonly string _program;
    private readonly AudioSettings _settings;
    private readonly Action<string> _notify;
    private Process? _process;
    private Pipe _pipe;

    internal Mpg123Program(string program, AudioSettings settings, Action<string> notify)
    {
        _program = program;
        _settings = settings;
        _notify = notify;
    }

    // Complete() changes Open to Complete. Feed, BeginNext and Reset change it back. GivenUp is final: playback continues silently.
    private enum Pipe
    {
        Open,
        Complete,
        GivenUp,
    }

    public PcmFormat Format => _clock.Format;

    /// <summary>Returns the path of the mpg123 program; null if it is not on the PATH.</summary>
    internal static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "mpg123.exe" : "mpg123"))
        .FirstOrDefault(File.Exists);

    /// <summary>
    /// Returns whether the program can open a sound device. To find out, this method has the program play a moment of silence, which fails
    /// without a device.
    /// </summary>
    internal static bool FindsDevice(string program, AudioSettings settings)
    {
        var notices = 0;
        using var probe = new Mpg123Program(program, settings, _ => notices++);
        // MPEG 1 Layer III, 128 kbit/s, 44.1 kHz: a header followed by zeros is a valid frame of silence.
        var frame = new byte[417];
        (frame[0], frame[1], frame[2]) = (0xff, 0xfb, 0x90);
        for (var i = 0; i < 4; i++)
            probe.Feed(frame);
        probe.Complete();
        return notices == 0 && probe._process is { } process && process.WaitForExit(settings.ProgramDeadline) && process.ExitCode == 0;
    }

    public void Feed(ReadOnlySpan<byte> mp3)
    {
        _clock.Feed(mp3);
        if (_pipe == Pipe.GivenUp || mp3.IsEmpty)
            return;
        FollowCompleted();
        try
        {
            _process ??= Launch();
            // The wait has a deadline, because a hung program must not block the player.
            if (!_process.StandardInput.BaseStream.WriteAsync(mp3.ToArray()).AsTask().Wait(_settings.ProgramDeadline))
                GiveUp("has stopped accepting audio");
        }
        catch (Exception e) when (e is Win32Exception or IOException or AggregateException { InnerException: IOException })
        {
            GiveUp("has failed: " + (e.InnerException ?? e).Message);
        }
    }

    public DecodeStep Read(Span<byte> pcm, out int written) => _clock.Read(pcm, out written);

    public void Complete()
    {
        if (_pipe == Pipe.GivenUp)
            return;
        _pipe = Pipe.Complete;
        try
        {
            _process?.StandardInput.Close();
        }
        catch (IOException e)
        {
            GiveUp("has failed: " + e.Message);
        }
    }

    // The program can read several songs from one pipe, although it then does not trim delay and padding.
    public void BeginNext()
    {
        _clock.BeginNext();
        FollowCompleted();
    }

    public void Reset()
    {
        _clock.Reset();
        EndProcess();
        Reopen();
    }

    public void Dispose()
    {
        LetFinish();
        EndProcess();
    }

    // Called when more bytes may follow. After a completed song, the program's pipe is already closed, so a new process plays those bytes.
    private void FollowCompleted()
    {
        if (_pipe != Pipe.Complete)
            return;
        LetFinish();
        EndProcess();
        Reopen();
    }

    private void Reopen()
    {
        if (_pipe == Pipe.Complete)
            _pipe = Pipe.Open;
    }

    // The program lags slightly behind the clock, so it needs some extra time to finish the song.
    private void LetFinish()
    {
        if (_pipe == Pipe.Complete)
            _process?.WaitForExit(_settings.ProgramDeadline);
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo(_program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] device = _settings.Device is { } name ? ["-a", name] : [];
        foreach (var argument in (string[])["-q", "-o", string.Join(',', _settings.Drivers), .. device, "-"])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new IOException($"{_program} cannot be started.");
        // The program's messages are not used, but the program would block if nothing read them.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void GiveUp(string why)
    {
        _pipe = Pipe.GivenUp;
        EndProcess();
        _notify($"The mpg123 program {why}. The song continues silently.");
    }

    private void EndProcess()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        _process = null;
    }
}
