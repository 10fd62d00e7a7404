using TspActors.Peer.Listening;
using TspActors.Peer.Mpris;

namespace TspActors.Peer.Tests.Mpris;

/// <summary>Checks how media keys and desktops control the player.</summary>
public sealed class MprisOrdersSpecs
{
    private static readonly PlaybackStatus Playing = MprisStateSpecs.Playing(MprisStateSpecs.Song(), 8, 9);
    private static readonly PlaybackStatus Paused = Playing with { Paused = true };
    private static readonly PlaybackStatus Stopped = Playing with { IsIdle = true, Current = null, Song = null };
    private static readonly PlaybackStatus Empty = Stopped with { Queue = [] };

    [Fact]
    public void Play_resumes_or_starts_the_queue_and_does_nothing_else()
    {
        Assert.Equal([new SetPaused(false)], MprisOrders.ForMethod("Play", Paused));
        Assert.Equal([NextSong.Instance], MprisOrders.ForMethod("Play", Stopped));
        Assert.Empty(MprisOrders.ForMethod("Play", Playing)!);
        Assert.Empty(MprisOrders.ForMethod("Play", Empty)!);
    }

    [Fact]
    public void Pause_and_PlayPause_pause_a_song_that_is_playing()
    {
        Assert.Equal([new SetPaused(true)], MprisOrders.ForMethod("Pause", Playing));
        Assert.Empty(MprisOrders.ForMethod("Pause", Paused)!);
        Assert.Empty(MprisOrders.ForMethod("Pause", Empty)!);
        Assert.Equal([new SetPaused(true)], MprisOrders.ForMethod("PlayPause", Playing));
        Assert.Equal([new SetPaused(false)], MprisOrders.ForMethod("PlayPause", Paused));
        Assert.Equal([NextSong.Instance], MprisOrders.ForMethod("PlayPause", Stopped));
    }

    [Fact]
    public void Stop_keeps_the_queue_so_that_play_restarts_the_song()
    {
        var orders = MprisOrders.ForMethod("Stop", Playing)!;

        Assert.Equal(StopPlaying.Instance, orders[0]);
        Assert.Equal([7, 8, 9], Assert.IsType<RestoreQueue>(orders[1]).Songs.Select(song => song.Id));
        Assert.Empty(MprisOrders.ForMethod("Stop", Stopped)!);
    }

    [Fact]
    public void A_skip_leaves_a_paused_player_paused()
    {
        Assert.Equal([NextSong.Instance], MprisOrders.ForMethod("Next", Playing));
        Assert.Equal([PreviousSong.Instance, new SetPaused(true)], MprisOrders.ForMethod("Previous", Paused));
        Assert.Empty(MprisOrders.ForMethod("Next", Stopped)!);
        Assert.Null(MprisOrders.ForMethod("Dance", Playing));
    }

    [Theory]
    [InlineData(1_000_000, 6)]
    [InlineData(-1_000_000, 4)]
    [InlineData(-9_000_000, 0)]
    [InlineData(long.MinValue, 0)]
    public void A_seek_starts_at_the_current_position_and_ends_within_the_song(long offset, double seconds) =>
        Assert.Equal([new SeekTo(TimeSpan.FromSeconds(seconds))], MprisOrders.Seek(offset, Playing));

    [Theory]
    [InlineData(60_000_000)]
    [InlineData(long.MaxValue)]
    public void A_seek_past_the_end_skips_to_the_next_song(long offset) =>
        Assert.Equal([NextSong.Instance], MprisOrders.Seek(offset, Playing));

    [Fact]
    public void A_position_is_set_only_in_the_current_song_and_within_its_length()
    {
        var track = MprisState.TrackId(Playing);

        Assert.Equal([new SeekTo(TimeSpan.FromSeconds(2))], MprisOrders.SetPosition(track, 2_000_000, Playing));
        Assert.Empty(MprisOrders.SetPosition(track + "8", 2_000_000, Playing));
        Assert.Empty(MprisOrders.SetPosition(track, -1, Playing));
        Assert.Empty(MprisOrders.SetPosition(track, 61_500_000, Playing));
        Assert.Empty(MprisOrders.SetPosition(track, 0, Empty));
    }

    [Fact]
    public void Properties_are_set_within_their_bounds()
    {
        Assert.Equal([new SetVolume(43)], MprisOrders.ForProperty("Volume", 0.43));
        Assert.Equal([new SetVolume(100)], MprisOrders.ForProperty("Volume", double.PositiveInfinity));
        Assert.Equal([new SetVolume(0)], MprisOrders.ForProperty("Volume", -3.0));
        Assert.Null(MprisOrders.ForProperty("Volume", double.NaN));
        Assert.Null(MprisOrders.ForProperty("Volume", "loud"));
        Assert.Equal([new ChangeQueue(QueueChange.RepeatOne)], MprisOrders.ForProperty("LoopStatus", "Track"));
        Assert.Null(MprisOrders.ForProperty("LoopStatus", "Sometimes"));
        Assert.Null(MprisOrders.ForProperty("Metadata", "x"));
    }
}
