namespace TspActors.Gateway.Tests;

/// <summary>A temporary data folder, which is deleted when it is disposed of.</summary>
public sealed class TempData : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tsp-gateway-").FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
