using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Tests;

/// <summary>A song saved to a file is there whole or not at all.</summary>
public sealed class FileSinkSpecs : IDisposable
{
    private static readonly Song Song = new();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task what_is_written_and_completed_is_there_under_its_name_and_nothing_beside_it()
    {
        await using (var sink = FileSink.Create(_folder.In("song.mp3")))
        {
            await sink.WriteAsync("one "u8.ToArray(), default);
            await sink.WriteAsync("two"u8.ToArray(), default);
            Assert.False(File.Exists(_folder.In("song.mp3")));
            await sink.CompleteAsync(Song, default);
        }

        Assert.Equal("one two", await File.ReadAllTextAsync(_folder.In("song.mp3")));
        Assert.Equal(["song.mp3"], Names());
    }

    [Fact]
    public async Task what_is_not_completed_leaves_nothing()
    {
        await using (var sink = FileSink.Create(_folder.In("song.mp3")))
            await sink.WriteAsync("half"u8.ToArray(), default);

        Assert.Empty(Names());
    }

    [Fact]
    public async Task a_file_that_was_there_stays_until_the_new_one_is_complete()
    {
        var path = _folder.In("song.mp3");
        await File.WriteAllTextAsync(path, "old");
        await using (var sink = FileSink.Create(path))
            await sink.WriteAsync("new"u8.ToArray(), default);
        Assert.Equal("old", await File.ReadAllTextAsync(path));

        await using (var sink = FileSink.Create(path))
        {
            await sink.WriteAsync("new"u8.ToArray(), default);
            await sink.CompleteAsync(Song, default);
        }

        Assert.Equal("new", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task what_an_earlier_run_left_half_done_is_written_over()
    {
        await File.WriteAllTextAsync(_folder.In("song.mp3.part"), "the remains of a longer try");

        await using (var sink = FileSink.Create(_folder.In("song.mp3")))
        {
            await sink.WriteAsync("new"u8.ToArray(), default);
            await sink.CompleteAsync(Song, default);
        }

        Assert.Equal("new", await File.ReadAllTextAsync(_folder.In("song.mp3")));
    }

    [Fact]
    public void a_folder_is_no_target()
    {
        var error = Assert.Throws<IOException>(() => FileSink.Create(_folder.Path));

        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_missing_folder_is_named()
    {
        var error = Assert.Throws<IOException>(() => FileSink.Create(_folder.In("none", "song.mp3")));

        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.In("none", "song.mp3"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void an_empty_name_is_no_target()
    {
        var error = Assert.Throws<IOException>(() => FileSink.Create(""));

        Assert.Contains("name", error.Message, StringComparison.Ordinal);
    }

    // A folder in which nobody, the superuser included, may create a file.
    [NeedsFileFact("/sys/kernel")]
    public void a_folder_that_may_not_be_written_is_told_as_such()
    {
        var error = Assert.Throws<IOException>(() => FileSink.Create("/sys/kernel/song.mp3"));

        Assert.Contains("permission", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_target_that_became_a_folder_fails_when_it_is_completed_and_leaves_no_part()
    {
        await using (var sink = FileSink.Create(_folder.In("song.mp3")))
        {
            Directory.CreateDirectory(_folder.In("song.mp3"));
            await Assert.ThrowsAnyAsync<Exception>(() => sink.CompleteAsync(Song, default).AsTask());
        }

        Assert.Equal(["song.mp3"], Names());
    }

    [NeedsFileFact("/dev/full")]
    public async Task a_full_disk_is_an_error_that_names_the_file()
    {
        File.CreateSymbolicLink(_folder.In("song.mp3.part"), "/dev/full");
        await using var sink = FileSink.Create(_folder.In("song.mp3"));

        var error = await Assert.ThrowsAsync<IOException>(() => sink.WriteAsync(new byte[10], default).AsTask());

        Assert.Contains(_folder.In("song.mp3"), error.Message, StringComparison.Ordinal);
    }

    private IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path));
}
