using System.Diagnostics;
using System.Text;

namespace TspActors.Peer.Tests.Live.Sources;

/// <summary>A real program that a test starts. When the test ends, the program and all of its child processes are killed.</summary>
internal sealed class ClientProgram : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ClientProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The program's output so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a program.</summary>
    /// <param name="folder">The program's home folder.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">The program's arguments.</param>
    public static ClientProgram Start(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var variable in (string[])["HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"])
            start.Environment[variable] = folder;
        start.Environment["PULSE_SERVER"] = $"unix:{Path.Combine(folder, "native")}";
        start.Environment["PULSE_COOKIE"] = Path.Combine(folder, "cookie");
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ClientProgram(process);
    }

    /// <summary>Waits until the program has ended, and returns its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Deadline);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit(Deadline);
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.Append(line.Data).Append('\n');
    }
}
