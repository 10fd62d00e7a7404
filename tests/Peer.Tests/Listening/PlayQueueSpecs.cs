using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks which song is next after any change to the queue.</summary>
public sealed class PlayQueueSpecs
{
    private readonly PlayQueue _queue = new(4, new Random(1));

    [Fact]
    public void Songs_follow_one_another_until_the_queue_is_empty()
    {
        _queue.TryPlay(Songs(1, 2));
        _queue.TryAdd(Songs(3));

        Assert.Equal([1, 2, 3, null, null], Played(5));
    }

    [Fact]
    public void Songs_to_play_now_come_before_queued_ones()
    {
        _queue.TryPlay(Songs(1));
        _queue.TryAdd(Songs(2));

        Assert.True(_queue.TryPlay(Songs(7, 8)));

        Assert.Equal([7, 8, 2, null], Played(4));
    }

    [Fact]
    public void Too_many_songs_are_refused_and_change_nothing()
    {
        _queue.TryPlay(Songs(1, 2, 3));

        Assert.False(_queue.TryAdd(Songs(4, 5, 6)));
        Assert.False(_queue.TryPlay(Songs(4, 5, 6, 7)));

        Assert.Equal([1, 2, 3, null], Played(4));
    }

    [Fact]
    public void Going_back_plays_the_earlier_songs_in_reverse_order_and_the_current_one_becomes_the_next()
    {
        _queue.TryPlay(Songs(1, 2, 3));
        Played(3);

        Assert.Equal(2, _queue.GoBack()?.Id);
        Assert.Equal(1, _queue.GoBack()?.Id);
        Assert.Null(_queue.GoBack());
        Assert.Equal([1, 2, 3, null], Played(4));
        Assert.Equal(3, _queue.GoBack()?.Id);
    }

    [Fact]
    public void With_repeat_all_going_back_does_not_duplicate_a_song()
    {
        _queue.TryPlay(Songs(1, 2, 3));
        _queue.Repeat = RepeatMode.All;
        _queue.Advance();

        Assert.Equal(1, _queue.GoBack()?.Id);
        Assert.Equal([2, 3], _queue.Waiting.Select(song => song.Id));
    }

    [Fact]
    public void Going_back_skips_a_song_that_could_not_be_played()
    {
        _queue.TryPlay(Songs(1, 2));
        _queue.DropCurrent();

        Assert.Null(_queue.Previous);
    }

    [Fact]
    public void A_restored_queue_waits_until_it_is_started()
    {
        // There is room for one song that was current and four that were waiting.
        Assert.False(_queue.TryRestore(Songs(1, 2, 3, 4, 5, 6)));
        Assert.True(_queue.TryRestore(Songs(1, 2)));

        Assert.Null(_queue.Current);
        Assert.Equal(1, _queue.Skip()?.Id);
    }

    [Fact]
    public void A_full_queue_with_its_current_song_can_be_restored_after_a_stop_and_after_a_restart()
    {
        Assert.True(_queue.TryPlay(Songs(1, 2, 3, 4, 5)));
        _queue.Stop();

        Assert.True(_queue.TryUndo());
        Assert.Equal([1, 2, 3, 4, 5], _queue.Waiting.Select(song => song.Id));

        _queue.Clear();
        Assert.True(_queue.TryRestore(Songs(1, 2, 3, 4, 5)));
    }

    [Fact]
    public void Songs_are_removed_and_moved_by_their_place()
    {
        _queue.TryPlay(Songs(1, 2, 3, 4));

        Assert.Equal(3, _queue.Remove(2)?.Id);
        Assert.Equal(4, _queue.Move(2, 1)?.Id);
        Assert.Null(_queue.Remove(0));
        Assert.Null(_queue.Remove(3));
        Assert.Null(_queue.Move(1, 3));
        Assert.Equal([4, 2], _queue.Waiting.Select(song => song.Id));
    }

    [Fact]
    public void The_version_changes_with_the_songs()
    {
        var versions = new List<int> { _queue.Version };
        Action[] changes =
        [
            () => _queue.TryPlay(Songs(1, 2)), () => _queue.TryAdd(Songs(3, 4)), () => _queue.Move(1, 2), () => _queue.Shuffle(),
            () => _queue.Skip(), () => _queue.GoBack(), () => _queue.Remove(1), () => _queue.DropNext(), () => _queue.Clear(),
            () => _queue.TryUndo(),
            () => _queue.TryRestore(Songs(7)), () => _queue.Stop(),
        ];
        foreach (var change in changes)
        {
            change();
            versions.Add(_queue.Version);
        }

        Assert.Equal(versions.Count, versions.Distinct().Count());
    }

    [Fact]
    public void Repeat_one_repeats_the_song_until_it_is_skipped()
    {
        _queue.TryPlay(Songs(1, 2));
        _queue.Repeat = RepeatMode.One;

        Assert.Equal([1, 1, 1], Played(3));
        Assert.Equal(2, _queue.Skip()?.Id);
        Assert.Equal([2, 2], Played(2));
        Assert.Null(_queue.Skip());
        Assert.Equal(2, _queue.Current?.Id);
    }

    [Fact]
    public void Repeat_all_repeats_every_song_in_order_even_skipped_and_replaced_ones()
    {
        _queue.TryPlay(Songs(1, 2, 3));
        _queue.Repeat = RepeatMode.All;

        Assert.Equal([1, 2, 3, 1], Played(4));
        Assert.Equal(2, _queue.Skip()?.Id);
        _queue.TryPlay(Songs(9));
        Assert.Equal([9, 3, 1, 2, 9], Played(5));
    }

    [Fact]
    public void Repeat_all_repeats_a_single_song_and_a_skip_returns_to_it()
    {
        _queue.TryPlay(Songs(1));
        _queue.Repeat = RepeatMode.All;

        Assert.Equal([1, 1], Played(2));
        Assert.Equal(1, _queue.Skip()?.Id);
    }

    [Theory]
    [InlineData(RepeatMode.One)]
    [InlineData(RepeatMode.All)]
    public void A_song_that_cannot_be_played_is_never_repeated(object repeat)
    {
        _queue.TryPlay(Songs(1, 2));
        _queue.Repeat = (RepeatMode)repeat;

        Assert.Equal(2, _queue.DropCurrent()?.Id);
        Assert.Null(_queue.DropCurrent());
        Assert.Null(_queue.Next);
    }

    [Theory]
    [InlineData(RepeatMode.One)]
    [InlineData(RepeatMode.All)]
    public void Repeating_ends_when_the_song_cannot_be_fetched_again(object repeat)
    {
        _queue.TryPlay(Songs(1));
        _queue.Repeat = (RepeatMode)repeat;

        _queue.DropNext();

        Assert.Null(_queue.Next);
        Assert.Equal(1, _queue.Current?.Id);
    }

    [Fact]
    public void Clear_keeps_the_current_song_and_stop_drops_it()
    {
        _queue.TryPlay(Songs(1, 2));
        _queue.Clear();
        Assert.Equal((1, 0), (_queue.Current?.Id, _queue.Waiting.Count));

        _queue.Stop();
        Assert.Null(_queue.Current);
    }

    [Fact]
    public void Undo_restores_the_songs_that_clear_and_stop_removed()
    {
        _queue.TryPlay(Songs(1, 2, 3));
        _queue.Clear();
        _queue.TryAdd(Songs(4));

        Assert.True(_queue.TryUndo());
        Assert.Equal([2, 3, 4], Waiting());
        Assert.False(_queue.TryUndo());

        _queue.Stop();
        Assert.True(_queue.TryUndo());
        Assert.Null(_queue.Current);
        Assert.Equal([1, 2, 3, 4], Waiting());
    }

    [Fact]
    public void Undo_reverts_a_removal_a_move_and_a_shuffle()
    {
        _queue.TryAdd(Songs(1, 2, 3, 4));
        _queue.Remove(2);
        _queue.TryUndo();
        Assert.Equal([1, 2, 3, 4], Waiting());

        _queue.Move(4, 1);
        _queue.TryUndo();
        Assert.Equal([1, 2, 3, 4], Waiting());

        _queue.Shuffle();
        _queue.TryUndo();
        Assert.Equal([1, 2, 3, 4], Waiting());
    }

    [Fact]
    public void Undo_does_not_restore_songs_that_have_been_played_since()
    {
        _queue.TryPlay(Songs(9));
        _queue.TryAdd(Songs(1, 2, 2, 3));
        _queue.Move(4, 1);
        _queue.Advance();

        Assert.True(_queue.TryUndo());

        Assert.Equal((3, 3), (_queue.Current?.Id, _queue.Waiting.Count));
        Assert.Equal([1, 2, 2], Waiting());
    }

    [Fact]
    public void Undo_is_refused_if_there_is_no_room_for_the_songs()
    {
        _queue.TryPlay(Songs(9));
        _queue.TryAdd(Songs(1, 2, 3));
        _queue.Clear();
        _queue.TryAdd(Songs(4, 5));

        Assert.False(_queue.TryUndo());

        Assert.Equal([4, 5], Waiting());
    }

    [Property]
    public bool Shuffle_neither_loses_nor_adds_songs(byte[] ids, int seed)
    {
        var queue = new PlayQueue(ids.Length + 1, new Random(seed));
        queue.TryAdd([.. ids.Select(id => new QueuedSong(id, ""))]);

        queue.Shuffle();

        return queue.Waiting.Select(song => song.Id).Order().SequenceEqual(ids.Select(id => (int)id).Order());
    }

    [Property(MaxTest = 1_000)]
    public void Advance_always_moves_to_Next_and_the_capacity_is_never_exceeded(byte[] steps)
    {
        var queue = new PlayQueue(4, new Random(1));
        var id = 0;
        foreach (var step in steps)
        {
            switch (step % 10)
            {
                case 0:
                    queue.TryPlay(Songs(++id, ++id));
                    break;
                case 1 or 2:
                    queue.TryAdd(Songs(++id));
                    break;
                case 3:
                    var skipped = queue.Waiting.Count > 0 ? queue.Waiting[0] : queue.Repeat == RepeatMode.All ? queue.Current : null;
                    Assert.Equal(skipped, queue.Skip());
                    break;
                case 4:
                    queue.DropCurrent();
                    break;
                case 5:
                    queue.DropNext();
                    break;
                case 6:
                    queue.Shuffle();
                    break;
                case 7:
                    queue.Repeat = (RepeatMode)(step % 3);
                    break;
                case 8 when step > 200:
                    queue.Clear();
                    break;
                default:
                    var next = queue.Next;
                    Assert.Equal(next, queue.Advance());
                    Assert.Equal(next, queue.Current);
                    break;
            }

            Assert.True(queue.Waiting.Count <= 4);
        }
    }

    private static QueuedSong[] Songs(params int[] ids) => [.. ids.Select(id => new QueuedSong(id, $"song {id}"))];

    private IEnumerable<int> Waiting() => _queue.Waiting.Select(song => song.Id);

    private List<int?> Played(int count)
    {
        var ids = new List<int?> { _queue.Current?.Id };
        while (ids.Count < count)
            ids.Add(_queue.Advance()?.Id);
        return ids;
    }
}
