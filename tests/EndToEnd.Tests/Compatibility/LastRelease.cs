using System.Diagnostics;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Compatibility;

/// <summary>The programs of the last release, which tests/Compatibility/build.sh builds into artifacts/last-release.</summary>
public static class LastRelease
{
    /// <summary>The folder of the repository.</summary>
    public static readonly string Root = FindRoot();

    private static readonly string Folder = Path.Combine(
        Root, "artifacts", "last-release", File.ReadAllText(Path.Combine(Root, "tests", "Compatibility", "last-release")).Split(' ')[0]);

    /// <summary>True if the programs have been built.</summary>
    public static bool IsBuilt => File.Exists(Path.Combine(Folder, "commit"));

    /// <summary>Builds the programs if they are missing or were built from another commit.</summary>
    public static async Task BuildAsync()
    {
        using var build = Process.Start("bash", [Path.Combine(Root, "tests", "Compatibility", "build.sh")]);
        // A build takes a minute, and longer while the machine is busy.
        using var deadline = new CancellationTokenSource(MachineSpeed.Deadline(TimeSpan.FromMinutes(10)));
        try
        {
            await build.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            build.Kill(entireProcessTree: true);
            throw;
        }

        Assert.True(build.ExitCode == 0, "tests/Compatibility/build.sh failed; its output is above");
    }

    /// <summary>Starts a program of the last release.</summary>
    public static ProgramProcess Start(
        Stage stage, string program, IEnumerable<string> arguments, params string[] environment) =>
        stage.StartNative("dotnet", [Path.Combine(Folder, $"TspActors.{program}.dll"), .. arguments], environment);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TspActors.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests do not run in the repository");
        return folder;
    }
}
