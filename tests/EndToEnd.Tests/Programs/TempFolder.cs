namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>A temporary folder for one test, which is deleted with its contents at the end.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tsp-e2e-").FullName;

    public string In(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Returns a subfolder, and creates it if it is missing.</summary>
    public string Folder(params ReadOnlySpan<string> names) => Directory.CreateDirectory(In(names)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
