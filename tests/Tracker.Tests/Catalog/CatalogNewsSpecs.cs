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

    [Fact]
    public void One_peers_many_changes_are_broadcast_in_portions_and_those_of_others_in_the_next_broadcast()
    {
        var registry = Registry(ChangeLimits.None);
        registry.Subscribers = 4_000;
        for (var peer = 1; peer <= 50; peer++)
            Join(registry, peer, "192.0.2.1", Samples.Song(10_000 + peer));
        Assert.Equal(50, ToldIds(registry).Count);

        Join(registry, 99, "192.0.2.1", Samples.Songs(2_000));
        for (var peer = 1; peer <= 50; peer++)
            registry.Apply(Samples.Peer(peer), Samples.Change([Samples.Song(10_000 + peer, "Retagged")]));
        var first = ToldIds(registry);

        Assert.All(Enumerable.Range(1, 50), id => Assert.Contains(id, first));
        Assert.InRange(first.Count, 60, 500);
        var all = new HashSet<int>(first);
        while (registry.NextNewsIn is not null)
        {
            var portion = ToldIds(registry);
            Assert.InRange(portion.Count, 1, 500);
            Assert.All(portion, id => Assert.True(all.Add(id)));
        }

        Assert.Equal(2_050, all.Count);
    }

    [Fact]
    public void A_peer_that_retags_without_end_delays_nobody_and_every_song_of_it_is_told_in_its_newest_state()
    {
        var registry = Registry(ChangeLimits.None);
        registry.Subscribers = 4_000;
        Join(registry, 1, "192.0.2.1", Samples.Songs(1_000));
        Join(registry, 2, "192.0.2.1", Samples.Song(5_000));
        while (registry.NextNewsIn is not null)
            ToldIds(registry);
        var own = registry.Publish().Find(1_001)!.Id;

        var (version, titles, told) = (0UL, new Dictionary<int, string>(), new HashSet<int>());
        for (var round = 0; round < 60; round++)
        {
            registry.Apply(Samples.Peer(1), Samples.Change(Enumerable.Range(1, 1_000).Select(n => Samples.Song(n, $"Round {round}"))));
            registry.Apply(Samples.Peer(2), Samples.Change([Samples.Song(5_000, $"Other {round}")]));
            registry.Publish();
            var (from, to, changed, _) = registry.DrainDelta();
            Assert.Equal(version == 0 ? from : version, from);
            version = to;
            Assert.Contains(changed!, song => song.Id == own);
            Assert.InRange(changed!.Count, 1, 300);
            told.UnionWith(changed.Select(song => song.Id));
            foreach (var song in changed)
                titles[song.Id] = Song.Parser.ParseFrom(song.Facts).Tags.Title;
        }

        // None of them starves.
        Assert.Equal(1_001, told.Count);
        while (registry.NextNewsIn is not null)
        {
            registry.Publish();
            foreach (var song in registry.DrainDelta().Changed!)
                titles[song.Id] = Song.Parser.ParseFrom(song.Facts).Tags.Title;
        }

        Assert.All(titles.Where(title => title.Key != own), title => Assert.Equal("Round 59", title.Value));
    }

    [Fact]
    public void A_change_does_not_wait_behind_those_of_another_peer_with_the_same_songs()
    {
        var registry = Registry(ChangeLimits.None);
        registry.Subscribers = 4_000;
        Join(registry, 1, "192.0.2.1", Samples.Songs(2_000));
        Join(registry, 2, "192.0.2.1", Samples.Song(2_000));

        var first = ToldIds(registry);

        Assert.Contains(registry.Publish().Find(2_000)!.Id, first);
        var all = new HashSet<int>(first);
        while (registry.NextNewsIn is not null)
            Assert.All(ToldIds(registry), id => Assert.True(all.Add(id)));
        Assert.Equal(2_000, all.Count);
    }

    [Fact]
    public void With_few_subscribers_many_changes_of_one_peer_are_in_one_broadcast()
    {
        var registry = Registry(ChangeLimits.None);
        registry.Subscribers = 20;
        Join(registry, 1, "192.0.2.1", Samples.Songs(10_000));
        Assert.Equal(10_000, ToldIds(registry).Count);
        Assert.Null(registry.NextNewsIn);
    }

    [Fact]
    public void It_takes_the_changes_of_many_networks_to_make_all_peers_list_again()
    {
        var news = new CatalogNews(new ChangeLimits(), _time);
        Change(Enumerable.Range(1, 20).Select(n => SourceAt(n, $"192.0.2.{n}")), from: 1, count: 2 * CatalogNews.MostDue);
        Change(Enumerable.Range(21, 20).Select(n => SourceAt(n, $"2001:db8:1:{n}::")), from: 1_000_000, count: CatalogNews.MostDue);
        Assert.False(news.IsTooMuch);

        Change(Enumerable.Range(41, 250).Select(n => SourceAt(n, $"10.{n - 41}.0.1")), from: 2_000_000, count: CatalogNews.MostDue);
        Assert.True(news.IsTooMuch);
        news.Clear();
        Assert.False(news.IsTooMuch);

        void Change(IEnumerable<NewsSource> sources, int from, int count)
        {
            var all = sources.ToArray();
            for (var change = 0; change < count; change++)
                news.Changed(from + change, all[change % all.Length]);
        }

        static NewsSource SourceAt(int peer, string address)
        {
            var host = new CatalogHost(Samples.Peer(peer), "peer", address, 7071, IPAddress.Parse(address));
            return new NewsSource(host.Id, host.Voter, host.VoterNetwork);
        }
    }

    [Fact]
    public void A_broadcast_has_room_for_the_changes_of_all_peers_in_turn_and_is_never_too_large()
    {
        const int MostBytes = 200 * 1024;
        var registry = Registry(new ChangeLimits { PerAddressBytes = 100_000, PerAddressHourBytes = 100_000 });
        registry.Subscribers = 1;
        for (var peer = 1; peer <= 100; peer++)
            Join(registry, peer, $"10.0.{peer}.1", Samples.Songs(10, from: 1_000 * peer).Select(Longer));
        Join(registry, 200, "192.0.2.1", Samples.Songs(300, from: 500_000).Select(Longer));
        registry.Publish();

        var told = new HashSet<int>();
        for (var round = 0; round < 10_000 && registry.NextNewsIn is not null; round++)
        {
            var (from, to, changed, removed) = registry.DrainDelta(MostBytes);
            Assert.All(changed!, song => Assert.True(told.Add(song.Id)));
            if (changed!.Count > 0)
                Assert.NotEmpty(DeltaFrames.Encode(from, to, changed, removed!, MostBytes));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1_300, told.Count);

        static SharedSong Longer(SharedSong song)
        {
            song.Tags.Title += new string('t', 1_000);
            return song;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public void A_change_does_not_wait_for_the_budget_of_another_address_that_shares_the_same_songs(int bytesLeft)
    {
        var registry = Registry(new ChangeLimits { PerAddressBytes = 10_000, PerAddressHourBytes = 3_600 * bytesLeft, PerByte = 0 });
        registry.Subscribers = 100_000;
        Join(registry, 2, "198.51.100.1", Samples.Songs(200, from: 5_001));
        for (var round = 0; round < 20; round++)
            Told(registry);
        _time.Advance(TimeSpan.FromSeconds(1));

        registry.Join(new CatalogHost(Samples.Peer(1), "peer 1", "192.0.2.1", 7071, IPAddress.Parse("192.0.2.1")));
        var shared = registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(30)));
        registry.Apply(Samples.Peer(2), Samples.Change(Samples.Songs(30)));
        var told = new HashSet<int>();
        for (var round = 0; round < 5; round++)
            told.UnionWith(ToldIds(registry));

        Assert.All(shared, song => Assert.Contains(song.Id, told));
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

    private static List<int> ToldIds(SongRegistry registry)
    {
        registry.Publish();
        var (_, _, changed, removed) = registry.DrainDelta();
        return [.. changed!.Select(song => song.Id), .. removed!];
    }

    private static void Join(SongRegistry registry, int peer, string address, params IEnumerable<SharedSong> songs) =>
        Join(registry, peer, address, Samples.Complete(songs));

    private static void Join(SongRegistry registry, int peer, string address, Share share)
    {
        registry.Join(new CatalogHost(Samples.Peer(peer), $"peer {peer}", address, 7071, IPAddress.Parse(address)));
        registry.Apply(Samples.Peer(peer), share);
    }
}
