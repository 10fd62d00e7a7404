using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;

namespace TspActors.Playback.Programs;

/// <summary>A running player program with a pipe to its standard input. Every wait has a deadline.</summary>
internal sealed partial class PlayerProcess : IDisposable
{
    private const int MaxMessageBytes = 300;
    private const int SetPipeSize = 1031; // F_SETPIPE_SZ
    private const int SmallestPipe = 4096;

    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly Stream _errors;
    private readonly Task<string> _message;

    private PlayerProcess(Process process)
    {
        _process = process;
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
        _errors = process.StandardError.BaseStream;
        // The program would block if nothing read its messages.
        _message = ReadMessageAsync(_errors);
        _ = ReadMessageAsync(_output);
    }

    /// <summary>Whether nothing more can be written.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>Starts the program with a small pipe, so that little sound is buffered there before it becomes audible.</summary>
    /// <exception cref="AudioOutputException">The program cannot be started.</exception>
    internal static PlayerProcess Start(PlayerProgram program, IReadOnlyList<string> arguments, int pipeBytes)
    {
        var start = new ProcessStartInfo(program.Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            var process = Process.Start(start) ?? throw new AudioOutputException($"The program {program.Name} cannot be started.");
            if (OperatingSystem.IsLinux() && process.StandardInput.BaseStream is PipeStream pipe)
                _ = SetFlag((int)pipe.SafePipeHandle.DangerousGetHandle(), SetPipeSize, Math.Max(SmallestPipe, pipeBytes));
            return new PlayerProcess(process);
        }
        catch (Win32Exception e)
        {
            throw new AudioOutputException($"The program {program.Name} cannot be started: {e.Message}.");
        }
    }

    /// <summary>Writes samples.</summary>
    /// <returns>False if the program has exited, or did not accept the samples in time.</returns>
    internal bool TryWrite(byte[] pcm, int count, TimeSpan deadline)
    {
        try
        {
            return _input.WriteAsync(pcm.AsMemory(0, count)).AsTask().Wait(deadline);
        }
        catch (AggregateException e) when (e.InnerException is IOException)
        {
            return false;
        }
    }

    /// <summary>Tells the program that no more samples will follow. The program then plays the rest and exits.</summary>
    internal void Complete()
    {
        IsComplete = true;
        try
        {
            _input.Close();
        }
        catch (IOException)
        {
            // The program has already exited.
        }
    }

    /// <summary>Waits until the program has exited.</summary>
    /// <returns>False if the program is still running at the deadline, or if the wait was interrupted.</returns>
    internal bool WaitForExit(TimeSpan deadline, CancellationToken interrupt)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        either.CancelAfter(deadline);
        try
        {
            _process.WaitForExitAsync(either.Token).Wait(CancellationToken.None);
            return true;
        }
        catch (AggregateException e) when (e.InnerException is OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Returns how the program ended: its exit code and the beginning of its messages.</summary>
    internal (int Code, string Message) Result(TimeSpan deadline) =>
        (_process.ExitCode, _message.Wait(deadline) ? _message.Result : "");

    public void Dispose()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // The process has already exited.
        }

        // A process started by the program could otherwise keep writing forever.
        _output.Dispose();
        _errors.Dispose();
        _process.Dispose();
    }

    // Reads to the end, but keeps only the beginning.
    private static async Task<string> ReadMessageAsync(Stream output)
    {
        var (kept, buffer) = (new MemoryStream(), new byte[MaxMessageBytes]);
        try
        {
            int read;
            while ((read = await output.ReadAsync(buffer).ConfigureAwait(false)) > 0)
                kept.Write(buffer, 0, Math.Min(read, MaxMessageBytes - (int)kept.Length));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process has been disposed of.
        }

        var text = Encoding.UTF8.GetString(kept.ToArray()).Trim();
        return string.Concat(text.ReplaceLineEndings(" ").Where(letter => !char.IsControl(letter)));
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int SetFlag(int file, int command, int value);
}
