namespace TspActors.Shared;

/// <summary>A test that runs native programs; it is reported as skipped, with the package's name, where one of them is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    /// <param name="programs">Names of programs on the PATH; each is also the name of the Debian package that brings it, or
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
