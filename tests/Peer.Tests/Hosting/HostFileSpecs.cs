using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>
/// Checks how a host handles files that changed after the scan: it sends no wrong byte, reports a clear error and requests a rescan.
/// </summary>
public sealed class HostFileSpecs(ITestOutputHelper output) : HostSpec(output)
{
    // Streamed so slowly that the file changes long before it has been read to the end.
    private readonly TestSong _song = new(1_000_000, durationMs: 20_000);

    public static TheoryData<string> Changes => new("truncated", "longer", "touched", "rewritten in place");

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_to_the_file_ends_the_stream_with_SONG_CHANGED(string change)
    {
        var (requester, path) = await StreamAsync(_song);
        using var _ = requester;

        Change(path, change);

        var received = new MemoryStream();
        Frame? frame;
        while ((frame = await requester.Receive()) is { Operation: Operation.Data })
        {
            Assert.True(frame.Value.HasBody, "the stream continued to the end");
            received.Write(frame.Value.Body.Span);
        }

        Assert.Equal(ErrorCode.SongChanged, RawTspClient.Parse<Error>(frame!.Value).Code);
        Assert.Equal(_song.Payload[..(int)received.Length], received.ToArray());
        await Library.ExpectMsgAsync<Rescan>();
        await AssertIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_file_is_not_served(string change)
    {
        await StartHostAsync();
        Change(Share(_song).File.Path, change);
        using var requester = await ConnectAsync();

        await requester.Send(Play(1, pieces: true));

        Assert.Equal(ErrorCode.SongChanged, (await requester.ExpectError()).Code);
        await Library.ExpectMsgAsync<Rescan>();
        await AssertIdleAsync();
    }

    [Fact]
    public async Task A_missing_file_is_reported_as_SONG_CHANGED_without_its_path()
    {
        await StartHostAsync();
        File.Delete(Share(_song).File.Path);
        using var requester = await ConnectAsync();

        await requester.Send(Play(1));

        var error = await requester.ExpectError();
        Assert.Equal(ErrorCode.SongChanged, error.Code);
        Assert.DoesNotContain(Folder.Path, error.Message, StringComparison.Ordinal);
        await Library.ExpectMsgAsync<Rescan>();
    }

    [Fact]
    public async Task A_file_deleted_during_a_stream_is_streamed_to_the_end()
    {
        var song = new TestSong(1_000_000, durationMs: 1_000);
        var (requester, path) = await StreamAsync(song);
        using var _ = requester;

        File.Delete(path);

        Assert.Equal(song.Payload, await requester.ReceiveSong());
        await AssertIdleAsync();
    }

    [Fact]
    public async Task A_folder_in_place_of_the_file_is_not_served()
    {
        await StartHostAsync();
        var path = Share(_song).File.Path;
        File.Delete(path);
        Directory.CreateDirectory(path);
        using var requester = await ConnectAsync();

        await requester.Send(Play(1));

        Assert.Equal(ErrorCode.SongChanged, (await requester.ExpectError()).Code);
    }

    private async Task<(RawTspClient Requester, string Path)> StreamAsync(TestSong song)
    {
        await StartHostAsync(Quick with { StartBurst = TimeSpan.FromMilliseconds(100) });
        var path = Share(song).File.Path;
        var requester = await ConnectAsync();
        await requester.Send(Play(1, pace: Pace.Realtime));
        await requester.Expect(Operation.Play);
        return (requester, path);
    }

    private static void Change(string path, string change)
    {
        switch (change)
        {
            case "truncated":
                using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                    file.SetLength(500);
                break;
            case "longer":
                File.AppendAllText(path, "more");
                break;
            case "touched":
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(1));
                break;
            default:
                var bytes = File.ReadAllBytes(path);
                Array.Reverse(bytes);
                File.WriteAllBytes(path, bytes);
                break;
        }
    }
}
