namespace TspActors.Configuration.Hocon;

/// <summary>A <c>${target}</c> in the value of <paramref name="Key"/>.</summary>
internal sealed record HoconSubstitutionSite(string Key, string Target, int Line);

/// <summary>
/// Checks that Akka's parser can resolve every substitution: each must name a key or section in the same file whose value contains
/// no substitution. Akka interprets <c>${?X}</c> as the entire document, and a cycle of substitutions crashes the process with a stack
/// overflow.
/// </summary>
internal static class HoconSubstitutions
{
    // The check compares every pair of substitutions, so their number is limited.
    private const int MaxCount = 200;

    /// <summary>Returns the faults in these substitutions.</summary>
    /// <param name="sites">All substitutions in the file.</param>
    /// <param name="keys">Every key and section that the file defines.</param>
    public static IEnumerable<HoconFinding> Check(IReadOnlyList<HoconSubstitutionSite> sites, IReadOnlyCollection<string> keys)
    {
        if (sites.Count > MaxCount)
        {
            yield return new HoconFinding(sites[MaxCount].Line, $"there are more than {MaxCount} substitutions", "write the values out");
            yield break;
        }

        foreach (var site in sites)
        {
            string shown = $"${{{DisplayText.Escape(site.Target)}}}";
            string? wrong =
                site.Target.StartsWith('?') ? $"{shown} is not supported, because the file cannot refer to environment variables"
                : !keys.Any(key => IsWithin(key, site.Target)) ? $"{shown} names nothing that this file defines"
                : sites.Any(other => IsWithin(other.Key, site.Target) || IsWithin(site.Target, other.Key))
                    ? $"{shown} names a value that itself needs a substitution"
                : null;
            if (wrong is not null)
                yield return new HoconFinding(site.Line, wrong, Remedy(site.Key));
        }
    }

    private static string Remedy(string key) =>
        EnvironmentNames.For(key) is { } variable
            ? $"write the value out here, or set the variable {variable}, which overrides the file"
            : "write the value out here";

    private static bool IsWithin(string key, string section) =>
        key.StartsWith(section, StringComparison.Ordinal) && (key.Length == section.Length || key[section.Length] == '.');
}
