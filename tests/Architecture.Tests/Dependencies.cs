using System.Reflection;
using System.Text.RegularExpressions;
using NetArchTest.Rules;

namespace TspActors.Architecture.Tests;

/// <summary>Finds the types of an assembly that depend on forbidden namespaces.</summary>
internal static class Dependencies
{
    /// <summary>Returns the types in a namespace that depend on a type in one of the given namespaces.</summary>
    /// <param name="assembly">The assembly to search.</param>
    /// <param name="inNamespace">The namespace of the types to check, with its child namespaces.</param>
    /// <param name="forbidden">The forbidden namespaces, such as "Akka.IO".</param>
    public static IReadOnlyList<string> Offenders(Assembly assembly, string inNamespace, params string[] forbidden)
    {
        if (forbidden.Length == 0)
            return [];
        var result = Types.InAssembly(assembly).That().ResideInNamespaceMatching($"^{Regex.Escape(inNamespace)}(\\.|$)").ShouldNot()
            .HaveDependencyOnAny(forbidden).GetResult();
        return [.. (result.FailingTypeNames ?? []).Order(StringComparer.Ordinal)];
    }
}
