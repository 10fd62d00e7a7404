using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Streams;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Hosting.Streams;

/// <summary>Checks that a file is closed when its last user is done with it, and not earlier.</summary>
public sealed class FileUseSpecs : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FileUse _use = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_without_readers_is_closed_when_its_owner_ends()
    {
        var reader = Open();
        _use.Begin();
        Assert.True(_use.Opened(reader));

        _use.Close();

        await AssertClosed(reader);
    }

    [Fact]
    public async Task A_file_still_being_read_when_its_owner_ends_is_closed_by_the_reader()
    {
        var reader = Open();
        _use.Begin();
        _use.Opened(reader);
        _use.Begin();

        _use.Close();
        Assert.NotNull(await reader.ReadAloneAsync(0, 10));
        _use.End();

        await AssertClosed(reader);
    }

    [Fact]
    public async Task A_file_opened_after_its_owner_ended_is_closed_immediately()
    {
        var reader = Open();
        _use.Begin();
        _use.Close();

        Assert.False(_use.Opened(reader));

        await AssertClosed(reader);
    }

    [Fact]
    public async Task A_file_stays_open_after_a_read_while_its_owner_is_running()
    {
        var reader = Open();
        _use.Begin();
        _use.Opened(reader);
        _use.Begin();
        _use.End();

        Assert.NotNull(await reader.ReadAloneAsync(0, 10));
        _use.Close();
    }

    private static async Task AssertClosed(OpenSong reader) =>
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reader.ReadAloneAsync(0, 10));

    private OpenSong Open()
    {
        new OpenSongs(new ChunkCache(0)).Open(new TestSong(1000).WriteTo(_folder.In("song.mp3"), 1), out var song);
        return song!;
    }
}
