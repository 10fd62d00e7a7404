using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Playlists;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Playlists;

/// <summary>Checks the actors that keep the queue and the played songs in files.</summary>
public sealed class KeepingSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_song_is_recorded_once_even_if_another_host_describes_it_again()
    {
        var list = new SongList(Folder.In(SongList.PlayedName), 10);
        var playback = CreateTestProbe();
        Sys.ActorOf(PlayedSongsActor.Props(list, playback));
        await AwaitAssertAsync(() =>
        {
            Sys.EventStream.Publish(new SongHeard(Song("alice"), new Host()));
            playback.ExpectMsg<GetPlayback>(TimeSpan.FromSeconds(2));
        }, Deadline);
        playback.Reply(Status(Song("bob"), TimeSpan.FromMilliseconds(900)));
        await AwaitAssertAsync(() => Assert.Single(list.Load()), Deadline);
        await playback.ExpectMsgAsync<GetPlayback>(Deadline);
        playback.Reply(Status(Song("bob"), TimeSpan.FromMilliseconds(1_000)));
        Sys.EventStream.Publish(new SongOver(Song("carol"), null, Idle: true));
        await playback.ExpectMsgAsync<GetPlayback>(Deadline);
        playback.Reply(new PlaybackStatus(null, null, TimeSpan.Zero, false, 100, 0, 0, []) { IsIdle = true });

        var entry = Assert.Single(list.Load());
        Assert.Equal(("Lights", 7), (entry.Name, entry.Id));
        Assert.NotNull(entry.Played);
    }

    [Fact]
    public async Task A_list_of_played_songs_that_cannot_be_read_is_set_aside()
    {
        var list = new SongList(Folder.In(SongList.PlayedName), 10);
        await File.WriteAllBytesAsync(list.Path, [0xFF, 0xFE]);

        Sys.ActorOf(PlayedSongsActor.Props(list, CreateTestProbe()));

        await AwaitAssertAsync(() => Assert.True(File.Exists(list.Path + ".damaged")), Deadline);
        Assert.Empty(list.Load());
    }

    [Fact]
    public async Task A_list_of_played_songs_that_cannot_be_shortened_is_left_as_it_is()
    {
        var list = new SongList(Folder.In(SongList.PlayedName), 10);
        list.Save([new PlaylistEntry("song") { Id = 5 }]);
        // The new file would have this name, so it cannot be written.
        Directory.CreateDirectory(Path.Combine(list.Path + ".new", "sub"));

        await EventFilter.Warning(contains: "could not shorten").ExpectOneAsync(() =>
        {
            Sys.ActorOf(PlayedSongsActor.Props(list, CreateTestProbe()));
            return Task.CompletedTask;
        });

        Assert.Equal([5], list.Load().Select(entry => entry.Id));
        Assert.False(File.Exists(list.Path + ".damaged"));
    }

    [Fact]
    public void A_full_list_of_songs_with_long_names_can_be_read_again()
    {
        var list = new SongList(Folder.In(SongList.QueueName), 10_000);
        var hash = new ContentHash(new byte[ContentHash.Size]);

        list.Save(Enumerable.Range(1, 10_000).Select(id => new PlaylistEntry(new string('語', 500)) { Id = id, Hash = hash }));

        Assert.Equal(10_000, list.Load().Count);
    }

    [Fact]
    public void A_queue_keeps_its_first_songs()
    {
        new SongList(Folder.In("list"), 4).Save(Enumerable.Range(1, 4).Select(id => new PlaylistEntry("song") { Id = id }));

        Assert.Equal([1, 2], new SongList(Folder.In("list"), 2, keepsFirst: true).Load().Select(entry => entry.Id));
        Assert.Equal([3, 4], new SongList(Folder.In("list"), 2).Load().Select(entry => entry.Id));
    }

    [Fact]
    public async Task The_queue_is_kept_as_it_was_before_the_program_ended()
    {
        var list = new SongList(Folder.In(SongList.QueueName), 10);
        var keeper = Sys.ActorOf(QueueKeeperActor.Props(list, []));
        keeper.Tell(new PlaybackChanged(Queue(1, 2), HasJumped: false));
        await AwaitAssertAsync(() => Assert.Equal([1, 2], list.Load().Select(entry => entry.Id)), Deadline);

        keeper.Tell(new PlaybackChanged(Queue(3), HasJumped: false));
        await keeper.Ask<QueueKept>(KeepQueue.Instance, Deadline);
        keeper.Tell(new PlaybackChanged(Queue(), HasJumped: false));
        await keeper.Ask<QueueKept>(KeepQueue.Instance, Deadline);

        Assert.Equal([3], list.Load().Select(entry => entry.Id));
    }

    private static Song Song(string host) => new()
    {
        Id = 7,
        Tags = new SongTags { Title = "Lights" },
        Format = new AudioFormat { DurationMs = 1_000 },
        Hosts = { new Host { Name = host } },
    };

    private static PlaybackStatus Status(Song song, TimeSpan position) => new(song, null, position, false, 100, 0, 0, []);

    private static PlaybackStatus Queue(params int[] ids) =>
        new(null, null, TimeSpan.Zero, false, 100, 0, 0, [.. ids.Select(id => new QueuedSong(id, $"song {id}"))]);
}
