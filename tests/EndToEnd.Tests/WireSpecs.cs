using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks how the ports respond to other programs: to a five-byte request from a shell, and to bytes that are not TSP.</summary>
public sealed class WireSpecs
{
    [NeedsFact("nc:netcat-openbsd", "bash", "lame")]
    public async Task A_five_byte_request_from_a_shell_is_answered_with_the_list_of_songs()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");

        var shell = stage.StartNative("bash", ["-c", $@"printf '\x01\x00\x00\x00\x00' | nc -N 127.0.0.1 {tracker.Port}"]);
        shell.EndInput();
        await shell.ExitsWithAsync(0);

        var decoder = new FrameDecoder();
        decoder.Feed(shell.Output.Bytes);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
        Assert.Equal(Operation.List, frame.Operation);
        Assert.True(Bodies.TryParse<SongPage>(frame, out var page, out _));
        Assert.Equal("a", Assert.Single(page.Songs).Tags.Title);
        Assert.Equal(FrameReadResult.NeedMore, decoder.TryRead(out _));
    }

    [NeedsFact("lame")]
    public async Task Garbage_harms_neither_the_tracker_nor_a_peer()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        var peer = await stage.StartPeerAsync(tracker, "alice");
        var noise = new byte[100_000];

        foreach (var port in new[] { tracker.Port, peer.Port })
        {
            for (var seed = 0; seed < 20; seed++)
            {
                new Random(seed).NextBytes(noise);
                using var stranger = await RawTspClient.Connect(port);
                // The program may close the connection before all the noise is sent.
                _ = await Record.ExceptionAsync(() => stranger.Send(noise));
            }

            Assert.Equal(ErrorCode.BadFrame, await AnswerAsync(port, [0x01, 0xFF, 0xFF, 0xFF, 0xFF]));
            Assert.Equal(ErrorCode.TooLarge, await AnswerAsync(port, [0x81, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]));
            Assert.Equal(ErrorCode.BadFrame, await AnswerAsync(port, [0x80, 0, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF]));
            Assert.Equal(ErrorCode.Unsupported, await AnswerAsync(port, [.. "GET / HTTP/1.1\r\n\r\n"u8], closes: false));
        }

        Assert.Single(await Catalog.ListAsync(tracker));
        using var requester = await RawTspClient.Connect(peer.Port);
        await requester.Send(Operation.Info, 1);
        Assert.Single((await requester.SkipTo<SongInfoPage>(Operation.Info)).Songs);
        Assert.False(tracker.Process.HasExited || peer.Process.HasExited);
        Assert.DoesNotContain("Exception", tracker.Process.Errors.Text + peer.Process.Errors.Text, StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task A_host_reports_a_song_that_it_does_not_have_as_unknown()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        var peer = await stage.StartPeerAsync(tracker, "alice");
        using var requester = await RawTspClient.Connect(peer.Port);

        await requester.Send(Operation.Play, 99);
        Assert.Equal(ErrorCode.UnknownSong, (await requester.SkipTo<Error>(Operation.Error)).Code);

        // The connection is still usable.
        await requester.Send(Operation.Play, 1, new PlayRequest { Offset = 1_000_000_000 });
        Assert.Equal(ErrorCode.BadRequest, (await requester.SkipTo<Error>(Operation.Error)).Code);
        await requester.Send(Operation.Play, 1, new PlayRequest { Pace = Pace.Full });
        Assert.Equal(1, (await requester.SkipTo<StreamStart>(Operation.Play)).Song.Id);
    }

    private static async Task<ErrorCode> AnswerAsync(int port, byte[] bytes, bool closes = true)
    {
        using var stranger = await RawTspClient.Connect(port);
        await stranger.Send(bytes);
        var error = await stranger.SkipTo<Error>(Operation.Error);
        if (closes)
            Assert.Empty(await stranger.ReceiveToEnd());
        return error.Code;
    }
}
