using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class ShareBatchesSpecs
{
    [Fact]
    public void A_large_frame_comes_in_parts_of_which_the_last_ends_it()
    {
        var share = Samples.Complete(Samples.Songs(2_500));
        share.Removed.AddRange(Enumerable.Range(5_001, 1_200).Select(Samples.HashBytes));
        var parts = share.InBatches().ToList();
        Assert.Equal([(1_000, 0), (200, 800), (0, 1_000), (0, 700)], parts.Select(part => (part.Removed.Length, part.Added.Length)));
        Assert.Equal([false, false, false, true], parts.Select(part => part.Last));
        Assert.All(parts, part => Assert.True(part.Complete));
        Assert.Equal(Enumerable.Range(1, 2_500).Select(Samples.Hash), parts.SelectMany(part => part.Added).Select(song => song.Hash));
        Assert.Equal(Enumerable.Range(5_001, 1_200).Select(Samples.Hash), parts.SelectMany(part => part.Removed));
    }

    [Fact]
    public void Songs_with_an_id_come_before_new_ones_across_all_parts()
    {
        var share = Samples.Complete([.. Samples.Songs(1_500), Samples.Song(2_000, lastId: 7)]);
        Assert.Equal(7, share.InBatches().First().Added[0].LastId);
    }

    [Fact]
    public void A_song_that_is_removed_and_added_is_not_removed()
    {
        var part = Assert.Single(Samples.Change([Samples.Song(1)], 1, 2).InBatches());
        Assert.Equal(Samples.Hash(2), Assert.Single(part.Removed));
        Assert.Equal(Samples.Hash(1), Assert.Single(part.Added).Hash);
    }

    [Fact]
    public void A_frame_without_songs_is_one_part()
    {
        var part = Assert.Single(Samples.Load(1, 4).InBatches());
        Assert.True(part.Last);
        Assert.Equal(1u, part.Load!.ActiveStreams);
        Assert.False(Assert.Single(new Share { Complete = true }.InBatches()).Last);
    }
}
