using Akka.Actor;
using TspActors.Peer.Saving;
using TspActors.Peer.Tests.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Saving;

/// <summary>
/// Checks that several songs are saved a few at a time while the others wait, and that each file is closed before the result is announced.
/// </summary>
public sealed class SavingSpecs : FetchSpec
{
    private readonly IActorRef _saving;

    public SavingSpecs(ITestOutputHelper output)
        : base(output)
    {
        _saving = Sys.ActorOf(SavingActor.Props(Calm with { MaxQueue = 2, MaxSaves = 1 }, Listener, null, Link));
        Sys.EventStream.Subscribe(TestActor, typeof(SaveOver));
    }

    [Fact]
    public async Task A_song_is_saved_under_its_name_with_its_tags()
    {
        Grant(Good("ann"));

        Assert.False(Assert.IsType<SaveAccepted>(await AskAsync(new SaveSong(Song.ToSong(1), Folder.Path))).Waits);

        var over = await ExpectMsgAsync<SaveOver>();
        Assert.Equal((Folder.In("The Tests - Paper Lanterns.mp3"), null, true), (over.Path, over.Failure, over.Idle));
        byte[] expected = [.. Media.Tags.Id3v2Writer.Write(Song.Tags), .. Song.Payload];
        Assert.Equal(expected, await File.ReadAllBytesAsync(over.Path!));
    }

    [Fact]
    public async Task A_song_is_saved_in_the_folders_of_its_pattern()
    {
        Grant(Good("ann"));

        await AskAsync(new SaveSong(Song.ToSong(1), Folder.Path) { Pattern = SavePattern.Parse("{artist}/{id} {title}") });

        var over = await ExpectMsgAsync<SaveOver>();
        Assert.Equal((Folder.In("The Tests", "1 Paper Lanterns.mp3"), null), (over.Path, over.Failure));
        Assert.True(File.Exists(over.Path));
    }

    [Fact]
    public async Task A_sink_provided_by_the_caller_is_filled_and_closed()
    {
        Grant(Good("ann"));
        var sink = new MemorySink();

        await AskAsync(new FetchInto(1, sink, Pace.Full));

        Assert.Null((await ExpectMsgAsync<SaveOver>()).Failure);
        await sink.Disposed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task Songs_beyond_the_limit_wait_and_are_saved_later()
    {
        var gate = new TaskCompletionSource();
        Grant(Host("ann", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await gate.Task;
            await ScriptedHost.SendDataAsync(remote, Song.Payload);
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        }));
        var other = new TestSong(50_000, seed: 2, title: "Second");
        var ben = Keep(ScriptedHost.Good("ben", other));
        Answers[2] = () => new Protocol.PlayGrant { Song = other.ToSong(2, ben.Host) };

        await AskAsync(new SaveSong(Song.ToSong(1), Folder.Path));
        Assert.Contains(
            "already", Assert.IsType<SaveRefused>(await AskAsync(new SaveSong(Song.ToSong(1), Folder.Path))).Reason,
            StringComparison.Ordinal);
        Assert.True(Assert.IsType<SaveAccepted>(await AskAsync(new SaveSong(other.ToSong(2), Folder.Path))).Waits);
        Assert.IsType<SaveAccepted>(await AskAsync(new SaveSong(other.ToSong(3), Folder.Path)));
        Assert.Contains(
            "at most 2", Assert.IsType<SaveRefused>(await AskAsync(new SaveSong(other.ToSong(4), Folder.Path))).Reason,
            StringComparison.Ordinal);
        Assert.Equal(2, (await StatusAsync()).Waiting);
        gate.SetResult();

        Assert.Equal((1, false), await OverAsync());
        Assert.Equal((2, false), await OverAsync());
        Assert.Contains("no song 3", (await ExpectMsgAsync<SaveOver>()).Failure, StringComparison.Ordinal);
        Assert.True((await StatusAsync()).IsIdle);
    }

    [Fact]
    public async Task A_missing_folder_is_reported_and_the_next_song_is_saved()
    {
        Grant(Good("ann"));

        await AskAsync(new SaveSong(Song.ToSong(5), Folder.In("none")));
        await AskAsync(new SaveSong(Song.ToSong(1), Folder.Path));

        Assert.Contains("does not exist", (await ExpectMsgAsync<SaveOver>()).Failure, StringComparison.Ordinal);
        Assert.Equal((1, true), await OverAsync());
    }

    [Fact]
    public async Task Stopping_closes_a_running_save_and_the_reply_names_its_partial_file()
    {
        var stopped = new TaskCompletionSource();
        Grant(Host("slow", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(0, 100_000));
            if ((await remote.ReceiveToEnd()) is [{ Operation: Operation.Stop }])
                stopped.TrySetResult();
        }));
        await AskAsync(new SaveSong(Song.ToSong(1), Folder.Path));
        await AwaitAssertAsync(async () => Assert.Equal(98_304, Assert.Single((await StatusAsync()).Running).Saved));

        var left = Assert.IsType<SavesStopped>(await AskAsync(StopSaves.Instance)).LeftPartials;

        Assert.Equal([Folder.In("The Tests - Paper Lanterns.mp3.part")], left);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Song.Payload[..98_304], (await File.ReadAllBytesAsync(left[0]))[^98_304..]);
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(_saving)));
        Assert.Empty(Assert.IsType<SavesStopped>(await AskAsync(StopSaves.Instance)).LeftPartials);
    }

    [Fact]
    public async Task Saves_can_be_cancelled_and_the_next_one_starts()
    {
        Grant(Host("slow", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(0, 100_000));
            await remote.ReceiveToEnd();
        }));
        var other = new TestSong(50_000, seed: 2, title: "Second");
        var ben = Keep(ScriptedHost.Good("ben", other));
        Answers[2] = () => new Protocol.PlayGrant { Song = other.ToSong(2, ben.Host) };
        await AskAsync(new SaveSong(Song.ToSong(1), Folder.Path));
        await AwaitAssertAsync(async () => Assert.Single((await StatusAsync()).Running));
        await AskAsync(new SaveSong(other.ToSong(2), Folder.Path));
        await AskAsync(new SaveSong(other.ToSong(3), Folder.Path));
        Assert.Equal([2, 3], (await StatusAsync()).Next.Select(song => song.Id));

        Assert.Equal(new SavesCancelled(1), await AskAsync(new CancelSaves(3)));
        Assert.Equal(new SavesCancelled(0), await AskAsync(new CancelSaves(3)));
        Assert.Equal(new SavesCancelled(1), await AskAsync(new CancelSaves(1)));

        Assert.True((await ExpectMsgAsync<SaveOver>()).IsCancelled);
        Assert.Equal((2, true), await OverAsync());
        Assert.Equal(new SavesCancelled(0), await AskAsync(new CancelSaves(null)));
    }

    private Task<object> AskAsync(object command) => _saving.Ask(command, TimeSpan.FromSeconds(30));

    private async Task<SavesStatus> StatusAsync() => (SavesStatus)await AskAsync(GetSaves.Instance);

    private async Task<(int? Id, bool Idle)> OverAsync()
    {
        var over = await ExpectMsgAsync<SaveOver>();
        Assert.Null(over.Failure);
        return (over.Song?.Id, over.Idle);
    }
}
