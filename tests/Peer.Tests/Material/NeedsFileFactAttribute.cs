namespace TspActors.Peer.Tests.Material;

/// <summary>A test that needs a special file or folder of the operating system.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFileFactAttribute : FactAttribute
{
    public NeedsFileFactAttribute(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            Skip = $"needs {path}";
    }
}
