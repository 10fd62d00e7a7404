namespace TspActors.Peer.Tests.Material;

/// <summary>A test that is skipped if a special file or folder of the operating system does not exist.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFileFactAttribute : FactAttribute
{
    public NeedsFileFactAttribute(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            Skip = $"needs {path}";
    }
}
