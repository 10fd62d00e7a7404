namespace TspActors.EndToEnd.Tests.Compatibility;

/// <summary>A test with the programs of the last release. It is skipped only in a shallow clone in which they cannot be built.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LastReleaseTheoryAttribute : TheoryAttribute
{
    public LastReleaseTheoryAttribute()
    {
        if (!LastRelease.IsBuilt && File.Exists(Path.Combine(LastRelease.Root, ".git", "shallow")))
            Skip = "this is a shallow clone without the commit of the last release; run git fetch --unshallow";
    }
}
