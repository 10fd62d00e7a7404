using System.Diagnostics;

namespace TspActors.Shared;

/// <summary>A user other than the one that runs the tests.</summary>
public static class AnotherUser
{
    private const string Id = "65534";

    /// <summary>Whether the tests may give files to that user.</summary>
    public static bool CanOwn => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Gives a file or folder to that user.</summary>
    public static void Own(string path) => Run("chown", $"{Id}:{Id}", path);

    /// <summary>Returns true if a file or folder belongs to that user.</summary>
    public static bool Owns(string path) => Run("stat", "-c", "%u", path) == Id;

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
