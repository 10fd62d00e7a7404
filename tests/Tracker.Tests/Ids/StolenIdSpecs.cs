using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Ids;

/// <summary>Checks that strangers cannot claim other songs' ids by connecting first after the tracker restarts.</summary>
public sealed class StolenIdSpecs : TrackerSpec
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tsp-tracker-{Guid.NewGuid():n}");

    protected override TrackerSettings Settings => Patient with { DataFolder = _folder };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Strangers_cannot_take_the_ids_of_songs_that_have_not_been_shared_again_yet()
    {
        var owner = await Host(1, Samples.Songs(20));
        await owner.Settle();
        await RestartAsync();

        var stranger = await Join(66);
        var taken = await stranger.Share(Samples.Complete(Enumerable.Range(1, 20).Select(n => Samples.Song(100 + n, lastId: n))));
        Assert.All(taken, song => Assert.InRange(song.Id, 21, 50_000));

        var back = await Join(1);
        Assert.Equal(Enumerable.Range(1, 20), (await back.Share(Samples.Complete(Samples.Songs(20)))).Select(song => song.Id));
    }

    [Fact]
    public async Task A_receipt_restores_an_id_that_the_tracker_has_lost_and_a_forged_one_does_not()
    {
        var owner = await Join(1);
        var assigned = await owner.Share(Samples.Complete(Samples.Songs(3)));
        Assert.All(assigned, song => Assert.Equal(IdReceipt.Size, song.Receipt.Length));
        await RestartAsync(() => File.Delete(Path.Combine(_folder, "song-ids")));

        var stranger = await Join(66);
        var forged = await stranger.Share(
            Samples.Complete(Samples.Song(101, lastId: 2, receipt: assigned[1].Receipt), Samples.Song(102, lastId: 3)));
        Assert.DoesNotContain(forged, song => song.Id is 2 or 3);

        var back = await Join(1);
        // The same frame also contains other songs that claim these ids.
        var again = await back.Share(Samples.Complete(
            Samples.Song(103, lastId: 3, receipt: ByteString.CopyFrom(new byte[16])),
            Samples.Song(104, lastId: 2),
            Samples.Song(3, lastId: 3, receipt: assigned[2].Receipt),
            Samples.Song(2, lastId: 2, receipt: assigned[1].Receipt)));
        Assert.Equal([2, 3], again.Where(song => song.ContentHash == Samples.HashBytes(2) || song.ContentHash == Samples.HashBytes(3))
            .Select(song => song.Id).Order());
        Assert.Equal(4, again.Select(song => song.Id).Distinct().Count());
    }

    [Fact]
    public async Task The_next_id_stays_low_whatever_strangers_offer()
    {
        await RestartAsync(settings: Settings with { IdOfferWait = TimeSpan.Zero });
        var stranger = await Join(66);
        await stranger.Share(Samples.Complete(
            Enumerable.Range(1, 214).Select(n => Samples.Song(n, lastId: n * 10_000_000))
                .Append(Samples.Song(999, lastId: 2_140_000_001))));
        for (var step = 1; step <= 500; step++)
            await stranger.Share(Samples.Change([Samples.Song(1_000 + step, lastId: step * 9_999)]));
        var honest = await Join(1);
        Assert.InRange(Assert.Single(await honest.Share(Samples.Complete(Samples.Song(2_000)))).Id, 1, 20_000);
    }

    [Fact]
    public async Task An_id_that_a_stranger_made_up_comes_without_a_receipt()
    {
        await RestartAsync(settings: Settings with { IdOfferWait = TimeSpan.Zero });
        var stranger = await Join(66);
        var given = await stranger.Share(Samples.Complete(
            Samples.Song(1, lastId: int.MaxValue - 1), Samples.Song(2, lastId: 20_000), Samples.Song(3, lastId: 9_000), Samples.Song(4)));
        Assert.Equal([int.MaxValue - 1, 20_000, 9_000, 9_001], given.Select(song => song.Id));
        Assert.Equal([0, 0, IdReceipt.Size, IdReceipt.Size], given.Select(song => song.Receipt.Length));
    }

    private async Task RestartAsync(Action? meanwhile = null, TrackerSettings? settings = null)
    {
        await System.Terminate();
        meanwhile?.Invoke();
        await StartTracker(settings ?? Settings);
    }
}
