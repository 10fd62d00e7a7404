using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks streams that end early, and streams whose file is deleted or changed.</summary>
public sealed class StreamingSpecs
{
    [NeedsFact("lame")]
    public async Task A_stop_in_the_middle_of_a_song_ends_the_stream_on_the_host()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440, 60));
        var tracker = await stage.StartTrackerAsync();
        var host = await stage.StartConsoleAsync(tracker, "alice");
        using var requester = await RawTspClient.Connect(host.Port);

        await requester.Send(Operation.Play, 1);
        var start = await requester.SkipTo<StreamStart>(Operation.Play);
        await requester.SkipTo(Operation.Data);
        await host.Process.AskAsync("status", "^streams   1 ");
        await Catalog.StreamsAsync(tracker, "alice", 1);
        await requester.Send(Operation.Stop);
        var rest = await requester.ReceiveToEnd();

        Assert.Equal(Operation.Stop, rest[^1].Operation);
        Assert.All(rest.SkipLast(1), frame => Assert.True(frame is { Operation: Operation.Data, HasBody: true }));
        Assert.True(rest.Sum(frame => frame.Body.Length) < (long)start.Song.Format.PayloadBytes);
        await Catalog.StreamsAsync(tracker, "alice", 0);
        await host.Process.AskAsync("status", "^streams   0 ");
        await host.Process.TypeAsync("quit");
        await host.Process.ExitsWithAsync(0);
    }

    [NeedsFact("lame")]
    public async Task A_requester_that_disappears_ends_the_stream_on_the_host()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.BulkyAsync());
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var play = stage.StartStuckPlay(tracker, 1);

        await Catalog.StreamsAsync(tracker, "alice", 1);
        play.Signal("KILL");

        await Catalog.StreamsAsync(tracker, "alice", 0);
    }

    [NeedsFact("lame")]
    public async Task Playing_into_a_sound_file_is_not_limited_to_real_time()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440, 60));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var heard = stage.Folder.In("heard.wav");

        var play = await stage.StartGuest(tracker, "play", "1", "--audio", $"wav:{heard}").ExitsWithAsync(0);

        // In real time, the buffer would run dry, because a file accepts everything at once.
        Assert.Contains("every byte matches", play.Errors.Text, StringComparison.Ordinal);
        // On a busy machine, the buffer may run dry once.
        Assert.DoesNotMatch("dry ([0-9]+ times|twice)", play.Errors.Text);
        Assert.DoesNotContain("it sent no data", play.Errors.Text, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(heard).Length, 59 * 44_100 * 2, 61 * 44_100 * 4);
    }

    [NeedsFact("lame", "bash")]
    public async Task Playing_into_a_pipe_fails_when_its_reader_goes_away()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.BulkyAsync());
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");

        var pipe = stage.StartNative("bash", [
            "-c", "\"$@\" play 1 --output - --full-speed | head -c 1 > /dev/null; exit ${PIPESTATUS[0]}", "bash", .. Stage.Command("Peer")],
            [$"TSP__PEER__TRACKERS__0={tracker.Address}"]);

        await pipe.ExitsWithAsync(1);
    }

    [NeedsFact("python3", "lame")]
    public async Task A_file_that_is_deleted_during_its_stream_is_streamed_to_its_end()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "a.mp3", await Songs.BulkyAsync());
        var payload = await Oracle.CutAsync(path);
        var tracker = await stage.StartTrackerAsync();
        var host = await stage.StartPeerAsync(tracker, "alice");
        using var requester = await RawTspClient.Connect(host.Port);

        await requester.Send(Operation.Play, 1, new PlayRequest { Pace = Pace.Full });
        await requester.SkipTo(Operation.Play);
        var received = new MemoryStream();
        received.Write((await requester.SkipTo(Operation.Data)).Body.Span);
        File.Delete(path);
        while (await requester.SkipTo(Operation.Data) is { IsEndOfSong: false } data)
            received.Write(data.Body.Span);

        Assert.True(received.ToArray().AsSpan().SequenceEqual(payload));
    }

    [NeedsFact("python3", "lame")]
    public async Task A_file_that_changes_during_its_stream_is_no_longer_served_and_its_new_content_is_shared()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "a.mp3", await Songs.BulkyAsync());
        var tracker = await stage.StartTrackerAsync();
        var host = await stage.StartPeerAsync(tracker, "alice");
        using var requester = await RawTspClient.Connect(host.Port);

        await requester.Send(Operation.Play, 1, new PlayRequest { Pace = Pace.Full });
        await requester.SkipTo(Operation.Data);
        await File.WriteAllBytesAsync(path, await Songs.ToneAsync(880));
        var error = await requester.SkipTo<Error>(Operation.Error);

        Assert.Equal(ErrorCode.SongChanged, error.Code);
        var content = (await Oracle.DescribeAsync(path))[0].Hash;
        await Catalog.BecomesAsync(
            tracker,
            songs => songs.Count == 1 && Convert.ToHexStringLower(songs[0].ContentHash.Span) == content && songs[0].Id == 2,
            "the new content, and nothing else, is shared as song 2");
    }

    [NeedsFact("python3", "lame")]
    public async Task A_requester_receives_the_rest_from_another_host_if_the_first_hosts_file_changes()
    {
        await using var stage = new Stage();
        var song = await Songs.BulkyAsync();
        var paths = new Dictionary<string,
        string>
        { ["alice"] = stage.Share("alice", "a.mp3", song), ["bob"] = stage.Share("bob", "b.mp3", song) };
        var payload = await Oracle.CutAsync(paths["alice"]);
        var tracker = await stage.StartTrackerAsync();
        await Task.WhenAll(stage.StartPeerAsync(tracker, "alice"), stage.StartPeerAsync(tracker, "bob"));
        var play = stage.StartStuckPlay(tracker, 1);

        var streaming = await Catalog.StreamingHostAsync(tracker);
        await File.WriteAllBytesAsync(paths[streaming], await Songs.ToneAsync(880));
        await play.ExitsWithAsync(0);

        Assert.True(play.Output.Bytes.AsSpan().SequenceEqual(payload), $"{play.Output.Bytes.Length} bytes arrived, not {payload.Length}");
        await Catalog.BecomesAsync(
            tracker, songs => songs.Count == 2 && songs.All(each => each.Hosts.Count == 1), "each host shares a different song");
    }
}
