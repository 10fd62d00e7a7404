using System.Text.RegularExpressions;
using TspActors.EndToEnd.Tests.Music;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>A console in a pseudo terminal of 40 rows. Tests that use it need "script:bsdutils".</summary>
public static class PseudoTerminal
{
    /// <summary>Starts a console. The script command runs it in the terminal and passes on its exit code.</summary>
    public static ProgramProcess Start(Stage stage, TrackerProgram tracker, int columns, params string[] environment)
    {
        var arguments = string.Join(' ', stage.PeerArguments(tracker, "carol"));
        return stage.StartNative(
            "script",
            ["-qec", $"stty cols {columns} rows 40; tty; exec {Stage.ShellCommand("Peer")} {arguments} --audio null", "/dev/null"],
            environment);
    }

    /// <summary>Types a command and waits for its reply.</summary>
    public static async Task<Match> EnterAsync(ProgramProcess terminal, string command, string pattern)
    {
        var from = terminal.Output.Text.Length;
        await terminal.TypeAsync(command, "\r");
        return await terminal.PrintsAsync(pattern, from);
    }

    /// <summary>Changes the width of a terminal that has shown its prompt. The system then sends SIGWINCH to the console.</summary>
    public static async Task ResizeAsync(ProgramProcess terminal, int columns)
    {
        // The tty command has printed the path.
        var path = (await terminal.PrintsAsync(@"^/dev/\S+")).Value;
        await Native.RunAsync("stty", "-F", path, "cols", $"{columns}");
    }

    /// <summary>Returns the output from a position on, line by line, as it is displayed: escape sequences occupy no columns.</summary>
    public static IReadOnlyList<string> Lines(ProgramProcess terminal, int from = 0) =>
        Regex.Replace(terminal.Output.Text[from..], @"\e(\[[0-9;?]*[A-Za-z]|[=>])", "").Split(['\n', '\r']);
}
