using System.Diagnostics;
using TspActors.Peer.Saving;

namespace TspActors.Peer.Tests.Saving;

public sealed class SpecialFileSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-special-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NeedsFact("mkfifo:coreutils")]
    public async Task Devices_and_pipes_are_not_replaced()
    {
        var (pipe, file, link) = (Path.Combine(_folder, "pipe"), Path.Combine(_folder, "file"), Path.Combine(_folder, "link"));
        using (var mkfifo = Process.Start("mkfifo", [pipe]))
            await mkfifo.WaitForExitAsync();
        File.WriteAllText(file, "");
        File.CreateSymbolicLink(link, pipe);

        Assert.Equal([true, true, true], new[] { pipe, link, "/dev/null" }.Select(SpecialFile.IsAt));
        Assert.Equal([false, false, false], new[] { file, _folder, Path.Combine(_folder, "missing") }.Select(SpecialFile.IsAt));
        Assert.Contains("is a device or a pipe", Assert.Throws<IOException>(() => FileSink.Create(pipe)).Message, StringComparison.Ordinal);
        Assert.Equal(["file", "link", "pipe"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_link_is_kept_and_its_target_is_replaced()
    {
        var (file, link) = (Path.Combine(_folder, "file"), Path.Combine(_folder, "link"));
        File.WriteAllText(file, "before");
        File.CreateSymbolicLink(link, file);
        var sink = FileSink.Create(link);
        await sink.WriteAsync("after"u8.ToArray(), CancellationToken.None);
        await sink.CompleteAsync(new Protocol.Song(), CancellationToken.None);
        await sink.DisposeAsync();
        Assert.Equal("after", File.ReadAllText(file));
        Assert.Equal(file, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName);
    }
}
