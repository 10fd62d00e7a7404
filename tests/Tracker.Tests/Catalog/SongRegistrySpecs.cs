using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class SongRegistrySpecs
{
    private readonly SongRegistry _registry = Samples.Registry(maxSongsPerPeer: 5);

    public SongRegistrySpecs()
    {
        _registry.Join(Samples.Host(1));
        _registry.Join(Samples.Host(2));
    }

    [Fact]
    public void Shared_songs_receive_ids_and_appear_in_the_next_snapshot()
    {
        var assigned = Share(1, Samples.Complete(Samples.Songs(3)));
        Assert.Equal([1, 2, 3], assigned.Select(song => song.Id));
        Assert.Equal([1, 2, 3], Ids());
    }

    [Fact]
    public void A_song_that_two_peers_share_is_one_song_with_two_hosts()
    {
        Share(1, Samples.Complete(Samples.Song(1, "First")));
        var assigned = Share(2, Samples.Complete(Samples.Song(1, "Second")));
        Assert.Equal(1, Assert.Single(assigned).Id);
        var song = _registry.Publish().Find(1)!;
        Assert.Equal([Samples.Peer(1), Samples.Peer(2)], song.Hosts.Select(host => host.Id));
        Assert.Equal("First", Title(song));
    }

    [Fact]
    public void Only_peers_with_songs_count_as_hosts()
    {
        Assert.Equal(0, _registry.Publish().Hosts);
        Share(1, Samples.Complete(Samples.Songs(2)));
        Share(1, Samples.Complete(Samples.Songs(2)));
        Share(2, Samples.Complete(Samples.Song(1)));
        Assert.Equal(2, _registry.Publish().Hosts);
        Share(2, Samples.Change([], 1));
        Assert.Equal(1, _registry.Publish().Hosts);
        _registry.Leave(Samples.Peer(2));
        Assert.Equal(1, _registry.Publish().Hosts);
        _registry.Move(Samples.Host(1));
        Assert.Equal(1, _registry.Publish().Hosts);
        _registry.Leave(Samples.Peer(1));
        Assert.Equal(0, _registry.Publish().Hosts);
    }

    [Fact]
    public void When_the_first_host_leaves_the_song_shows_the_second_hosts_tags()
    {
        Share(1, Samples.Complete(Samples.Song(1, "First")));
        Share(2, Samples.Complete(Samples.Song(1, "Second")));
        _registry.Leave(Samples.Peer(1));
        Assert.Equal("Second", Title(_registry.Publish().Find(1)!));
    }

    [Fact]
    public void A_complete_share_in_several_frames_replaces_everything_only_with_its_last_frame()
    {
        Share(1, Samples.Complete(Samples.Songs(3)));
        Share(1, new Share { Complete = true, Added = { Samples.Song(2) } });
        Assert.Equal([1, 2, 3], Ids());
        Share(1, new Share { Complete = true, Last = true, Added = { Samples.Song(4) } });
        Assert.Equal([2, 4], Ids());
    }

    [Fact]
    public void An_empty_complete_share_withdraws_everything()
    {
        Share(1, Samples.Complete(Samples.Songs(3)));
        Assert.Empty(Share(1, Samples.Complete()));
        Assert.Empty(Ids());
    }

    [Fact]
    public void Songs_that_a_change_adds_during_a_complete_share_are_kept()
    {
        Share(1, new Share { Complete = true, Added = { Samples.Song(1) } });
        Share(1, Samples.Change([Samples.Song(2)]));
        Share(1, new Share { Complete = true, Last = true });
        Assert.Equal([1, 2], Ids());
    }

    [Fact]
    public void A_change_can_add_and_remove_songs()
    {
        Share(1, Samples.Complete(Samples.Songs(3)));
        Share(1, Samples.Change([Samples.Song(4)], 1, 99));
        Assert.Equal([2, 3, 4], Ids());
    }

    [Fact]
    public void A_song_that_one_frame_both_removes_and_adds_stays_listed()
    {
        Share(1, Samples.Complete(Samples.Songs(1)));
        Assert.Equal(1, Assert.Single(Share(1, Samples.Change([Samples.Song(1, "Again")], 1))).Id);
        Assert.Equal("Again", Title(_registry.Publish().Find(1)!));
    }

    [Fact]
    public void A_peer_withdraws_only_its_own_copy()
    {
        Share(1, Samples.Complete(Samples.Song(1)));
        Share(2, Samples.Change([], 1));
        Assert.Equal([1], Ids());
    }

    [Fact]
    public void Within_a_frame_remembered_ids_are_assigned_before_new_ones()
    {
        var assigned = Share(1, Samples.Complete(Samples.Song(1), Samples.Song(2, lastId: 1)));
        Assert.Equal(1, assigned.Single(song => song.ContentHash == Samples.HashBytes(2)).Id);
        Assert.Equal(2, assigned.Single(song => song.ContentHash == Samples.HashBytes(1)).Id);
    }

    [Fact]
    public void A_song_that_comes_back_receives_its_old_id()
    {
        Share(1, Samples.Complete(Samples.Songs(2)));
        Share(1, Samples.Complete());
        Share(2, Samples.Complete(Samples.Song(9)));
        Assert.Equal([2, 1], Share(2, Samples.Change([Samples.Song(2), Samples.Song(1)])).Select(song => song.Id));
    }

    [Fact]
    public void Songs_that_cannot_be_hosted_are_refused_individually()
    {
        var untitled = Samples.Song(1, "  ");
        var tagless = Samples.Song(2);
        tagless.Tags = null;
        var wordy = Samples.Song(3);
        wordy.Tags.Genre = new string('é', 513);
        var empty = Samples.Song(4);
        empty.Format.PayloadBytes = 0;
        var formatless = Samples.Song(5);
        formatless.Format = null;

        var assigned = Share(1, Samples.Complete(untitled, tagless, wordy, empty, formatless, Samples.Song(6)));

        Assert.Equal([0, 0, 0, 0, 0, 1], assigned.Select(song => song.Id));
        Assert.Equal(
            ["it has no title", "it has no title", "a tag is longer than 1024 bytes", "it is empty", "it is empty", ""],
            assigned.Select(song => song.Refusal));
        Assert.Equal([1], Ids());
    }

    [Fact]
    public void A_song_with_an_invisible_title_is_refused() =>
        Assert.Equal("it has no title", Assert.Single(Share(1, Samples.Complete(Samples.Song(1, "\u200B\u2060\u3164")))).Refusal);

    [Fact]
    public void A_tag_of_exactly_1024_bytes_is_accepted()
    {
        var song = Samples.Song(1, new string('é', 512));
        Assert.Equal(1, Assert.Single(Share(1, Samples.Complete(song))).Id);
    }

    [Fact]
    public void A_live_feed_needs_no_payload()
    {
        var live = Samples.Song(1);
        live.Live = true;
        live.Format = null;
        Assert.Equal(1, Assert.Single(Share(1, Samples.Complete(live))).Id);
    }

    [Fact]
    public void A_peer_without_a_listen_port_hosts_nothing()
    {
        _registry.Join(Samples.Host(3, port: 0));
        var refused = Assert.Single(Share(3, Samples.Complete(Samples.Song(1))));
        Assert.Equal(0, refused.Id);
        Assert.Contains("port", refused.Refusal, StringComparison.Ordinal);
        Assert.Empty(Ids());
    }

    [Fact]
    public void Songs_over_the_limit_are_refused_but_hosted_songs_may_change()
    {
        Assert.Equal([1, 2, 3, 4, 5, 0], Share(1, Samples.Complete(Samples.Songs(6))).Select(song => song.Id));
        Assert.Equal(3, Assert.Single(Share(1, Samples.Change([Samples.Song(3, "Renamed")]))).Id);
        Assert.Equal(0, Assert.Single(Share(1, Samples.Change([Samples.Song(7)]))).Id);
        Share(1, Samples.Change([], 1));
        Assert.Equal(6, Assert.Single(Share(1, Samples.Change([Samples.Song(7)]))).Id);
    }

    [Fact]
    public void A_full_tracker_refuses_new_songs_but_accepts_known_ones()
    {
        var registry = new SongRegistry(new CatalogLimits { Songs = 2 }, new EncodedPages(0));
        registry.Join(Samples.Host(1));
        registry.Join(Samples.Host(2));
        Assert.Equal([1, 2, 0], registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(3))).Select(song => song.Id));
        Assert.Contains("full", registry.Apply(Samples.Peer(1), Samples.Change([Samples.Song(3)]))[0].Refusal, StringComparison.Ordinal);
        Assert.Equal([2, 0], registry.Apply(Samples.Peer(2), Samples.Complete(Samples.Song(2), Samples.Song(3))).Select(song => song.Id));
    }

    [Fact]
    public void A_tracker_at_its_memory_limit_accepts_known_songs_up_to_a_margin_and_then_only_those_a_peer_already_shares()
    {
        var registry = new SongRegistry(new CatalogLimits { MemoryBytes = 1_000_000 }, new EncodedPages(0));
        registry.Join(Samples.Host(1));
        var given = registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(3_000))).Count(song => song.Id > 0);
        Assert.InRange(given, 1_500, 2_900);
        Assert.InRange(registry.MemoryBytes, 1_000_000, 1_001_000);
        Assert.Contains(
            "full", registry.Apply(Samples.Peer(1), Samples.Change([Samples.Song(9_000)]))[0].Refusal, StringComparison.Ordinal);

        // The songs are known now, so peer 2 may exceed the limit by an eighth. Songs that a peer already shares are always accepted.
        registry.Join(Samples.Host(2));
        Assert.Equal(1, Assert.Single(registry.Apply(Samples.Peer(2), Samples.Complete(Samples.Song(1)))).Id);
        var known = registry.Apply(Samples.Peer(2), Samples.Complete(Samples.Songs(given))).Count(song => song.Id > 0);
        Assert.InRange(known, 100, given - 1);
        Assert.All(registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(given))), song => Assert.NotEqual(0, song.Id));
    }

    [Fact]
    public void Memory_is_no_longer_counted_for_withdrawn_songs_and_departed_peers()
    {
        var empty = new SongRegistry(new CatalogLimits(), new EncodedPages(0)).MemoryBytes;
        var registry = Samples.Registry(100);
        for (var n = 1; n <= 3; n++)
        {
            registry.Join(Samples.Host(n));
            registry.Apply(Samples.Peer(n), Samples.Complete(Samples.Songs(50, from: n)));
            registry.Apply(Samples.Peer(n), Samples.Change([Samples.Song(n, "Another title")], n + 1));
        }

        Assert.True(registry.MemoryBytes > empty + (3 * CatalogMemory.OfPeer));
        registry.Leave(Samples.Peer(2));
        registry.Apply(Samples.Peer(1), Samples.Complete());
        registry.Leave(Samples.Peer(1));
        registry.Publish();
        registry.Leave(Samples.Peer(3));
        Assert.Equal(empty + (52 * CatalogMemory.OfId), registry.MemoryBytes);
    }

    [Fact]
    public void The_memory_of_one_peers_songs_is_limited_and_songs_that_a_complete_share_replaces_do_not_count()
    {
        var registry = new SongRegistry(new CatalogLimits { ShareBytes = 10_000 }, new EncodedPages(0));
        registry.Join(Samples.Host(1));
        var assigned = registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(100)));
        var given = assigned.Count(song => song.Id > 0);
        Assert.InRange(given, 10, 50);
        Assert.Contains("MiB of memory for the songs of one peer", assigned[^1].Refusal, StringComparison.Ordinal);
        var replaced = registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(100, from: 1_001))).Count(song => song.Id > 0);
        Assert.InRange(replaced, given - 3, given);
        Assert.Equal(replaced, registry.CountOf(Samples.Peer(1)));

        Assert.Equal(0, Assert.Single(registry.Apply(Samples.Peer(1), Samples.Change([Samples.Song(1)]))).Id);
        Assert.NotEqual(0, Assert.Single(registry.Apply(Samples.Peer(1), Samples.Change([Samples.Song(1)], 1_001))).Id);
        Assert.Equal(0, Assert.Single(registry.Apply(Samples.Peer(1), Samples.Change([Samples.Song(1_002, new string('t', 1_000))]))).Id);
    }

    [Fact]
    public void The_memory_of_one_peers_songs_is_limited_even_if_a_complete_share_names_songs_twice()
    {
        var registry = new SongRegistry(new CatalogLimits { ShareBytes = 10_000 }, new EncodedPages(0));
        registry.Join(Samples.Host(1));
        var given = Part(Enumerable.Range(1, 10).Select(n => Samples.Song(n)));
        Assert.DoesNotContain(0, given);
        // Larger tags count, smaller ones free memory again, and a song that the share has named and removed no longer counts.
        given = Part(Enumerable.Range(1, 10).Select(n => Samples.Song(n, new string('t', 1_000))));
        Assert.InRange(given.Count(id => id > 0), 1, 4);
        Assert.DoesNotContain(0, Part(Enumerable.Range(1, 10).Select(n => Samples.Song(n))));
        var removed = Samples.Change(Enumerable.Range(21, 5).Select(n => Samples.Song(n)), Enumerable.Range(1, 10));
        (removed.Complete, removed.Last) = (true, false);
        Assert.DoesNotContain(0, registry.Apply(Samples.Peer(1), removed).Select(song => song.Id));
        Assert.DoesNotContain(0, Part(Enumerable.Range(31, 10).Select(n => Samples.Song(n))));

        registry.Apply(Samples.Peer(1), Samples.Complete());
        Assert.Equal(15, registry.CountOf(Samples.Peer(1)));

        int[] Part(IEnumerable<SharedSong> songs)
        {
            var share = Samples.Complete(songs);
            share.Last = false;
            return [.. registry.Apply(Samples.Peer(1), share).Select(song => song.Id)];
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_titles_and_distances_of_live_feeds_count_as_memory_of_the_peer_and_of_its_address(bool perAddress)
    {
        const int Most = 10 * 2_700;
        var limits = perAddress
            ? new CatalogLimits { MemoryBytesPerAddress = CatalogMemory.OfPeer + Most }
            : new CatalogLimits { ShareBytes = Most };
        var registry = new SongRegistry(limits, new EncodedPages(0));
        var empty = registry.MemoryBytes;
        registry.Join(new CatalogHost(Samples.Peer(1), "peer 1", "192.0.2.1", 7071, System.Net.IPAddress.Parse("192.0.2.1")));
        var given = Enumerable.Range(1, 20).Count(n => ShareFeed(n, "Title").Id > 0);
        Assert.InRange(given, 8, 12);
        Assert.InRange(registry.MemoryBytes, given * 2_000, 2 * (Most + CatalogMemory.OfPeer));
        // A longer title is not refused.
        Assert.NotEqual(0, ShareFeed(1, new string('t', 1_024)).Id);

        Assert.NotEqual(0, Assert.Single(registry.Apply(Samples.Peer(1), Samples.Change([Samples.Song(1)], 1))).Id);
        Assert.Equal(given, registry.CountOf(Samples.Peer(1)));
        registry.Leave(Samples.Peer(1));
        registry.Join(new CatalogHost(Samples.Peer(1), "peer 1", "192.0.2.1", 7071, System.Net.IPAddress.Parse("192.0.2.1")));
        Assert.Equal(given, Enumerable.Range(1, 20).Count(n => ShareFeed(n, "Title").Id > 0));
        registry.Leave(Samples.Peer(1));
        Assert.Equal(empty + (given * CatalogMemory.OfId), registry.MemoryBytes);

        AssignedSong ShareFeed(int n, string title)
        {
            var song = Samples.Song(n);
            song.Tags.NowPlaying = title;
            song.Live = true;
            return Assert.Single(registry.Apply(Samples.Peer(1), Samples.Change([song])));
        }
    }

    [Fact]
    public void One_address_cannot_use_more_than_its_share_of_the_memory()
    {
        const int Limit = 250_000;
        var registry = new SongRegistry(
            new CatalogLimits { MemoryBytes = 8 * Limit, MemoryBytesPerAddress = Limit }, new EncodedPages(0));
        var stranger = Enumerable.Range(1, 4).Select(n => At(n, "2001:db8:0:1::" + n)).ToArray();
        var given = 0;
        foreach (var host in stranger)
        {
            registry.Join(host);
            var assigned = registry.Apply(host.Id, Samples.Complete(Samples.Songs(1_000, from: 1)));
            given += assigned.Count(song => song.Id > 0);
            Assert.Contains("of one address", assigned[^1].Refusal, StringComparison.Ordinal);
        }

        Assert.InRange(registry.MemoryBytes, Limit / 2, 2 * Limit);
        Assert.InRange(given, 50, 1_000);

        // The stranger's songs can be shared again, and another address has its own share of the memory.
        registry.Join(At(9, "2001:db8:0:2::1"));
        Assert.All(registry.Apply(Samples.Peer(9), Samples.Complete(Samples.Songs(100, from: 5_001))), song => Assert.NotEqual(0, song.Id));
        Assert.NotEqual(0, Assert.Single(registry.Apply(stranger[0].Id, Samples.Change([Samples.Song(1)]))).Id);

        // A peer that leaves releases its memory.
        registry.Leave(stranger[0].Id);
        Assert.NotEqual(0, Assert.Single(registry.Apply(stranger[3].Id, Samples.Change([Samples.Song(6_001)]))).Id);

        static CatalogHost At(int n, string address) =>
            new(Samples.Peer(n), $"peer {n}", address, 7071, System.Net.IPAddress.Parse(address));
    }

    [Fact]
    public void A_peer_that_keeps_sharing_different_songs_is_refused_new_ones_for_a_while()
    {
        var time = new ManualClock();
        var registry = new SongRegistry(new CatalogLimits { SongsPerPeer = 5, NewSongsPerPeerHour = 60 }, new EncodedPages(0), time);
        registry.Join(Samples.Host(1));
        Assert.All(registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(5, from: 11))), song => Assert.NotEqual(0, song.Id));
        Assert.All(registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(5, from: 1))), song => Assert.NotEqual(0, song.Id));
        registry.Join(Samples.Host(1));
        var assigned = registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Song(9), Samples.Song(2)));
        Assert.Equal([0, 7], assigned.Select(song => song.Id));
        Assert.Contains("try again in 5 min", assigned[0].Refusal, StringComparison.Ordinal);
        time.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(11, Assert.Single(registry.Apply(Samples.Peer(1), Samples.Change([Samples.Song(9)]))).Id);
    }

    [Fact]
    public void A_copy_whose_new_tags_are_refused_is_withdrawn()
    {
        Share(1, Samples.Complete(Samples.Songs(2)));
        Share(2, Samples.Complete(Samples.Songs(1)));
        Assert.Equal(0, Assert.Single(Share(1, Samples.Change([Samples.Song(1, new string('t', 1025))]))).Id);
        Assert.Equal(0, Assert.Single(Share(1, Samples.Change([Samples.Song(2, " ")]))).Id);
        Assert.Equal([Samples.Peer(2)], _registry.Publish().Find(1)!.Hosts.Select(host => host.Id));
        Assert.Equal([1], Ids());
        Assert.Equal(1, _registry.CountOf(Samples.Peer(2)));
        Assert.Equal(0, _registry.CountOf(Samples.Peer(1)));
    }

    [Fact]
    public void A_song_with_thousands_of_hosts_lists_those_that_have_had_it_longest()
    {
        for (var n = 3; n <= 3000; n++)
            _registry.Join(Samples.Host(n));
        for (var n = 1; n <= 3000; n++)
            Share(n, Samples.Complete(Samples.Song(1, $"Title of {n}")));
        for (var n = 1; n <= 2000; n += 2)
            _registry.Leave(Samples.Peer(n));
        var song = _registry.Publish().Find(1)!;
        Assert.Equal(2000, song.HostCount);
        Assert.Equal(Enumerable.Range(1, 1000).Select(n => Samples.Peer(2 * n)), song.Hosts.Take(1000).Select(host => host.Id));
        Assert.Equal("Title of 2", Title(song));
        Assert.Equal(8, song.Message().Hosts.Count);
    }

    [Fact]
    public void A_complete_share_may_replace_one_that_reached_the_limit()
    {
        Share(1, Samples.Complete(Samples.Songs(5)));
        Assert.Equal([6, 7, 8, 9, 10, 0], Share(1, Samples.Complete(Samples.Songs(6, from: 11))).Select(song => song.Id));
        Assert.Equal([6, 7, 8, 9, 10], Ids());
    }

    [Fact]
    public void A_share_from_an_unregistered_peer_is_ignored()
    {
        Assert.Empty(Share(9, Samples.Complete(Samples.Songs(1))));
        Assert.Empty(Ids());
    }

    [Fact]
    public void A_peer_that_joins_again_starts_without_songs()
    {
        Share(1, Samples.Complete(Samples.Songs(2)));
        Share(2, Samples.Complete(Samples.Song(2)));
        _registry.Join(Samples.Host(1));
        Assert.Equal([2], Ids());
        _registry.Leave(Samples.Peer(1));
        _registry.Leave(Samples.Peer(2));
        Assert.Empty(Ids());
    }

    [Fact]
    public void The_load_of_a_peer_is_kept_until_the_peer_leaves()
    {
        Share(1, Samples.Load(2, 4));
        Assert.Equal(2u, _registry.Publish().Loads[Samples.Peer(1)].ActiveStreams);
        Assert.False(_registry.HasChangesToBroadcast);
        _registry.Leave(Samples.Peer(1));
        Assert.Empty(_registry.Publish().Loads);
    }

    [Fact]
    public void Repeating_a_share_changes_nothing()
    {
        Share(1, Samples.Complete(Samples.Songs(3)));
        var version = _registry.Publish().Version;
        _registry.DrainDelta();
        Share(1, Samples.Complete(Samples.Songs(3).Select((song, index) => Samples.Song(index + 1, lastId: index + 1))));
        Assert.Equal(version, _registry.Publish().Version);
        Assert.False(_registry.HasChangesToBroadcast);
    }

    [Fact]
    public void A_delta_contains_the_changes_since_the_previous_one_and_starts_at_its_version()
    {
        Share(1, Samples.Complete(Samples.Songs(3)));
        _registry.Publish();
        var first = _registry.DrainDelta();
        Assert.Equal((1ul, 2ul), (first.From, first.To));
        Assert.Equal([1, 2, 3], first.Changed!.Select(song => song.Id));

        Share(1, Samples.Change([Samples.Song(4)], 1));
        _registry.Publish();
        Share(1, Samples.Change([Samples.Song(2, "New")]));
        _registry.Publish();
        var second = _registry.DrainDelta();
        Assert.Equal((2ul, 4ul), (second.From, second.To));
        Assert.Equal([2, 4], second.Changed!.Select(song => song.Id));
        Assert.Equal([1], second.Removed);
    }

    private IReadOnlyList<AssignedSong> Share(int peer, Share share) => _registry.Apply(Samples.Peer(peer), share);

    private IEnumerable<int> Ids() => _registry.Publish().After(0).Select(song => song.Id);

    private static string Title(CatalogSong song) => song.Message().Tags.Title;
}
