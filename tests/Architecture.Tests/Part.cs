using System.Reflection;

namespace TspActors.Architecture.Tests;

/// <summary>The parts of the solution, each with the parts that it may reference.</summary>
internal static class Part
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["Protocol"] = [],
        ["Mpeg"] = [],
        ["Configuration"] = [],
        ["Transport"] = ["Protocol"],
        ["Media"] = ["Protocol", "Mpeg"],
        ["Playback"] = ["Mpeg"],
        ["Monitoring"] = ["Transport", "Configuration"],
        ["Tracker"] = ["Protocol", "Transport", "Configuration", "Monitoring"],
        ["Gateway"] = ["Protocol", "Mpeg", "Transport", "Media", "Configuration"],
        // The tracker is for the demo command only, which another rule enforces.
        ["Peer"] = ["Protocol", "Mpeg", "Transport", "Media", "Playback", "Configuration", "Gateway", "Monitoring", "Tracker"],
    };

    /// <summary>The names of all parts.</summary>
    public static TheoryData<string> All => [.. Known.Keys];

    /// <summary>Returns the assembly of a part.</summary>
    public static Assembly AssemblyOf(string part) => Assembly.Load($"TspActors.{part}");

    /// <summary>Returns the assemblies of all parts.</summary>
    public static IEnumerable<Assembly> Assemblies => Known.Keys.Select(AssemblyOf);

    /// <summary>Returns the namespaces of the parts that a part must not reference.</summary>
    public static string[] ForbiddenTo(string part) =>
        [.. Known.Keys.Where(other => other != part && !Known[part].Contains(other)).Select(other => $"TspActors.{other}")];
}
