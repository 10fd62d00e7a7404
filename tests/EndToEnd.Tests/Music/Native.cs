using System.Diagnostics;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Music;

/// <summary>Runs the native programs that make and check songs.</summary>
public static class Native
{
    /// <summary>Runs a program until it exits, and returns its output.</summary>
    public static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        await using var process = ProgramProcess.Start(new ProcessStartInfo(program, arguments));
        process.EndInput();
        await process.ExitsWithAsync(0);
        return process.Output.Text;
    }
}
