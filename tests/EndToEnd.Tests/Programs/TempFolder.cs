namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>A folder of its own for one test, removed with everything in it.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tsp-e2e-").FullName;

    public string In(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>A folder in it, made where it is missing.</summary>
    public string Folder(params ReadOnlySpan<string> names) => Directory.CreateDirectory(In(names)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
