using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class ShareBatchesSpecs
{
    [Fact]
    public void A_large_frame_is_cut_into_batches_and_the_last_is_marked()
    {
        var share = Samples.Complete(Samples.Songs(2_500));
        share.Removed.AddRange(Enumerable.Range(5_001, 1_200).Select(Samples.HashBytes));
        var batches = share.InBatches().ToList();
        Assert.Equal([(1_000, 0), (200, 800), (0, 1_000), (0, 700)], batches.Select(batch => (batch.Removed.Length, batch.Added.Length)));
        Assert.Equal([false, false, false, true], batches.Select(batch => batch.Last));
        Assert.All(batches, batch => Assert.True(batch.Complete));
        Assert.Equal(Enumerable.Range(1, 2_500).Select(Samples.Hash), batches.SelectMany(batch => batch.Added).Select(song => song.Hash));
        Assert.Equal(Enumerable.Range(5_001, 1_200).Select(Samples.Hash), batches.SelectMany(batch => batch.Removed));
    }

    [Fact]
    public void Songs_with_an_id_come_before_new_ones_across_all_batches()
    {
        var share = Samples.Complete([.. Samples.Songs(1_500), Samples.Song(2_000, lastId: 7)]);
        Assert.Equal(7, share.InBatches().First().Added[0].LastId);
    }

    [Fact]
    public void A_song_that_is_removed_and_added_is_not_removed()
    {
        var batch = Assert.Single(Samples.Change([Samples.Song(1)], 1, 2).InBatches());
        Assert.Equal(Samples.Hash(2), Assert.Single(batch.Removed));
        Assert.Equal(Samples.Hash(1), Assert.Single(batch.Added).Hash);
    }

    [Fact]
    public void A_frame_without_songs_is_one_batch()
    {
        var batch = Assert.Single(Samples.Load(1, 4).InBatches());
        Assert.True(batch.Last);
        Assert.Equal(1u, batch.Load!.ActiveStreams);
        Assert.False(Assert.Single(new Share { Complete = true }.InBatches()).Last);
    }
}
