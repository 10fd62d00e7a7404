using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Playback;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>
/// Checks that songs follow each other without a gap, even if the queue changes while the player already has the next song.
/// </summary>
public sealed class GaplessSpecs : FetchSpec
{
    // A song lasts two seconds at the speaker's 16,000 bytes per second, so the next song is fetched as soon as the current one has
    // arrived.
    private const int SongBytes = 32_000;

    private readonly Speaker _speaker = new();
    private readonly IActorRef _playback;
    private readonly Dictionary<int, TestSong> _songs = [];

    public GaplessSpecs(ITestOutputHelper output)
        : base(output)
    {
        for (var id = 1; id <= 6; id++)
            Share(id, SongBytes);
        _playback = Sys.ActorOf(PlaybackActor.Props(Calm, Listener, null, Link, NewSpeakers));
        Sys.EventStream.Subscribe(TestActor, typeof(SongOver));
    }

    [Fact]
    public async Task The_next_song_is_played_on_the_same_device()
    {
        _speaker.Gate.Reset();
        await AskAsync(new PlayNow(Queued(1, 2)));
        await AwaitAssertAsync(
            async () => Assert.True((await StatusAsync()).Buffered > TimeSpan.FromSeconds(3.5)), TimeSpan.FromSeconds(30));
        _speaker.Gate.Set();

        await AssertOverAsync(1, 2);
        Assert.Equal(Payload(1, 2), _speaker.Heard);
        Assert.Equal(1, _speaker.Outputs);
    }

    [Fact]
    public async Task Songs_shorter_than_any_buffer_are_played_completely()
    {
        foreach (var (id, bytes) in new[] { (7, 2), (8, 100), (9, 3_000) })
            Share(id, bytes);

        await AskAsync(new PlayNow(Queued(7, 8, 9, 1, 8)));

        await AssertOverAsync(7, 8, 9, 1, 8);
        Assert.Equal(Payload(7, 8, 9, 1, 8), _speaker.Heard);
    }

    [Fact]
    public async Task The_status_shows_the_song_being_heard_while_the_player_already_has_the_next_one()
    {
        await HoldWithNextAsync();

        var status = await StatusAsync();
        Assert.Equal(1, status.Song?.Id);
        Assert.Equal(SongBytes, status.Received);
        Assert.Equal([2, 3], status.Queue.Select(song => song.Id));
    }

    [Fact]
    public async Task After_a_seek_back_while_the_player_already_has_the_next_song_every_song_is_played_completely()
    {
        await HoldWithNextAsync();

        Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.Zero)));
        _speaker.Gate.Set();

        await AssertOverAsync(1, 2, 3);
        Assert.Equal(Payload(1, 2, 3), _speaker.Heard[^(3 * SongBytes)..]);
    }

    [Fact]
    public async Task Stop_drops_the_next_song_too()
    {
        await HoldWithNextAsync();

        await AskAsync(StopPlaying.Instance);
        _speaker.Gate.Set();
        Assert.IsType<PlaybackDone>(await AskAsync(AwaitSilence.Instance));

        Assert.True((await StatusAsync()).IsIdle);
        Assert.True(_speaker.Heard.Length < SongBytes);
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(_playback)));
    }

    [Fact]
    public async Task Next_plays_the_prefetched_song()
    {
        await HoldWithNextAsync();

        Assert.IsType<PlaybackDone>(await AskAsync(NextSong.Instance));
        _speaker.Gate.Set();

        await AssertOverAsync(2, 3);
        Assert.Equal(Payload(2, 3), _speaker.Heard[^(2 * SongBytes)..]);
    }

    [Fact]
    public async Task A_song_is_repeated_until_repeat_is_turned_off()
    {
        _speaker.Gate.Reset();
        await AskAsync(new PlayNow(Queued(1, 2)));
        await AskAsync(new ChangeQueue(QueueChange.RepeatOne));
        _speaker.Gate.Set();
        await FishForMessageAsync<SongOver>(over => over.Song?.Id == 1);
        await FishForMessageAsync<SongOver>(over => over.Song?.Id == 1);

        await AskAsync(new ChangeQueue(QueueChange.RepeatOff));

        await FishForMessageAsync<SongOver>(over => over is { Song.Id: 2, Idle: true });
    }

    [Fact]
    public async Task A_next_song_that_cannot_be_fetched_is_skipped_without_a_gap()
    {
        await AskAsync(new PlayNow(Queued(1, 99, 98, 2)));

        var overs = new List<SongOver>();
        while (overs is not [.., { Idle: true }])
            overs.Add(await ExpectMsgAsync<SongOver>());

        Assert.Equal(
            ["there is no song 99", "there is no song 98"], overs.Where(over => over.Failure is not null).Select(over => over.Failure!));
        Assert.Equal(Payload(1, 2), _speaker.Heard);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_next_song_without_any_sound_is_skipped(bool isLast)
    {
        Share(7, 1);

        await AskAsync(new PlayNow(isLast ? Queued(1, 7) : Queued(1, 7, 2)));

        var overs = new List<SongOver>();
        while (overs is not [.., { Idle: true }])
            overs.Add(await ExpectMsgAsync<SongOver>());
        Assert.Equal(7, Assert.Single(overs, over => over.Failure is not null).Song?.Id);
        Assert.Equal(isLast ? Payload(1) : Payload(1, 2), _speaker.Heard);
    }

    [Fact]
    public async Task A_next_song_whose_fetch_fails_before_any_sound_is_skipped()
    {
        var mute = new TestSong(300_000, seed: 7, durationMs: 30_000, head: Enumerable.Repeat(Speaker.Mute, 200_000).ToArray());
        ScriptedHost host = null!;
        host = Keep(new ScriptedHost("mute", async remote =>
        {
            await host.StartAsync(remote, mute);
            await ScriptedHost.SendDataAsync(remote, mute.Payload.AsMemory(0, mute.PieceBytes));
            remote.Reset();
        }));
        Answers[7] = () => new PlayGrant { Song = mute.ToSong(7, host.Host) };

        await AskAsync(new PlayNow(Queued(1, 7, 2)));

        var overs = new List<SongOver>();
        while (overs is not [.., { Idle: true }])
            overs.Add(await ExpectMsgAsync<SongOver>());
        Assert.Equal(7, Assert.Single(overs, over => over.Failure is not null).Song?.Id);
        Assert.Equal(Payload(1, 2), _speaker.Heard);
    }

    [Fact]
    public async Task A_song_that_is_queued_after_the_queue_was_cleared_follows_without_a_gap()
    {
        ScriptedHost host = null!;
        host = Keep(new ScriptedHost("waits", async remote =>
        {
            await host.StartAsync(remote, _songs[2]);
            await remote.ReceiveToEnd();
        }));
        Answers[2] = () => new PlayGrant { Song = _songs[2].ToSong(2, host.Host) };
        _speaker.Gate.Reset();
        await AskAsync(new PlayNow(Queued(1, 2)));
        await AwaitAssertAsync(() => Assert.Equal(1, host.Connections));

        await AskAsync(new ChangeQueue(QueueChange.Clear));
        await AskAsync(new Enqueue(Queued(3)));
        _speaker.Gate.Set();

        await AssertOverAsync(1, 3);
        Assert.Equal(Payload(1, 3), _speaker.Heard);
        Assert.Equal(1, _speaker.Outputs);
    }

    [Fact]
    public async Task A_notice_is_published_when_repeat_ends_because_the_song_cannot_be_fetched_again()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(PlaybackNotice));
        _speaker.Gate.Reset();
        await AskAsync(new PlayNow(Queued(1)));
        Answers.Remove(1, out _);
        await AskAsync(new ChangeQueue(QueueChange.RepeatOne));

        await FishForMessageAsync<PlaybackNotice>(notice => notice.Text.StartsWith("repeat has been turned off", StringComparison.Ordinal));
        _speaker.Gate.Set();

        await FishForMessageAsync<SongOver>(over => over is { Song.Id: 1, Idle: true });
        Assert.Equal(RepeatMode.Off, (await StatusAsync()).Repeat);
    }

    [Fact]
    public async Task A_next_song_whose_fetch_fails_is_reported_after_the_current_song_has_ended()
    {
        Answers[2] = () => new PlayGrant { Song = _songs[2].ToSong(2, HalfHost(_songs[2]).Host) };

        await AskAsync(new PlayNow(Queued(1, 2, 3)));

        var overs = new List<SongOver>();
        while (overs is not [.., { Idle: true }])
            overs.Add(await ExpectMsgAsync<SongOver>());
        Assert.Equal([1, 2, 3], overs.Select(over => over.Song?.Id));
        Assert.Equal([true, false, true], overs.Select(over => over.Failure is null));
        Assert.Equal(Payload(3), _speaker.Heard[^SongBytes..]);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task After_random_queue_changes_during_a_prefetch_the_final_queue_is_played(int seed)
    {
        var random = new Random(seed);
        _speaker.Gate.Reset();
        await AskAsync(new PlayNow(Queued(1, 2, 3)));
        for (var step = 0; step < 12; step++)
        {
            // Sometimes the player already has the next song at this point, and sometimes not.
            if (random.Next(3) == 0)
                await AwaitAssertAsync(async () => Assert.Equal(SongBytes, (await StatusAsync()).Received));
            await AskAsync(random.Next(7) switch
            {
                0 => new ChangeQueue(QueueChange.Clear),
                1 => new ChangeQueue(QueueChange.Shuffle),
                2 => new ChangeQueue(QueueChange.RepeatOne),
                3 => new ChangeQueue(QueueChange.RepeatAll),
                4 => new SeekTo(TimeSpan.FromMilliseconds(random.Next(2_000))),
                _ => new Enqueue(Queued(random.Next(2, 7))),
            });
        }

        await AskAsync(new ChangeQueue(QueueChange.RepeatOff));
        var status = await StatusAsync();
        Assert.Equal(1, status.Song?.Id);
        int[] waiting = [.. status.Queue.Select(song => song.Id)];
        _speaker.Gate.Set();

        await AssertOverAsync([1, .. waiting]);
        var (heard, expected) = (_speaker.Heard, Payload(waiting));
        Assert.Equal(expected, heard[(heard.Length - expected.Length)..]);
        AssertParts(_songs[1].Payload, heard[..(heard.Length - expected.Length)]);
    }

    protected override void AfterAll()
    {
        _speaker.Gate.Set();
        base.AfterAll();
    }

    // Checks that the device first played at most one block from anywhere in the song (the block that the gate had held back), and then
    // the end of the song.
    private static void AssertParts(byte[] song, byte[] heard)
    {
        var end = heard.Reverse().Zip(song.AsEnumerable().Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        var block = heard[..^end];
        Assert.True(
            block.Length <= 4096 && song.AsSpan().IndexOf(block) >= 0, $"{heard.Length} bytes were heard, {end} from the song's end");
    }

    /// <summary>Plays three songs, blocks the device during the first, and waits until the player has nearly all of two songs.</summary>
    private async Task HoldWithNextAsync()
    {
        _speaker.Gate.Reset();
        await AskAsync(new PlayNow(Queued(1, 2, 3)));
        await AwaitAssertAsync(
            async () => Assert.True((await StatusAsync()).Buffered > TimeSpan.FromSeconds(3.5)), TimeSpan.FromSeconds(30));
    }

    private ScriptedHost HalfHost(TestSong song)
    {
        ScriptedHost host = null!;
        host = new ScriptedHost("half", async remote =>
        {
            await host.StartAsync(remote, song);
            await ScriptedHost.SendDataAsync(remote, song.Payload.AsMemory(0, SongBytes * 3 / 4));
            remote.Reset();
        });
        return Keep(host);
    }

    private void Share(int id, int bytes)
    {
        var song = new TestSong(bytes, seed: id, durationMs: bytes / 16);
        var host = Keep(ScriptedHost.Good($"host{id}", song));
        _songs[id] = song;
        Answers[id] = () => new PlayGrant { Song = song.ToSong(id, host.Host) };
    }

    private static QueuedSong[] Queued(params int[] ids) => [.. ids.Select(id => new QueuedSong(id, $"song {id}"))];

    private byte[] Payload(params int[] ids) => [.. ids.SelectMany(id => _songs[id].Payload)];

    private AudioPipeline NewSpeakers() => new(new SongPlayer(
        new AudioBackend("test", "for tests") { CreateDecoder = _ => new Speaker.Echo(), CreateOutput = _ => _speaker.NewOutput() },
        new SongPlayerSettings { StartThreshold = TimeSpan.FromMilliseconds(1) }));

    private Task<object> AskAsync(object command) => _playback.Ask(command, TimeSpan.FromSeconds(30));

    private async Task<PlaybackStatus> StatusAsync() => (PlaybackStatus)await AskAsync(GetPlayback.Instance);

    private async Task AssertOverAsync(params int[] ids)
    {
        foreach (var (id, isLast) in ids.Select((id, index) => (id, index == ids.Length - 1)))
            Assert.Equal(
                new SongOver(_songs[id].ToSong(id), null, isLast),
                (await ExpectMsgAsync<SongOver>()) with { Song = _songs[id].ToSong(id) });
    }
}
