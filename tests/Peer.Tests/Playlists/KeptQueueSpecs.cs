using TspActors.Peer.Listening;
using TspActors.Peer.Playlists;

namespace TspActors.Peer.Tests.Playlists;

/// <summary>Checks which songs of a queue are kept.</summary>
public sealed class KeptQueueSpecs
{
    private readonly KeptQueue _kept = new([new PlaylistEntry("away") { Id = 9 }], capacity: 4);

    [Fact]
    public void The_current_song_comes_first_and_the_songs_that_are_away_last()
    {
        Assert.True(_kept.Update(Status(1, 2, 3)));

        Assert.Equal([1, 2, 3, 9], _kept.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void If_there_is_not_enough_room_the_songs_that_play_next_are_kept()
    {
        _kept.Update(Status(1, 2, 3, 4, 5));

        Assert.Equal([1, 2, 3, 4], _kept.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void The_same_songs_are_not_a_change()
    {
        Assert.False(_kept.Update(Status(null)));
        Assert.True(_kept.Update(Status(1, 2)));
        Assert.False(_kept.Update(Status(1, 2)));
        Assert.True(_kept.Update(Status(2)));
    }

    [Fact]
    public void An_empty_queue_forgets_the_songs_that_are_away()
    {
        _kept.Update(Status(1));
        _kept.Update(Status(null));

        Assert.Empty(_kept.Entries);
    }

    private static PlaybackStatus Status(int? current, params int[] queue) =>
        new(null, null, TimeSpan.Zero, false, 100, 0, 0, [.. queue.Select(id => new QueuedSong(id, $"song {id}"))])
        {
            Current = current is { } id ? new QueuedSong(id, $"song {id}") : null,
        };
}
