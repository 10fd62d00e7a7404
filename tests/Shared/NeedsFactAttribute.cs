namespace TspActors.Shared;

/// <summary>A test that runs native programs. If one is missing, the test is skipped and the report names the package to install.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    /// <param name="programs">Names of programs on the PATH. Each is also the name of its Debian package, unless it is written as
    ///   "program:package".</param>
    public NeedsFactAttribute(params string[] programs)
    {
        var missing = programs
            .Select(entry => entry.Split(':'))
            .Where(entry => !IsOnPath(entry[0]))
            .Select(entry => entry[^1])
            .Distinct()
            .ToList();
        if (missing.Count > 0)
            Skip = $"needs the package {string.Join(" and ", missing)}";
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}
