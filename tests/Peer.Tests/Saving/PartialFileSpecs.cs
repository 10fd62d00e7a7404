using System.Diagnostics;
using TspActors.Peer.Saving;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Saving;

/// <summary>Checks that a user who can predict the name of a partial file cannot make a save write to another file.</summary>
public sealed class PartialFileSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Mine => _folder.In("mine.txt");

    [Fact]
    public async Task A_link_in_place_of_the_partial_file_is_not_followed()
    {
        await File.WriteAllTextAsync(Mine, "precious");
        File.CreateSymbolicLink(_folder.In("song.mp3.part"), Mine);

        var error = Assert.Throws<ForeignPartialFileException>(() => FileSink.Create(_folder.In("song.mp3")));

        Assert.Contains("song.mp3.part was not left by an earlier save", error.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Mine));
    }

    [Fact]
    public void A_dangling_link_creates_no_file()
    {
        File.CreateSymbolicLink(_folder.In("song.mp3.part"), Mine);

        Assert.Throws<ForeignPartialFileException>(() => FileSink.Create(_folder.In("song.mp3")));

        Assert.False(File.Exists(Mine));
    }

    [NeedsFact("ln:coreutils", "mkfifo:coreutils")]
    public async Task A_hard_link_and_a_pipe_are_refused_as_partial_files()
    {
        await File.WriteAllTextAsync(Mine, "precious");
        await RunAsync("ln", Mine, _folder.In("song.mp3.part"));
        await RunAsync("mkfifo", _folder.In("pipe.mp3.part"));

        Assert.Throws<ForeignPartialFileException>(() => FileSink.Create(_folder.In("song.mp3")));
        Assert.Throws<ForeignPartialFileException>(() => FileSink.Create(_folder.In("pipe.mp3")));

        Assert.Equal("precious", await File.ReadAllTextAsync(Mine));
    }

    [Fact]
    public async Task A_generated_name_avoids_a_foreign_partial_file()
    {
        await File.WriteAllTextAsync(Mine, "precious");
        File.CreateSymbolicLink(_folder.In("The Tests - Paper Lanterns.mp3.part"), Mine);

        await using var sink = FileSink.CreateTagged(_folder.Path, new TestSong(1_000).ToSong(1));

        Assert.Equal(_folder.In("The Tests - Paper Lanterns (2).mp3"), sink.Path);
        Assert.Equal("precious", await File.ReadAllTextAsync(Mine));
    }

    [Fact]
    public async Task A_link_put_in_place_of_the_partial_file_during_the_save_does_not_become_the_song()
    {
        await File.WriteAllTextAsync(Mine, "precious");
        await using var sink = FileSink.Create(_folder.In("song.mp3"));
        await sink.WriteAsync("music"u8.ToArray(), default);
        File.Delete(_folder.In("song.mp3.part"));
        File.CreateSymbolicLink(_folder.In("song.mp3.part"), Mine);

        await Assert.ThrowsAsync<ForeignPartialFileException>(() => sink.CompleteAsync(new Song(), default).AsTask());

        Assert.False(Path.Exists(_folder.In("song.mp3")));
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
    }
}
