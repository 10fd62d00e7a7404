using TspActors.Peer.Saving;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Saving;

/// <summary>Checks which songs are saved now, and which ones wait.</summary>
public sealed class SaveQueueSpecs
{
    private readonly SaveQueue _queue = new(maxRunning: 2, maxWaiting: 2);

    [Fact]
    public void As_many_saves_start_as_the_limit_allows_and_the_next_one_starts_when_one_ends()
    {
        Assert.Null(_queue.TryAdd(Song(1)));
        var first = _queue.StartNext()!.Value.Save;
        Assert.Null(_queue.TryAdd(Song(2)));
        Assert.Null(_queue.TryAdd(Song(3)));
        var second = _queue.StartNext()!.Value;
        Assert.Equal((2, "folder"), (second.Save.Id, second.Order.Folder));
        Assert.Null(_queue.StartNext());
        Assert.Equal((1, false), (_queue.Waiting, _queue.IsIdle));

        _queue.End(first);

        Assert.Equal(3, _queue.StartNext()?.Save.Id);
        Assert.Null(_queue.StartNext());
    }

    [Fact]
    public void A_song_that_is_already_queued_or_being_saved_is_refused()
    {
        _queue.TryAdd(Song(1));
        Assert.Equal("song 1 is already being saved", _queue.TryAdd(Song(1)));
        _queue.StartNext();
        Assert.Equal("song 1 is already being saved", _queue.TryAdd(Song(1)));
    }

    [Fact]
    public void The_number_of_waiting_saves_is_limited()
    {
        _queue.TryAdd(Song(1));
        _queue.TryAdd(Song(2));

        Assert.Equal("at most 2 songs can wait to be saved", _queue.TryAdd(Song(3)));
    }

    [Fact]
    public void A_save_that_bypasses_the_limit_starts_immediately_but_counts_towards_it()
    {
        _queue.Start(new Save(8));
        _queue.Start(new Save(9));
        _queue.TryAdd(Song(1));

        Assert.Null(_queue.StartNext());
        Assert.Equal([8, 9], _queue.Running.Select(save => save.Id));
    }

    [Fact]
    public void Clearing_drops_waiting_saves_but_not_running_ones()
    {
        _queue.Start(new Save(9));
        _queue.TryAdd(Song(1));

        _queue.Clear();

        Assert.Equal((0, false), (_queue.Waiting, _queue.IsIdle));
        _queue.End(_queue.Running[0]);
        Assert.True(_queue.IsIdle);
    }

    [Fact]
    public async Task The_status_names_the_songs_whose_sink_is_open()
    {
        using var folder = new TempFolder();
        await using var sink = FileSink.Create(folder.In("song.mp3"));
        await sink.WriteAsync(new byte[5], default);
        var song = new Song { Id = 1 };
        _queue.Start(new Save(1) { Song = song, Sink = sink });
        _queue.Start(new Save(2) { Song = new Song { Id = 2 } });
        _queue.TryAdd(Song(3));

        var status = _queue.Status;

        Assert.Equal([new SaveProgress(song, 5)], status.Running);
        Assert.Equal((1, false), (status.Waiting, status.IsIdle));
    }

    [Theory]
    [InlineData("no host", "no host")]
    [InlineData(null, null)]
    public void A_failure_without_a_file_is_reported_unchanged(string? failure, string? told) =>
        Assert.Equal(told, new Save(1).Explain(failure));

    [Fact]
    public async Task A_failure_names_the_partial_file_and_a_saved_song_has_no_failure()
    {
        using var folder = new TempFolder();
        var left = FileSink.Create(folder.In("left.mp3"));
        await left.WriteAsync(new byte[5], default);
        await left.DisposeAsync();
        var saved = FileSink.Create(folder.In("saved.mp3"));
        await saved.CompleteAsync(new Song(), default);
        await saved.DisposeAsync();

        Assert.Equal(
            $"cut; the incomplete song is kept in {folder.In("left.mp3.part")}; run the same command again to continue",
            new Save(1) { Sink = left }.Explain("cut"));
        Assert.Null(new Save(1) { Sink = saved }.Explain("it was stopped"));
    }

    private static SaveSong Song(int id) => new(new Song { Id = id }, "folder");
}
