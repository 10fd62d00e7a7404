using FsCheck.Xunit;
using Google.Protobuf;
using TspActors.Gateway.Library;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Library;

public sealed class MusicLibrarySpecs : LibrarySpec
{
    [Fact]
    public void Ids_follow_from_content_and_never_change()
    {
        List(SongOf(1, "One", "Björk", "Debut", track: 3), SongOf(2, "Two", "BJÖRK", "debut "), SongOf(3, "Three", "Bjo\u0308rk", "Debut"));

        var album = Assert.Single(Library.Albums(new AlbumList(AlbumListKind.ByName), Walk.None, 0, 10).Items);

        Assert.Equal("ar-cikhjo2ktxzm3ef4adsy".Length, album.ArtistId.Length);
        Assert.Equal(LibraryIds.OfArtist("björk"), album.ArtistId);
        Assert.Equal(LibraryIds.OfAlbum("björk", "debut"), album.Id);
        Assert.Equal("tr-" + Base32.Encode(HashOf(1).ToArray().AsSpan(0, 16)), Library.FindSong(HashOf(1))!.Id);
        Assert.Equal(3, album.SongCount);
        Assert.Equal("One", Library.FindSong(Library.FindSong(HashOf(1))!.Id)!.Title);
    }

    [Fact]
    public void Year_does_not_split_an_album_and_discs_come_in_order()
    {
        List(
            SongOf(1, "b", "A", "X", "A", track: 1, disc: 2, year: 1999), SongOf(2, "a", "A", "X", "A", track: 2, disc: 1, year: 2000),
            SongOf(3, "c", "A", "X", "A", track: 1, disc: 1, year: 2000));

        var album = Assert.Single(Library.Albums(new AlbumList(AlbumListKind.ByName), Walk.None, 0, 10).Items);

        Assert.Equal(["c", "a", "b"], Library.SongsOf(album).Select(song => song.Title));
        Assert.Equal(2000, album.Year);
    }

    [Fact]
    public void Songs_without_an_album_artist_form_one_artists_album_a_compilation_or_one_album_per_artist()
    {
        List(
        [
            .. Enumerable.Range(1, 4).Select(track => SongOf(track, artist: track == 4 ? "Solo feat. Guest" : "Solo", album: "Mine", track: track)),
            .. Enumerable.Range(1, 6).Select(track => SongOf(10 + track, artist: $"Band {track}", album: "Sampler", track: track)),
            .. Enumerable.Range(0, 12).Select(at => SongOf(30 + at, artist: $"Star {at / 3}", album: "Greatest Hits", track: 1 + at % 3)),
        ]);

        Assert.Equal(
            ["Solo: Mine (4)", .. Enumerable.Range(0, 4).Select(star => $"Star {star}: Greatest Hits (3)"), "Various Artists: Sampler (6)"], Albums().Order());
    }

    [Fact]
    public void The_decision_about_a_compilation_is_remembered_and_outlives_the_hosts()
    {
        var sampler = Enumerable.Range(1, 6).Select(track => SongOf(track, artist: $"Band {track}", album: "Sampler", track: track)).ToList();
        List(sampler);
        var id = Library.Albums(new AlbumList(AlbumListKind.ByName), Walk.None, 0, 10).Items[0].Id;

        NewLibrary(new GatewayLibrarySettings());
        List(sampler[..1]);

        Assert.Equal(id, Library.Albums(new AlbumList(AlbumListKind.ByName), Walk.None, 0, 10).Items[0].Id);
    }

    [Fact]
    public void Lists_show_the_best_of_several_encodings_and_the_others_are_found_by_id()
    {
        List(
            SongOf(1, "Same", album: "X", albumArtist: "A", track: 1, bitrate: 128), SongOf(2, "same", album: "X", albumArtist: "A", track: 1, bitrate: 320),
            SongOf(3, "Same", album: "X", albumArtist: "A", track: 1, bitrate: 192, seconds: 300));

        Assert.Equal(["A: X (2)"], Albums());
        Assert.Equal(HashOf(1), Assert.Single(Library.OtherEncodings(Library.FindSong(HashOf(2))!)).Hash);
        Assert.Equal(2, Library.State.Songs);

        Remove(2);
        Pass(TimeSpan.FromMinutes(4));
        Assert.Contains(HashOf(1), Library.SongsOf(Library.FindAlbum(LibraryIds.OfAlbum("a", "x"))!).Select(song => song.Hash));
    }

    [Fact]
    public void A_song_without_a_host_stays_in_lists_for_a_while_and_is_then_found_only_by_id()
    {
        List(SongOf(1, "Stays"), SongOf(2, "Leaves"));
        Remove(2);

        Assert.Equal(["Stays", "Leaves"], Titles());
        Pass(TimeSpan.FromMinutes(4));
        Assert.Equal(["Stays"], Titles());
        Assert.True(Library.FindSong(HashOf(2))!.IsAway);

        // After a restart it is still known, and when a host has it again it is listed with the same date.
        var seen = Library.FindSong(HashOf(2))!.Created;
        NewLibrary(new GatewayLibrarySettings());
        Assert.Equal("Leaves", Library.FindSong(HashOf(2))!.Title);
        Clock.Advance(TimeSpan.FromDays(1));
        List(SongOf(2, "Leaves", id: 77), SongOf(1, "Stays"));
        Assert.Equal(seen, Library.FindSong(HashOf(2))!.Created);
        Assert.Equal(HashOf(2), Library.FindSongByTrackerId(77)!.Hash);
    }

    [Fact]
    public void Songs_that_are_away_for_a_long_time_are_forgotten()
    {
        NewLibrary(new GatewayLibrarySettings { AwayDays = 2, MaxAway = 1 });
        List(SongOf(1), SongOf(2), SongOf(3));
        Remove(1);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Remove(2);
        Pass(TimeSpan.FromMinutes(4));

        Assert.Null(Library.FindSong(HashOf(1)));
        Assert.NotNull(Library.FindSong(HashOf(2)));
        Pass(TimeSpan.FromDays(3));
        Assert.Null(Library.FindSong(HashOf(2)));
    }

    [Fact]
    public void Songs_are_kept_until_a_listing_has_ended_even_if_others_were_abandoned_before()
    {
        List(SongOf(1), SongOf(2));
        Library.Listed([SongOf(3)], isFirst: true, isLast: false);
        Library.Listed([SongOf(2)], isFirst: true, isLast: false);
        Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(3, Titles().Count);

        Library.Listed([SongOf(4)], isFirst: false, isLast: true);
        Pass(TimeSpan.FromMinutes(5));

        Assert.Equal(["Song 2", "Song 4"], Titles().Order());
    }

    [Fact]
    public void Pages_may_follow_after_the_other_songs_were_dropped_to_make_room()
    {
        List(SongOf(1), SongOf(2), SongOf(3));
        Library.Listed([SongOf(1)], isFirst: true, isLast: true);
        Library.Listed([SongOf(2)], isFirst: false, isLast: false);
        Library.Listed([SongOf(4)], isFirst: false, isLast: true);
        Pass(TimeSpan.FromMinutes(5));

        Assert.Equal(["Song 1", "Song 2", "Song 4"], Titles().Order());
    }

    [Fact]
    public void A_tracker_that_gives_an_id_to_another_song_causes_no_confusion()
    {
        List(SongOf(1, "One", id: 5), SongOf(2, "Two", id: 6));

        List(SongOf(2, "Two", id: 5), SongOf(1, "One", id: 6));

        Assert.Equal(("Two", "One"), (Library.FindSongByTrackerId(5)!.Title, Library.FindSongByTrackerId(6)!.Title));
        Assert.Equal((6, 5), (Library.FindSong(HashOf(1))!.TrackerId, Library.FindSong(HashOf(2))!.TrackerId));
    }

    [Fact]
    public void Songs_whose_hashes_begin_alike_do_not_displace_each_other()
    {
        var songs = Enumerable.Range(1, 100).Select(number => SongOf(number)).ToList();
        foreach (var song in songs)
        {
            byte[] hash = [.. HashOf(1).ToArray().AsSpan(0, 16), .. HashOf(song.Id).ToArray().AsSpan(0, 16)];
            song.ContentHash = Google.Protobuf.ByteString.CopyFrom(hash);
        }

        List([.. songs, SongOf(200)]);

        foreach (var song in songs)
            Assert.Equal($"Song {song.Id}", Library.FindSong(new ContentHash(song.ContentHash.Span))!.Title);
    }

    [Theory]
    [InlineData("garden", new[] { "Garden", "Garden of Clocks", "The Garden", "Song 9" })]
    [InlineData("gar clo", new[] { "Garden of Clocks" })]
    [InlineData("GÁRDEN*", new[] { "Garden", "Garden of Clocks", "The Garden", "Song 9" })]
    [InlineData("den", new string[0])]
    [InlineData("nobody", new string[0])]
    public void Every_word_must_be_a_prefix_and_better_matches_come_first(string query, string[] titles)
    {
        List(
            SongOf(4, "The Garden"), SongOf(5, "Garden of Clocks"), SongOf(6, "Garden"), SongOf(9, album: "Garden Music"), SongOf(10, "Warden"));

        Assert.Equal(titles, Titles(query));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("''")]
    [InlineData("*")]
    public void An_empty_query_finds_everything_in_a_stable_order(string query)
    {
        List([.. Enumerable.Range(1, 50).Select(number => SongOf(number, album: $"Album {number % 7}", albumArtist: "A"))]);

        Assert.Equal(50, Titles(query).Count);
        Assert.Equal(Titles(query), Titles(query));
        Assert.Empty(Library.Search(query, Walk.None, default, default, new PageRange(5_000, 500)).Songs.Items);
    }

    [Fact]
    public async Task The_pages_of_a_walk_contain_each_id_once_while_songs_come_and_go()
    {
        const int count = 3_000;
        List([.. Enumerable.Range(1, count).Select(number => SongOf(number, album: $"Album {number % 400}", albumArtist: "A"))]);
        using var stop = new CancellationTokenSource();
        var churning = Task.Run(() =>
        {
            for (var number = count + 1; !stop.IsCancellationRequested; number++)
            {
                Library.Changed([SongOf(number, album: $"Album {number % 500}", albumArtist: "A")], [number % count + 1]);
                Library.Tick();
            }
        });
        var walk = new Walk("phone", "search3");

        var pages = await Task.WhenAll(Enumerable.Range(0, 100).Reverse().Select(page => Task.Run(
            () => Library.Search("", walk, default, default, new PageRange(page * 40, 40)).Songs.Items)));
        var albums = await Task.WhenAll(Enumerable.Range(0, 20).Select(page => Task.Run(
            () => Library.Albums(new AlbumList(AlbumListKind.Newest), new Walk("phone", "newest"), page * 40, 40))));
        await stop.CancelAsync();
        await churning;

        var ids = pages.SelectMany(page => page).Select(song => song.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.True(ids.Count >= count, $"{ids.Count} songs");
        var albumIds = albums.SelectMany(page => page.Items).Select(album => album.Id).ToList();
        Assert.Equal(Math.Min(800, albums[0].Total), albumIds.Distinct().Count());
    }

    [Fact]
    public void A_walk_ends_after_ten_minutes_or_when_it_starts_again()
    {
        var walk = new Walk("phone", "songs");
        List(SongOf(1));
        int Total(int offset) => Library.Songs(SongOrder.FirstSeen, walk, offset, 10).Total;

        Assert.Equal(1, Total(0));
        Change(SongOf(2));
        Assert.Equal(1, Total(10));
        Assert.Equal(2, Total(0));
        Change(SongOf(3));
        Assert.Equal(2, Total(10));
        Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(3, Total(10));
    }

    [Fact]
    public void Hostile_tags_are_cleaned_for_display()
    {
        List(SongOf(1, "a\0b\u202Ec\r\nd", new string('x', 2_000), "\uD800broken"));

        var song = Library.FindSong(HashOf(1))!;
        Assert.Equal("abc  d", song.Title);
        Assert.True(song.Artist.Length <= 512);
        Assert.Equal("broken", song.Album);
    }

    [Property(MaxTest = 60)]
    public void After_any_changes_the_library_equals_one_that_lists_the_result(int seed)
    {
        // Every run of the property needs a library of its own.
        UseForReading(new MusicLibrary(new GatewayLibrarySettings(), new MemoryOfTests(), Clock, new Random(1)));
        var random = new Random(seed);
        var songs = new Dictionary<int, Song>();
        for (var step = 0; step < 60; step++)
        {
            var number = random.Next(1, 30);
            if (random.Next(4) == 0)
            {
                songs.Remove(number);
                Remove(number);
            }
            else
            {
                songs[number] = SongOf(
                    number, $"Title {random.Next(5)}", $"Artist {random.Next(4)}", random.Next(3) == 0 ? "" : $"Album {random.Next(4)}",
                    $"Artist {random.Next(3)}", random.Next(1, 4), hosts: random.Next(1, 4), genre: random.Next(2) == 0 ? "Rock" : "");
                Change(songs[number]);
            }
        }

        Pass(TimeSpan.FromMinutes(5));
        var changed = (Albums(), Titles().Order().ToList(), Titles("title 1").Order().ToList(), Counts(Library));
        var fresh = new MusicLibrary(new GatewayLibrarySettings(), new MemoryOfTests(), Clock, new Random(1));
        fresh.Listed([.. songs.Values], true, true);
        var library = Library;
        UseForReading(fresh);
        var listed = (Albums(), Titles().Order().ToList(), Titles("title 1").Order().ToList(), Counts(fresh));
        UseForReading(library);

        Assert.Equal(listed.Item1, changed.Item1);
        Assert.Equal(listed.Item2, changed.Item2);
        Assert.Equal(listed.Item3, changed.Item3);
        Assert.Equal(listed.Item4, changed.Item4);
    }

    private static string Counts(MusicLibrary library) =>
        $"{library.State.Songs} {library.State.Albums} {library.State.AlbumArtists} {string.Join(' ', library.Genres)}"
        + string.Join(' ', library.AlbumArtists.Select(artist => $"{artist.Name} {artist.AlbumCount} {artist.SongCount}"));

    [Fact]
    public void A_peer_without_songs_is_not_listed_and_one_that_returns_is_described_again()
    {
        List(SongOf(1, hosts: 2), SongOf(2));
        Assert.Equal([("host 1", 2), ("host 2", 1)], Library.Peers.Select(peer => (peer.Name, peer.SongCount)));

        Remove(1);
        Assert.Equal([("host 1", 1)], Library.Peers.Select(peer => (peer.Name, peer.SongCount)));
        Assert.Null(Library.FindPeer(PeerOf(2)));

        var song = SongOf(3, hosts: 0);
        song.Hosts.Add(new Host(HostOf(2, "Two\u202E")) { Reachable = true, Secure = true, ActiveStreams = 3, MaxStreams = uint.MaxValue });
        Change(song);
        Assert.Equal(
            new LibraryPeer
            {
                Id = PeerOf(2),
                Name = "Two",
                SortName = "two",
                SongCount = 1,
                IsReachable = true,
                IsSecure = true,
                ActiveStreams = 3,
                MaxStreams = int.MaxValue
            },
            Library.FindPeer(PeerOf(2)));
    }

    [Fact]
    public void A_song_with_made_up_hosts_names_only_a_few_peers_and_each_of_them_once()
    {
        var song = SongOf(1, hosts: 1_000);
        song.Hosts.Insert(0, HostOf(1));
        song.Hosts.Insert(0, new Host { Name = "without an id" });
        song.Hosts.Insert(0, new Host { Name = "with a short id", PeerId = ByteString.CopyFrom(1, 2, 3) });

        List(song);

        Assert.InRange(Library.Peers.Count, 8, PeerTable.MaxPeersOfSong);
        Assert.All(Library.Peers, peer => Assert.Equal(1, peer.SongCount));
    }

    [Fact]
    public void The_songs_of_a_peer_include_those_in_whose_place_lists_show_another_encoding()
    {
        var (best, other) = (SongOf(1, "One", album: "Album", track: 1, bitrate: 320, hosts: 0), SongOf(2, "One", album: "Album", track: 1, hosts: 0));
        best.Hosts.Add(HostOf(1));
        other.Hosts.Add(HostOf(2));
        List(best, other, SongOf(3, "Two", album: "Album", track: 2, hosts: 2));

        Assert.Equal(["One", "Two"], Titles());
        foreach (var (peer, songs) in new[] { (1, new[] { 1, 3 }), (2, [2, 3]) })
        {
            Assert.Equal(2, Library.FindPeer(PeerOf(peer))!.SongCount);
            Assert.Equal(songs, Library.SongsOfPeer(PeerOf(peer), Walk.None, 0, 10).Items.Select(song => song.TrackerId));
        }
    }

    [Fact]
    public void The_sample_of_a_peers_songs_is_a_current_song_with_few_hosts()
    {
        List(SongOf(1, hosts: 6), SongOf(2, hosts: 2), SongOf(3, hosts: 1));
        PeerId[] peers = [PeerOf(1), PeerOf(2), PeerOf(5), PeerOf(9)];
        Assert.Equal([(PeerOf(1), 3), (PeerOf(2), 2), (PeerOf(5), 1)], Samples());

        Remove(3);
        Change(SongOf(2, hosts: 1, id: 7));
        Assert.Equal([(PeerOf(1), 7), (PeerOf(2), 1), (PeerOf(5), 1)], Samples());

        IEnumerable<(PeerId, int)> Samples()
        {
            var samples = Library.SampleSongs(peers);
            return peers.Where(samples.ContainsKey).Select(peer => (peer, samples[peer]));
        }
    }
}
