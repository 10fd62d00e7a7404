namespace TspActors.Peer.Tests;

/// <summary>A test of what permissions forbid; skipped for the superuser, whom they do not stop.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            Skip = "needs a user whom file permissions stop";
    }
}

/// <summary>A test that needs a special file of the system.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFileFactAttribute : FactAttribute
{
    public NeedsFileFactAttribute(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            Skip = $"needs {path}";
    }
}
