using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TspActors.Playback.Tests;

/// <summary>
/// A PulseAudio server for one test, in its own folder, with a null sink as its only device. libpulse in this process connects to it.
/// </summary>
internal sealed partial class PulseServer : IAsyncDisposable
{
    private const string Sink = "tsp";

    // Linux signal numbers.
    private const int SigCont = 18;
    private const int SigStop = 19;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-pulse-");
    private Process? _server;

    public PulseServer()
    {
        // libpulse reads the native environment, which .NET does not update. Programs that this process starts get .NET's copy of it.
        _ = SetVariable("PULSE_SERVER", $"unix:{Socket}", overwrite: 1);
        _ = SetVariable("PULSE_COOKIE", Path.Combine(_folder.FullName, "cookie"), overwrite: 1);
        Environment.SetEnvironmentVariable("PULSE_SERVER", $"unix:{Socket}");
        Environment.SetEnvironmentVariable("PULSE_COOKIE", Path.Combine(_folder.FullName, "cookie"));
    }

    public string Folder => _folder.FullName;

    private string Socket => Path.Combine(_folder.FullName, "native");

    public async Task StartAsync()
    {
        File.Delete(Socket);
        string[] arguments =
        [
            "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--high-priority=no", "--realtime=no",
            // No rewinds: when a sink rewinds and renders sound again, a recorder has already received the first version.
            "-L", $"module-null-sink sink_name={Sink} rate=44100 channels=2 format=s16le norewinds=1",
            "-L", $"module-native-protocol-unix auth-anonymous=1 socket={Socket}",
        ];
        _server = Launch("pulseaudio", arguments);
        _server.BeginErrorReadLine();
        _server.BeginOutputReadLine();
        using var deadline = new CancellationTokenSource(Limits.Test);
        while (!await IsReadyAsync(deadline.Token))
            Assert.False(_server.HasExited, "the sound server did not start");
    }

    /// <summary>Kills the server without a clean shutdown, as a crash would.</summary>
    public async Task KillAsync()
    {
        if (_server is null)
            return;
        _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    /// <summary>Suspends the server, so that it no longer accepts or answers anything.</summary>
    public void Hang() => Assert.Equal(0, SendSignal(_server!.Id, SigStop));

    public void GoOn() => Assert.Equal(0, SendSignal(_server!.Id, SigCont));

    /// <summary>Starts a recording of everything that the sink plays.</summary>
    public async Task<Recording> RecordAsync()
    {
        var recording = new Recording(
            Launch("parec", ["-d", $"{Sink}.monitor", "--raw", "--format=s16le", "--rate=44100", "--channels=2", "--latency-msec=50"]));
        // An idle null sink plays silence, so the first bytes show that the recording is running.
        await recording.HoldsAsync(1);
        return recording;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _ = UnsetVariable("PULSE_SERVER");
        _ = UnsetVariable("PULSE_COOKIE");
        Environment.SetEnvironmentVariable("PULSE_SERVER", null);
        Environment.SetEnvironmentVariable("PULSE_COOKIE", null);
        _folder.Delete(recursive: true);
    }

    private async Task<bool> IsReadyAsync(CancellationToken deadline)
    {
        using var info = Launch("pactl", ["info"]);
        info.BeginErrorReadLine();
        info.BeginOutputReadLine();
        await info.WaitForExitAsync(deadline);
        return info.ExitCode == 0;
    }

    private Process Launch(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in (string[])["HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"])
            start.Environment[variable] = _folder.FullName;
        start.Environment["PULSE_SERVER"] = $"unix:{Socket}";
        start.Environment["PULSE_COOKIE"] = Path.Combine(_folder.FullName, "cookie");
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetVariable(string name);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    /// <summary>A recording by the program parec, with the bytes that have arrived so far.</summary>
    internal sealed class Recording : IAsyncDisposable
    {
        private readonly Process _program;
        private readonly MemoryStream _bytes = new();
        private readonly Task _reading;

        public Recording(Process program)
        {
            _program = program;
            _program.BeginErrorReadLine();
            _reading = ReadAsync();
        }

        public long Length
        {
            get
            {
                lock (_bytes)
                    return _bytes.Length;
            }
        }

        /// <summary>Waits until this many bytes have been recorded.</summary>
        public Task HoldsAsync(long bytes) => Limits.Until(() => Length >= bytes);

        /// <summary>Waits until some sound has been recorded.</summary>
        public Task HoldsSoundAsync() => Limits.Until(() =>
        {
            lock (_bytes)
                return _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length).ContainsAnyExcept((byte)0);
        });

        /// <summary>Waits until the recording ends with this many bytes of silence: then all earlier sound has arrived.</summary>
        public Task EndsSilentAsync(int bytes) => Limits.Until(() =>
        {
            lock (_bytes)
                return _bytes.Length >= bytes && !_bytes.GetBuffer().AsSpan((int)_bytes.Length - bytes, bytes).ContainsAnyExcept((byte)0);
        });

        /// <summary>Ends the recording once this many bytes of silence have followed the sound. Returns the recorded samples.</summary>
        public async Task<short[]> FinishAsync(int bytes)
        {
            await EndsSilentAsync(bytes);
            _program.Kill();
            await _reading.WaitAsync(Limits.Test);
            return MemoryMarshal.Cast<byte, short>(_bytes.ToArray()).ToArray();
        }

        public async ValueTask DisposeAsync()
        {
            if (!_program.HasExited)
                _program.Kill();
            await _program.WaitForExitAsync();
            await _reading.WaitAsync(Limits.Test);
            _program.Dispose();
        }

        private async Task ReadAsync()
        {
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await _program.StandardOutput.BaseStream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                lock (_bytes)
                    _bytes.Write(buffer, 0, read);
            }
        }
    }
}
