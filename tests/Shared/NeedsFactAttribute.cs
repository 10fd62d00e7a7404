namespace TspActors.Shared;

/// <summary>A test that runs native programs. If any are missing, it is skipped and the report names the packages to install.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    /// <param name="programs">The names of programs on the PATH. A program's Debian package has the same name, unless both are given as
    ///   "program:package".</param>
    public NeedsFactAttribute(params string[] programs)
    {
        var missing = MissingPackages(programs);
        if (missing.Count > 0)
            Skip = $"install {string.Join(" and ", missing)} to run this test";
    }

    /// <summary>Returns the packages of those programs that are not on the PATH.</summary>
    public static IReadOnlyList<string> MissingPackages(params string[] programs) =>
    [
        .. programs
            .Select(entry => entry.Split(':'))
            .Where(entry => !IsOnPath(entry[0]))
            .Select(entry => entry[^1])
            .Distinct(),
    ];

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}
