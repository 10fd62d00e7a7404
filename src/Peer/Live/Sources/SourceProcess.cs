using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using TspActors.Peer.Terminal;

namespace TspActors.Peer.Live.Sources;

/// <summary>A running command: MP3 comes from its standard output, and the last line of its standard error says why it ended.</summary>
internal sealed class SourceProcess : IDisposable
{
    private const int MaxLine = 300;
    private static readonly TimeSpan ExitDeadline = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Task _errors;
    private string _lastLine = "";

    private SourceProcess(Process process)
    {
        _process = process;
        // The command must not read the peer's own input: a program like ffmpeg would interpret it as key presses.
        process.StandardInput.Close();
        _errors = ReadErrorsAsync(process.StandardError);
    }

    /// <summary>Starts a command line in the system's shell.</summary>
    /// <exception cref="Win32Exception">There is no shell, or no process can be created.</exception>
    public static SourceProcess Start(string commandLine)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (OperatingSystem.IsWindows())
        {
            start.FileName = "cmd.exe";
            start.Arguments = $"/d /s /c \"{commandLine}\"";
        }
        else
        {
            start.FileName = "/bin/sh";
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(commandLine);
        }

        // The peer's settings in its environment may contain secrets, which the command must not see.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("TSP__", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        return new SourceProcess(Process.Start(start)!);
    }

    /// <summary>Reads the command's output; 0 bytes mean that the output has ended.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer) => _process.StandardOutput.BaseStream.ReadAsync(buffer);

    /// <summary>Kills the command if it is still running after its output has ended, and describes how the command ended.</summary>
    public async Task<string> EndAsync()
    {
        var exited = await CompletesAsync(_process.WaitForExitAsync()).ConfigureAwait(false);
        if (!exited)
            Kill();
        await CompletesAsync(_errors).ConfigureAwait(false);
        var line = Volatile.Read(ref _lastLine);
        var how = exited ? $"exit code {_process.ExitCode}" : "it closed its output and was stopped";
        return line.Length == 0 ? how : $"{how}: {line}";
    }

    /// <summary>Kills the command and all processes that it has started.</summary>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // The command has already ended.
        }
    }

    private static async Task<bool> CompletesAsync(Task task)
    {
        try
        {
            await task.WaitAsync(ExitDeadline).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // A program may print its progress for days, so only the beginning of the last line is kept.
    private async Task ReadErrorsAsync(StreamReader reader)
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        try
        {
            while (await reader.ReadAsync(buffer.AsMemory()).ConfigureAwait(false) is > 0 and var count)
            {
                foreach (var letter in buffer.AsSpan(0, count))
                {
                    if (letter is '\n' or '\r')
                        Keep(line);
                    else if (line.Length < MaxLine)
                        line.Append(letter);
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The command was stopped.
        }

        Keep(line);
    }

    private void Keep(StringBuilder line)
    {
        var text = SafeText.Clean(line.ToString()).Trim();
        line.Clear();
        if (text.Length > 0)
            Volatile.Write(ref _lastLine, text);
    }
}
