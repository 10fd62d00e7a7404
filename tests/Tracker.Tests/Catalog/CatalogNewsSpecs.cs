using System.Net;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

/// <summary>Checks which catalog changes are broadcast, and when.</summary>
public sealed class CatalogNewsSpecs(Xunit.Abstractions.ITestOutputHelper output)
{
    private readonly ManualClock _time = new();

    [Fact]
    public void A_host_that_returns_within_the_withdrawal_delay_causes_no_broadcast()
    {
        var registry = Registry(new ChangeLimits());
        Join(registry, 1, "192.0.2.1", Samples.Songs(100));
        Join(registry, 2, "192.0.2.2", Samples.Songs(50));
        Assert.Equal(100, Told(registry));

        registry.Leave(Samples.Peer(1));
        Assert.Equal(0, Told(registry));
        Assert.Null(registry.Publish().Find(51));
        Assert.Equal("peer 2", Assert.Single(registry.Publish().Find(1)!.Hosts).Name);
        _time.Advance(TimeSpan.FromSeconds(2));
        Join(registry, 1, "192.0.2.1", Samples.Songs(100));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, Told(registry));
        Assert.Null(registry.NextNewsIn);
    }

    [Fact]
    public void When_a_host_returns_with_other_songs_new_ones_are_broadcast_immediately_and_the_rest_after_the_delay()
    {
        var registry = Registry(new ChangeLimits());
        Join(registry, 1, "192.0.2.1", Samples.Songs(10));
        Told(registry);
        registry.Leave(Samples.Peer(1));
        Assert.Equal(TimeSpan.FromSeconds(3), registry.NextNewsIn);
        Join(registry, 1, "192.0.2.1", Samples.Song(1), Samples.Song(2, "New"), Samples.Song(11));
        Assert.Equal(1, Told(registry));
        _time.Advance(TimeSpan.FromSeconds(3));
        registry.Publish();
        var (_, _, changed, removed) = registry.DrainDelta();
        Assert.Equal([2], changed!.Select(song => song.Id));
        Assert.Equal(Enumerable.Range(3, 8), removed);
    }

    [Fact]
    public void Changes_beyond_the_budget_of_an_address_are_broadcast_later_and_only_once_per_song()
    {
        var registry = Registry(new ChangeLimits { PerAddressBytes = 2_000, PerAddressHourBytes = 36_000, PerByte = 0 });
        Join(registry, 1, "192.0.2.1", Samples.Songs(100));
        var first = Told(registry);
        Assert.InRange(first, 5, 40);
        registry.Apply(Samples.Peer(1), Samples.Change(Enumerable.Range(1, 100).Select(n => Samples.Song(n, "Retagged"))));
        // Another address's changes do not wait behind these, even if they affect the same songs.
        Join(registry, 2, "198.51.100.1", Samples.Song(100), Samples.Song(200));
        Assert.Equal(2, Told(registry));

        var told = 0;
        for (var second = 0; second < 3_600 && registry.NextNewsIn is not null; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            told += Told(registry);
        }

        Assert.Equal(99, told);
    }

    [Theory]
    [InlineData("retag")]
    [InlineData("join and leave")]
    public void In_the_long_run_broadcasts_are_at_most_about_five_times_as_large_as_the_shares_that_cause_them(string attack)
    {
        const int Subscribers = 50;
        const int Songs = 1_000;
        // Lower limits than the defaults, because there are fewer songs.
        var registry = Registry(new ChangeLimits { PerAddressBytes = 16 * 1024 * 1024 / 30, PerAddressHourBytes = 2 * 1024 * 1024 / 30 });
        registry.Subscribers = Subscribers;
        var (bytesIn, bytesOut) = (0L, 0L);
        for (var round = 0; round < 400; round++)
        {
            // The burst is used up by now, so the measurement starts here.
            if (round == 100)
                (bytesIn, bytesOut) = (0, 0);
            var share = Samples.Complete(Enumerable.Range(1, Songs).Select(n => Samples.Song(n, $"Title {(attack == "retag" ? round : 0)}")));
            bytesIn += share.CalculateSize();
            registry.Leave(Samples.Peer(1));
            if (attack != "retag")
                Pass(registry, Subscribers, ref bytesOut, seconds: 5);
            Join(registry, 1, "192.0.2.66", share);
            Pass(registry, Subscribers, ref bytesOut, seconds: 1);
        }

        output.WriteLine($"{attack}: {bytesIn} in, {bytesOut} out to {Subscribers}: {(double)bytesOut / bytesIn:0.0}-fold");
        Assert.InRange((double)bytesOut / bytesIn, 0, 5.5);
    }

    private void Pass(SongRegistry registry, int subscribers, ref long bytesOut, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            registry.Publish();
            var (from, to, changed, removed) = registry.DrainDelta();
            if (changed!.Count + removed!.Count > 0)
                bytesOut += subscribers * DeltaFrames.Encode(from, to, changed, removed, long.MaxValue).Sum(frame => (long)frame.Length);
        }
    }

    private SongRegistry Registry(ChangeLimits changes) => new(new CatalogLimits(), new EncodedPages(0), _time, changes: changes);

    private static int Told(SongRegistry registry)
    {
        registry.Publish();
        var (_, _, changed, removed) = registry.DrainDelta();
        return changed!.Count + removed!.Count;
    }

    private static void Join(SongRegistry registry, int peer, string address, params IEnumerable<SharedSong> songs) =>
        Join(registry, peer, address, Samples.Complete(songs));

    private static void Join(SongRegistry registry, int peer, string address, Share share)
    {
        registry.Join(new CatalogHost(Samples.Peer(peer), $"peer {peer}", address, 7071, IPAddress.Parse(address)));
        registry.Apply(Samples.Peer(peer), share);
    }
}
