using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Peer.Tests.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Saving;

/// <summary>Checks that a save continues where an earlier attempt stopped, and discards bytes that cannot be verified.</summary>
public sealed class ResumeSpecs(ITestOutputHelper output) : FetchSpec(output)
{
    private string Path => Folder.In("song.mp3");

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(199_999)]
    [InlineData(200_000)]
    public async Task Only_the_missing_pieces_are_requested(int found)
    {
        await File.WriteAllBytesAsync(Path + ".part", Song.Payload[..found]);
        var host = Good("ann");
        Grant(host);

        await SaveAsync();

        Assert.Equal((ulong)(found / Song.PieceBytes * Song.PieceBytes), Assert.Single(host.Requests).Offset);
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(150_000)]
    [InlineData(999_999)]
    public async Task A_partial_file_of_another_song_is_not_continued(int found)
    {
        await File.WriteAllBytesAsync(Path + ".part", new TestSong(found, seed: 2).Payload);
        var host = Good("ann");
        Grant(host);

        await SaveAsync();

        Assert.Equal(0UL, host.Requests.Last().Offset);
    }

    [Fact]
    public async Task A_partial_file_with_a_wrong_byte_is_continued_from_the_piece_that_contains_it()
    {
        var part = Song.Payload[..180_000];
        part[100_000] ^= 0x40;
        await File.WriteAllBytesAsync(Path + ".part", part);
        var host = Good("ann");
        Grant(host);

        await SaveAsync();

        Assert.Equal((ulong)(100_000 / Song.PieceBytes * Song.PieceBytes), host.Requests.Last().Offset);
    }

    [Fact]
    public async Task A_lost_host_is_replaced_from_the_last_verified_byte()
    {
        await File.WriteAllBytesAsync(Path + ".part", [.. Song.Payload[..50_000], .. new byte[100_000]]);
        var lost = Host("lost", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            remote.Reset();
        });
        Grant(lost, Good("ben"));

        await SaveAsync();
    }

    private async Task SaveAsync()
    {
        await using var sink = FileSink.Create(Path);
        Fetch(sink);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, await File.ReadAllBytesAsync(Path));
        Assert.False(File.Exists(Path + ".part"));
    }
}
