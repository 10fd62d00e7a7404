using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Playback;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks the playback commands (play, queue, pause, seek, volume and stop) by what the device plays.</summary>
public sealed class PlaybackSpecs : FetchSpec
{
    private readonly Speaker _speaker = new();
    private readonly IActorRef _playback;

    public PlaybackSpecs(ITestOutputHelper output)
        : base(output)
    {
        _playback = Sys.ActorOf(PlaybackActor.Props(Calm with { MaxQueue = 3 }, Listener, null, Link, NewSpeakers));
        Sys.EventStream.Subscribe(TestActor, typeof(SongOver));
    }

    [Fact]
    public async Task A_song_is_played_to_the_end()
    {
        Grant(Good("ann"));

        Assert.Equal("ann", Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1))).Host.Name);

        var over = await ExpectMsgAsync<SongOver>();
        Assert.Equal((null, true), (over.Failure, over.Idle));
        Assert.Equal(Song.Payload, _speaker.Heard);
        Assert.Null((await StatusAsync()).Song);
    }

    [Fact]
    public async Task A_song_that_cannot_be_fetched_is_refused_with_the_reason()
    {
        Assert.Equal("there is no song 5", Assert.IsType<PlaybackRefused>(await AskAsync(new PlayNow(5))).Reason);
        Assert.Equal("there is no song 5", (await ExpectMsgAsync<SongOver>()).Failure);
    }

    [Fact]
    public async Task A_lost_device_ends_the_song_with_a_reason()
    {
        Grant(Good("ann"));
        _speaker.Fails = true;

        await AskAsync(new PlayNow(1));

        Assert.Contains("unplugged", (await ExpectMsgAsync<SongOver>()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_songs_in_the_queue_are_played_one_after_another()
    {
        Grant(Good("ann"));
        var other = new TestSong(50_000, seed: 2);
        var ben = Keep(ScriptedHost.Good("ben", other));
        Answers[2] = () => new PlayGrant { Song = other.ToSong(2, ben.Host) };

        Assert.IsType<PlaybackDone>(
            await AskAsync(new Enqueue([new QueuedSong(1, "one"), new QueuedSong(9, "none"), new QueuedSong(2, "two")])));

        // A song that cannot be fetched is reported when it is requested, perhaps while another song is still playing.
        (int?, string?, bool)[] first = [await OverAsync(), await OverAsync()];
        Assert.Equal([(null, "there is no song 9", false), (1, null, false)], first.Order());
        Assert.Equal((2, null, true), await OverAsync());
        Assert.Equal([.. Song.Payload, .. other.Payload], _speaker.Heard);
    }

    [Fact]
    public async Task The_queue_is_bounded_and_shown_in_the_status()
    {
        await PlayForeverAsync();

        Assert.IsType<PlaybackDone>(await AskAsync(new Enqueue([new QueuedSong(2, "b"), new QueuedSong(3, "c"), new QueuedSong(4, "d")])));
        Assert.Contains(
            "at most 3", Assert.IsType<PlaybackRefused>(await AskAsync(new Enqueue([new QueuedSong(5, "e")]))).Reason,
            StringComparison.Ordinal);

        Assert.Equal([2, 3, 4], (await StatusAsync()).Queue.Select(song => song.Id));
    }

    [Fact]
    public async Task Each_change_is_published_once_and_questions_change_nothing()
    {
        await PlayForeverAsync();
        var changes = CreateTestProbe();
        Sys.EventStream.Subscribe(changes, typeof(PlaybackChanged));

        await AskAsync(new SetPaused(true));
        await AskAsync(new SetPaused(true));
        await StatusAsync();
        await AskAsync(new SetVolume(40));
        await AskAsync(new Enqueue([new QueuedSong(2, "b")]));

        Assert.True((await changes.ExpectMsgAsync<PlaybackChanged>()).Status.Paused);
        Assert.Equal(40, (await changes.ExpectMsgAsync<PlaybackChanged>()).Status.Volume);
        var queued = await changes.ExpectMsgAsync<PlaybackChanged>();
        Assert.Equal((1, 2, true), (queued.Status.Current?.Id, Assert.Single(queued.Status.Queue).Id, queued.Status.HasNext));
        Assert.False(queued.HasJumped);
    }

    [Fact]
    public async Task Next_plays_the_next_queued_song_and_is_refused_if_the_queue_is_empty()
    {
        var host = await PlayForeverAsync();
        Assert.Equal("the queue is empty", Assert.IsType<PlaybackRefused>(await AskAsync(NextSong.Instance)).Reason);
        var other = new TestSong(1_000, seed: 2);
        var ben = Keep(ScriptedHost.Good("ben", other));
        Answers[2] = () => new PlayGrant { Song = other.ToSong(2, ben.Host) };
        await AskAsync(new Enqueue([new QueuedSong(2, "two")]));

        Assert.IsType<PlaybackDone>(await AskAsync(NextSong.Instance));

        Assert.Equal((2, null, true), await OverAsync());
        await host.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Stop_sends_STOP_to_the_host_empties_the_queue_and_is_refused_when_nothing_plays()
    {
        var host = await PlayForeverAsync();
        await AskAsync(new Enqueue([new QueuedSong(1, "again")]));

        Assert.IsType<PlaybackDone>(await AskAsync(StopPlaying.Instance));

        await host.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var status = await StatusAsync();
        Assert.Null(status.Song);
        Assert.Empty(status.Queue);
        Assert.IsType<PlaybackRefused>(await AskAsync(StopPlaying.Instance));
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(_playback)));
    }

    [Fact]
    public async Task Pause_seek_and_stop_are_refused_when_nothing_plays()
    {
        foreach (var command in new object[] { new SetPaused(true), new SeekTo(TimeSpan.Zero), StopPlaying.Instance })
            Assert.Equal("nothing is playing", Assert.IsType<PlaybackRefused>(await AskAsync(command)).Reason);
    }

    [Fact]
    public async Task Stalls_are_reported_at_the_end_of_the_song()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Sys.EventStream.Subscribe(TestActor, typeof(PlaybackNotice));
        Grant(Host("slow", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(0, Song.PieceBytes * 4));
            await heard.Task;
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(Song.PieceBytes * 4));
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        }));
        await AskAsync(new PlayNow(1));
        await AwaitAssertAsync(async () => Assert.InRange((await StatusAsync()).Stalls, 1, int.MaxValue));
        heard.SetResult();

        Assert.StartsWith("the audio buffer ran dry ", (await ExpectMsgAsync<PlaybackNotice>()).Text, StringComparison.Ordinal);
        Assert.Equal((1, null, true), await OverAsync());
    }

    [Fact]
    public async Task A_paused_song_keeps_its_position_and_resumes()
    {
        Grant(Good("ann"));
        _speaker.Gate.Reset();
        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));
        Assert.IsType<PlaybackDone>(await AskAsync(new SetPaused(true)));
        Assert.True((await StatusAsync()).Paused);
        _speaker.Gate.Set();
        await ExpectNoMsgAsync(Soon);

        Assert.IsType<PlaybackDone>(await AskAsync(new SetPaused(false)));

        Assert.Equal((1, null, true), await OverAsync());
        Assert.Equal(Song.Payload, _speaker.Heard);
    }

    [Fact]
    public async Task The_volume_also_applies_to_a_song_that_starts_later()
    {
        Grant(Good("ann"));

        Assert.IsType<PlaybackDone>(await AskAsync(new SetVolume(0)));
        await AskAsync(new PlayNow(1));

        await ExpectMsgAsync<SongOver>();
        Assert.Equal(0, (await StatusAsync()).Volume);
        Assert.Equal(new byte[Song.Payload.Length], _speaker.Heard);
    }

    [Fact]
    public async Task After_many_seeks_the_sound_continues_at_the_last_position()
    {
        // The device accepts no data yet, so each seek arrives while sound from the old position is still waiting to be played.
        _speaker.Gate.Reset();
        var host = Good("ann");
        Grant(host);
        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));

        for (var i = 0; i < 50; i++)
            Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.FromSeconds(i % 60))));
        Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.FromSeconds(30))));
        _speaker.Gate.Set();

        Assert.Equal((1, null, true), await OverAsync());
        var expected = Song.Payload[(Song.Payload.Length / 2)..];
        var heard = _speaker.Heard;
        Assert.True(heard.Length >= expected.Length, $"{heard.Length} bytes were heard");
        Assert.Equal(expected, heard[^expected.Length..]);
        // Before that, the device may have played one continuous stretch of the song: its block at the time of a seek.
        Assert.InRange(Song.Payload.AsSpan().IndexOf(heard.AsSpan(..^expected.Length)), 0, Song.Payload.Length);
    }

    [Fact]
    public async Task A_seek_sends_a_new_PLAY_on_the_same_connection_even_if_the_host_still_starts_earlier_streams()
    {
        _speaker.Gate.Reset();
        var asked = new TaskCompletionSource();
        var host = Host("ann", async (host, remote, _) =>
        {
            List<PlayRequest> requests = [await host.StartAsync(remote, Song)];
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(0, 20_000));
            await asked.Task;
            while (requests.Count < 5)
                requests.Add(await host.ReadPlayAsync(remote));
            // Starts every requested stream in turn; one position was requested twice.
            foreach (var request in requests[1..])
            {
                var from = (int)request.Offset;
                await remote.Send(Operation.Play, 1, ScriptedHost.StartOf(Song, request));
                await ScriptedHost.SendDataAsync(
                    remote, request == requests[4] ? Song.Payload.AsMemory(from) : Song.Payload.AsMemory(from, 100_000));
            }

            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        Grant(host);
        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));

        foreach (var seconds in new[] { 30, 0, 5, 30 })
            Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.FromSeconds(seconds))));
        asked.SetResult();
        _speaker.Gate.Set();

        Assert.Equal((1, null, true), await OverAsync());
        var expected = Song.Payload[(Song.Payload.Length / 2)..];
        Assert.Equal(expected, _speaker.Heard[^expected.Length..]);
        Assert.InRange(_speaker.Heard.Length, expected.Length, expected.Length + 20_000);
        Assert.Equal(1, host.Connections);
    }

    [Fact]
    public async Task Further_seeks_into_the_requested_piece_need_no_PLAY()
    {
        _speaker.Gate.Reset();
        var asked = new TaskCompletionSource();
        var host = Host("ann", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await asked.Task;
            var request = await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory((int)request.Offset));
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        Grant(host);
        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));

        for (var i = 0; i <= 10; i++)
            Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.FromSeconds(30) + TimeSpan.FromMilliseconds(10 - i))));
        asked.SetResult();
        _speaker.Gate.Set();

        Assert.Equal((1, null, true), await OverAsync());
        Assert.Equal(Song.Payload[(Song.Payload.Length / 2)..], _speaker.Heard);
        Assert.Equal((1, 2), (host.Connections, host.Requests.Count));
    }

    [Fact]
    public async Task A_host_lost_after_a_seek_is_replaced_at_the_new_position()
    {
        _speaker.Gate.Reset();
        var ann = Host("ann", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await host.StartAsync(remote, Song);
        });
        var bob = Good("bob");
        Grant(ann, bob);
        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));

        Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.FromSeconds(30))));
        _speaker.Gate.Set();

        Assert.Equal((1, null, true), await OverAsync());
        Assert.Equal(Song.Payload[(Song.Payload.Length / 2)..], _speaker.Heard);
        Assert.Equal((1, 1), (ann.Connections, bob.Connections));
    }

    [Fact]
    public async Task Wrong_bytes_never_reach_the_decoder_and_the_host_that_sent_them_is_not_asked_again_after_a_seek()
    {
        var ann = Host("ann", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, (byte[])[.. Song.Payload[..100_000], .. new byte[100_000]]);
            await remote.ReceiveToEnd();
        });
        var bob = Good("bob");
        Grant(ann, bob);
        _speaker.Gate.Reset();
        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));
        await AwaitAssertAsync(async () => Assert.Equal(Song.Payload.Length, (await StatusAsync()).Received));

        Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.Zero)));
        _speaker.Gate.Set();

        Assert.Equal((1, null, true), await OverAsync());
        Assert.Equal(Song.Payload, _speaker.Heard[^Song.Payload.Length..]);
        Assert.InRange(Song.Payload.AsSpan().IndexOf(_speaker.Heard.AsSpan(..^Song.Payload.Length)), 0, Song.Payload.Length);
        Assert.Equal((1, 2), (ann.Connections, bob.Connections));
    }

    [Fact]
    public async Task A_seek_back_in_a_completely_fetched_song_plays_it_again()
    {
        _speaker.Gate.Reset();
        var host = Good("ann");
        Grant(host);
        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));
        await AwaitAssertAsync(async () => Assert.Equal(Song.Payload.Length, (await StatusAsync()).Received));

        Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.Zero)));
        _speaker.Gate.Set();

        Assert.Equal((1, null, true), await OverAsync());
        Assert.Equal(Song.Payload, _speaker.Heard[^Song.Payload.Length..]);
    }

    [Fact]
    public async Task A_seek_in_a_variable_bitrate_song_uses_its_seek_table()
    {
        _speaker.Gate.Reset();
        // A Xing frame whose table says that the first half of the song takes a tenth of the bytes.
        byte[] places = [.. Enumerable.Range(0, 100).Select(percent => (byte)(percent < 50 ? percent / 2 : 25 + (percent - 50) * 4))];
        byte[] head = [0xFF, 0xFB, 0x90, 0, .. new byte[32], .. "Xing"u8, 0, 0, 0, 4, .. places];
        var song = new TestSong(256_000, head: head);
        song.Format.Vbr = true;
        var host = Keep(ScriptedHost.Good("ann", song));
        Answers[1] = () => new PlayGrant { Song = song.ToSong(1, host.Host) };
        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));
        await AwaitAssertAsync(async () => Assert.True((await StatusAsync()).Received > 200));

        Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.FromSeconds(30))));

        await AwaitAssertAsync(() => Assert.Equal(2, host.Requests.Count));
        Assert.Equal(25_000UL / (ulong)song.PieceBytes * (ulong)song.PieceBytes, host.Requests.Last().Offset);
        await AwaitAssertAsync(async () => Assert.Equal(256_000, (await StatusAsync()).Received));
        _speaker.Gate.Set();
        await OverAsync();
        Assert.Equal(song.Payload[25_000..], _speaker.Heard[^231_000..]);
    }

    [Fact]
    public async Task A_seek_to_the_end_is_refused_with_the_length_of_the_song()
    {
        await PlayForeverAsync();

        Assert.Contains(
            "1:00", Assert.IsType<PlaybackRefused>(await AskAsync(new SeekTo(TimeSpan.FromSeconds(60)))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_play_command_replaces_the_first()
    {
        var host = await PlayForeverAsync();
        var other = new TestSong(1_000, seed: 2);
        var ben = Keep(ScriptedHost.Good("ben", other));
        Answers[2] = () => new PlayGrant { Song = other.ToSong(2, ben.Host) };

        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(2, Pace.Full)));

        Assert.Equal((2, null, true), await OverAsync());
        await host.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(other.Payload, _speaker.Heard[^other.Payload.Length..]);
    }

    protected override void AfterAll()
    {
        _speaker.Gate.Set();
        base.AfterAll();
    }

    private AudioPipeline NewSpeakers() => new(new SongPlayer(
        new AudioBackend("test", "for tests") { CreateDecoder = _ => new Speaker.Echo(), CreateOutput = _ => _speaker.NewOutput() },
        new SongPlayerSettings { InputBufferBytes = 256 * 1024, StartThreshold = TimeSpan.FromMilliseconds(1) }));

    private Task<object> AskAsync(object command) => _playback.Ask(command, TimeSpan.FromSeconds(30));

    private async Task<PlaybackStatus> StatusAsync() => (PlaybackStatus)await AskAsync(GetPlayback.Instance);

    private async Task<(int? Id, string? Failure, bool Idle)> OverAsync()
    {
        var over = await ExpectMsgAsync<SongOver>();
        return (over.Song?.Id, over.Failure, over.Idle);
    }

    /// <summary>Plays a song whose host sends some of it and then waits.</summary>
    private async Task<WaitingHost> PlayForeverAsync()
    {
        var waiting = new WaitingHost();
        Grant(Host("slow", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(0, 40_000));
            if ((await remote.ReceiveToEnd()) is [{ Operation: Operation.Stop }])
                waiting.Stopped.TrySetResult();
        }));
        Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));
        return waiting;
    }

    private sealed record WaitingHost
    {
        /// <summary>Completes when the requester has sent STOP.</summary>
        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
