using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>
/// A running program: its input, outputs and exit code, and the signals sent to it. Disposing it kills the process.
/// </summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _errorsRead;
    private Task? _outputRead;

    private ProgramProcess(Process process)
    {
        _process = process;
        Output = new Capture(process.StandardOutput.BaseStream);
        Errors = new Capture(process.StandardError.BaseStream);
        _errorsRead = Errors.ReadAsync();
    }

    /// <summary>The usual time limit of a wait, which is longer while the machine is busy. Only a failing test waits this long.</summary>
    public static TimeSpan Deadline => MachineSpeed.Deadline(TimeSpan.FromMinutes(3));

    public Capture Output { get; }

    public Capture Errors { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts the program.</summary>
    /// <param name="start">Program, arguments, environment and working folder.</param>
    /// <param name="holdsOutput">True to leave standard output unread until <see cref="ReadOutput"/>.</param>
    public static ProgramProcess Start(ProcessStartInfo start, bool holdsOutput = false)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var program = new ProgramProcess(Process.Start(start)!);
        if (!holdsOutput)
            program.ReadOutput();
        return program;
    }

    public void ReadOutput() => _outputRead ??= Output.ReadAsync();

    /// <summary>Types a line. In a terminal, \r ends a line.</summary>
    public async Task TypeAsync(string line, string end = "\n")
    {
        await _process.StandardInput.WriteAsync(line + end);
        await _process.StandardInput.FlushAsync();
    }

    public void EndInput() => _process.StandardInput.Close();

    public Task<Match> PrintsAsync(string pattern, int from = 0) => FindAsync(Output, pattern, from);

    public Task<Match> ReportsAsync(string pattern, int from = 0) => FindAsync(Errors, pattern, from);

    /// <summary>Types a console command and waits for its reply.</summary>
    public async Task<Match> AskAsync(string command, string pattern)
    {
        var from = Output.Text.Length;
        await TypeAsync(command);
        return await PrintsAsync(pattern, from);
    }

    /// <summary>Sends a signal: KILL, TERM, INT, STOP or CONT.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
        Assert.True(kill.ExitCode == 0, $"kill -{name} failed; {this}");
    }

    /// <summary>Waits until the program has exited and its outputs have ended.</summary>
    public async Task<int> ExitAsync()
    {
        ReadOutput();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await Task.WhenAll(_outputRead!, _errorsRead).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new XunitException($"The program did not end: {this}");
        }

        return _process.ExitCode;
    }

    public async Task<ProgramProcess> ExitsWithAsync(int code)
    {
        var actual = await ExitAsync();
        Assert.True(actual == code, $"Exit code {actual}, not {code}: {this}");
        return this;
    }

    /// <summary>Waits until the program ends with <paramref name="code"/> and exactly one error line.</summary>
    /// <returns>The error line.</returns>
    public async Task<string> FailsWithAsync(int code)
    {
        await ExitsWithAsync(code);
        var errors = Errors.Lines.Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).ToList();
        Assert.True(errors.Count == 1, $"{errors.Count} error lines: {this}");
        Assert.DoesNotContain("   at ", Errors.Text, StringComparison.Ordinal);
        return errors[0];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await ExitAsync();
        _process.Dispose();
    }

    public override string ToString() =>
        $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}\n--- stdout\n{Shown(Output)}\n--- stderr\n{Shown(Errors)}";

    private static string Shown(Capture capture)
    {
        const int most = 20_000;
        var text = capture.Text;
        return text.Length <= most ? text : "…" + text[^most..];
    }

    private async Task<Match> FindAsync(Capture capture, string pattern, int from)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            return await capture.FindAsync(new Regex(pattern, RegexOptions.Multiline), from, deadline.Token)
                ?? throw new XunitException($"The output ended without a match for /{pattern}/: {this}");
        }
        catch (OperationCanceledException)
        {
            throw new XunitException($"No output matched /{pattern}/ in time: {this}");
        }
    }
}
