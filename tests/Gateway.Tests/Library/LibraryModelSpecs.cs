using FsCheck.Xunit;
using Google.Protobuf;
using TspActors.Gateway.Library;
using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Gateway.Tests.Library;

/// <summary>Compares the library with a simple model: a list of its songs.</summary>
public sealed class LibraryModelSpecs : LibrarySpec
{
    private static readonly string[] Words = ["ka", "kalo", "Kálomi", "mira", "the", "den", "Gar", "garden", "don't", "!!", "AC/DC", "愛"];
    private readonly Dictionary<int, Song> _songs = [];

    // The names that peers had when they were last described.
    private readonly Dictionary<PeerId, string> _names = [];

    [Property(MaxTest = 60)]
    public void After_any_changes_everything_is_found_by_each_of_its_keys(int seed)
    {
        ChangeAtRandom(new Random(seed), 150);

        foreach (var song in _songs.Values)
        {
            var hash = new ContentHash(song.ContentHash.Span);
            var found = Library.FindSong(hash)!;
            Assert.Equal((hash, song.Id, song.Tags.Title), (found.Hash, found.TrackerId, found.Title));
            Assert.Equal(hash, Library.FindSong(found.Id)!.Hash);
            Assert.Equal(hash, Library.FindSongByTrackerId(song.Id)!.Hash);
            Assert.Equal(song.Tags.Cover, found.Cover is { } own ? ByteString.CopyFrom(own.ToArray()) : ByteString.Empty);
            Assert.Equal(found.Artist, Library.FindArtist(found.ArtistId)!.Name);
            Assert.Equal(found.Album, Library.FindAlbum(found.AlbumId)!.Name);
            Assert.Equal(found.AlbumArtist, Library.FindArtist(found.AlbumArtistId)!.Name);
        }

        var shown = Shown();
        Assert.Equal(_songs.Values.Select(song => new ContentHash(song.ContentHash.Span)).Order(), shown.Select(song => song.Hash).Order());
        foreach (var album in AllAlbums())
        {
            var songs = shown.Where(song => song.AlbumId == album.Id).ToList();
            Assert.Equal(songs.Select(song => song.Id).Order(), Library.SongsOf(album).Select(song => song.Id).Order());
            Assert.Equal((songs.Count, songs.Sum(song => song.DurationMs)), (album.SongCount, album.DurationMs));
            Assert.Equal(MostFrequentCover(songs), album.Cover);
        }

        foreach (var artist in shown.GroupBy(song => song.ArtistId))
        {
            var found = Library.FindArtist(artist.Key)!;
            Assert.Equal(artist.Count(), found.SongCount);
            Assert.Equal(artist.Select(song => song.Id).Order(), Library.SongsOf(found, 1_000).Select(song => song.Id).Order());
        }

        foreach (var genre in shown.GroupBy(song => song.Genre).Where(genre => genre.Key.Length > 0))
            Assert.Equal(genre.Select(song => song.Id), Library.SongsOfGenre(genre.Key, Walk.None, 0, 1_000).Items.Select(song => song.Id));
        foreach (var cover in Enumerable.Range(0, 6).Select(number => HashOf(1_000 + number)))
        {
            var found = Library.FindSongByCover(cover);
            Assert.Equal(shown.Any(song => song.Cover == cover), found is not null);
            Assert.True(found is null || found.Cover == cover);
        }
    }

    [Property(MaxTest = 60)]
    public void After_any_changes_each_peer_has_exactly_the_songs_that_name_it_as_a_host(int seed)
    {
        ChangeAtRandom(new Random(seed), 150);

        CheckPeers();
    }

    [Property(MaxTest = 60)]
    public void A_search_finds_the_same_as_a_check_of_every_item(int seed)
    {
        var random = new Random(seed);
        ChangeAtRandom(random, 200);

        for (var number = 0; number < 20; number++)
        {
            var query = string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Words[random.Next(Words.Length)]));
            query = query[..random.Next(1, query.Length + 1)].Trim();
            if (!LibrarySearch.IsEverything(query))
                CheckSearch(query);
        }
    }

    [Fact]
    public void Many_songs_of_one_class_follow_the_better_classes_in_the_order_in_which_they_were_first_seen()
    {
        const int many = 5_500;
        List(
        [
            .. Enumerable.Range(1, many).Select(number => SongOf(number, $"Old garden {number}", hosts: 1 + number % 3)),
            .. Enumerable.Range(many + 1, many).Select(number => SongOf(number, $"Garden {number}", hosts: 1 + number % 3)),
            SongOf(2 * many + 1, "Garden"), SongOf(2 * many + 2, "Garden", artist: "B", hosts: 2), SongOf(2 * many + 3, "Den", album: "Gardens"),
        ]);

        var found = Library.Search("garden", Walk.None, default, default, new PageRange(0, 3 * many)).Songs;

        Assert.Equal(
            [
                2 * many + 2, 2 * many + 1, .. Enumerable.Range(many + 1, many), .. Enumerable.Range(1, many), 2 * many + 3,
            ],
            found.Items.Select(song => song.TrackerId));
        Assert.Equal(2 * many + 3, found.Total);
    }

    [Fact]
    public void Compacting_changes_neither_what_clients_see_nor_a_walk_that_has_begun()
    {
        NewLibrary(new GatewayLibrarySettings { MaxAway = 1 });
        const int leaving = 11_000;
        List([.. Enumerable.Range(1, leaving).Select(number => SongOf(number, $"Leaves {number}", $"Artist {number % 300}", $"Album {number % 500}"))]);
        var random = new Random(1);
        ChangeAtRandom(random, 300, firstNumber: leaving);
        var walk = new Walk("phone", "search3");
        IReadOnlyList<LibrarySong> Page(int offset) => Library.Search("", walk, default, default, new PageRange(offset, leaving)).Songs.Items;
        IReadOnlyList<LibraryAlbum> AlbumPage(int offset) =>
            Library.Albums(new AlbumList(AlbumListKind.ByName), new Walk("phone", "albums"), offset, 10_000).Items;
        var expected = Shown().Where(song => song.Title.StartsWith("Leaves", StringComparison.Ordinal) is false).Select(song => song.Id).ToList();
        var albums = AlbumPage(0).Select(album => album.Id).ToList();
        Assert.Equal(leaving, Page(0).Count);

        Library.Changed([], [.. Enumerable.Range(1, leaving)]);
        Pass(TimeSpan.FromMinutes(4));
        for (var tick = 0; tick < leaving / 200 + 2; tick++)
            Library.Tick();

        Assert.Null(Library.FindSong(HashOf(2)));
        Assert.Equal(expected, Page(leaving).Select(song => song.Id));
        Assert.Equal(expected, Shown().Select(song => song.Id));
        // An album that was forgotten after the last compaction still has its place in the walk.
        Assert.Equal(
            albums.Skip(1).Where(album => Library.FindAlbum(album) is not null),
            AlbumPage(1).Select(album => album.Id).Where(album => Library.FindAlbum(album) is not null));
        foreach (var query in Words)
            CheckSearch(query);
        ChangeAtRandom(random, 100, firstNumber: leaving);
        foreach (var query in Words)
            CheckSearch(query);
        Assert.All(_songs.Values, song => Assert.Equal(song.Id, Library.FindSong(new ContentHash(song.ContentHash.Span))!.TrackerId));
        CheckPeers();
    }

    private void CheckPeers()
    {
        var expected = _songs.Values.SelectMany(song => song.Hosts.Select(host => (Peer: new PeerId(host.PeerId.Span), song.Id)))
            .GroupBy(each => each.Peer, each => each.Id).ToDictionary(peer => peer.Key, peer => peer.Order().ToList());
        Assert.Equal(expected.Keys.Select(peer => _names[peer]).Order(StringComparer.Ordinal), Library.Peers.Select(peer => peer.Name));
        foreach (var peer in Library.Peers)
        {
            Assert.Equal(expected[peer.Id].Count, peer.SongCount);
            Assert.Equal(peer, Library.FindPeer(peer.Id));
            var songs = Library.SongsOfPeer(peer.Id, Walk.None, 0, 100_000);
            Assert.Equal(expected[peer.Id], songs.Items.Select(song => song.TrackerId).Order());
            Assert.Equal(Shown(SongOrder.Artist).Where(song => expected[peer.Id].Contains(song.TrackerId)), songs.Items);
        }

        Assert.Empty(Library.SongsOfPeer(PeerOf(7), Walk.None, 0, 10).Items);
    }

    private void ChangeAtRandom(Random random, int steps, int firstNumber = 0)
    {
        if (firstNumber == 0)
        {
            // Every run of the property needs a library of its own.
            UseForReading(new MusicLibrary(new GatewayLibrarySettings { AllEncodings = true }, new MemoryOfTests(), Clock, new Random(1)));
            _songs.Clear();
            _names.Clear();
        }

        string Name(int most) =>
            string.Join(' ', Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => Words[random.Next(Words.Length)]));
        for (var step = 0; step < steps; step++)
        {
            var number = firstNumber + random.Next(1, 80);
            if (random.Next(4) == 0)
            {
                _songs.Remove(number);
                Remove(number);
                continue;
            }

            var song = SongOf(
                number, Name(4), Name(2), random.Next(3) == 0 ? "" : Name(2), random.Next(2) == 0 ? "" : Name(1), random.Next(1, 4),
                hosts: 0, genre: random.Next(2) == 0 ? "Rock" : "Pop", seconds: random.Next(100, 300));
            if (random.Next(2) == 0)
                song.Tags.Cover = ByteString.CopyFrom(HashOf(1_000 + random.Next(6)).ToArray());
            var hosts = Enumerable.Range(1, 6).ToArray();
            random.Shuffle(hosts);
            song.Hosts.Add(hosts.Take(random.Next(1, 4)).Select(host => HostOf(host, $"host {host} at step {step}")));
            foreach (var host in song.Hosts)
                _names[new PeerId(host.PeerId.Span)] = host.Name;
            _songs[number] = song;
            Change(song);
        }

        Pass(TimeSpan.FromMinutes(5));
    }

    private IReadOnlyList<LibrarySong> Shown(SongOrder order = SongOrder.FirstSeen) => Library.Songs(order, Walk.None, 0, 100_000).Items;

    private IReadOnlyList<LibraryAlbum> AllAlbums() => Library.Albums(new AlbumList(AlbumListKind.ByName), Walk.None, 0, 100_000).Items;

    private static ContentHash? MostFrequentCover(IEnumerable<LibrarySong> songs) => songs.Where(song => song.Cover is not null)
        .GroupBy(song => song.Cover).OrderByDescending(cover => cover.Count()).ThenBy(cover => cover.Key).FirstOrDefault()?.Key;

    private void CheckSearch(string query)
    {
        var all = new PageRange(0, 100_000);
        var found = Library.Search(query, Walk.None, all, all, all);
        var phrase = SearchText.Fold(query.TrimEnd('*'));
        var words = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();

        bool HasAll(params string[] names) => words.All(word => Has(word, names));
        var songs = Shown();
        Assert.Equal(
            songs.Index().Where(song => HasAll(song.Item.Title, song.Item.Artist, song.Item.Album, song.Item.AlbumArtist))
                .OrderBy(song => ClassOf(song.Item.Title)).ThenByDescending(song => song.Item.HostCount).ThenBy(song => song.Index)
                .Select(song => song.Item.Id),
            found.Songs.Items.Select(song => song.Id));
        Assert.Equal(found.Songs.Items.Count, found.Songs.Total);

        var albums = AllAlbums().Where(album => HasAll(album.Name, album.Artist)).ToList();
        Assert.Equal(albums.Select(album => album.Id).Order(), found.Albums.Items.Select(album => album.Id).Order());
        Assert.Equal(
            albums.OrderBy(album => Rank(album.Name)).ThenBy(album => album.SortName, StringComparer.Ordinal)
                .Select(album => (Rank(album.Name), album.SortName)),
            found.Albums.Items.Select(album => (Rank(album.Name), album.SortName)));

        var artists = songs.Select(song => song.ArtistId).Concat(songs.Select(song => song.AlbumArtistId)).Distinct()
            .Select(id => Library.FindArtist(id)!).Where(artist => HasAll(artist.Name)).ToList();
        Assert.Equal(artists.Select(artist => artist.Id).Order(), found.Artists.Items.Select(artist => artist.Id).Order());
        Assert.Equal(
            artists.OrderBy(artist => Rank(artist.Name)).ThenBy(artist => artist.SortName, StringComparer.Ordinal)
                .Select(artist => (Rank(artist.Name), artist.SortName)),
            found.Artists.Items.Select(artist => (Rank(artist.Name), artist.SortName)));

        int ClassOf(string title)
        {
            var folded = SearchText.Fold(title);
            return folded == phrase ? 0
                : folded.StartsWith(" " + words[0], StringComparison.Ordinal) ? 1
                : words.Any(word => Has(word, title)) ? 2 : 3;
        }

        int Rank(string name)
        {
            var folded = SearchText.Fold(name);
            return folded == phrase ? 0 : folded.StartsWith(phrase, StringComparison.Ordinal) ? 1 : 2;
        }
    }

    private static bool Has(string word, params string[] names) =>
        names.Any(name => SearchText.Fold(name).Contains(" " + word, StringComparison.Ordinal));
}
