using TspActors.Media.Folders;
using TspActors.Peer.Library;
using TspActors.Peer.Live;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Live.Stations;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Live.Stations;

/// <summary>Checks which songs a selection contains.</summary>
public sealed class SelectionSpecs : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly OwnSongs _songs;

    public SelectionSpecs()
    {
        Directory.CreateDirectory(_folder.In("Vinyl"));
        Directory.CreateDirectory(_folder.In("Vinyl 2"));
        _songs = Songs.Library(
            Songs.Song(1, "Björk", "Jóga", "Homogenic", _folder.In("Vinyl", "b.mp3")),
            Songs.Song(2, "Nick Cave", "Into My Arms", "The Boatman's Call", _folder.In("Vinyl", "a.mp3")),
            Songs.Song(3, "Nick Drake", "Pink Moon", "Pink Moon", _folder.In("Vinyl 2", "c.mp3")),
            Songs.Song(4, "", "Arms race", "", _folder.In("d.mp3")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_empty_selection_means_all_songs_in_the_order_of_their_paths() => Assert.Equal([3, 2, 1, 4], Select(""));

    [Theory]
    [InlineData("Vinyl", new[] { 2, 1 })]
    [InlineData("Vinyl/", new[] { 2, 1 })]
    [InlineData("Vinyl 2", new[] { 3 })]
    [InlineData("./Vinyl/../Vinyl 2/", new[] { 3 })]
    [InlineData("Gone/", new int[0])]
    [InlineData("/", new[] { 3, 2, 1, 4 })]
    [InlineData("attic", new[] { 3, 2, 1, 4 })]
    public void A_folder_means_the_songs_below_it(string text, int[] ids) => Assert.Equal(ids, Select(text));

    [Fact]
    public void A_folder_can_be_absolute() => Assert.Equal([2, 1], Select(_folder.In("Vinyl")));

    [Theory]
    [InlineData("3, 1 99,3", new[] { 3, 1 })]
    [InlineData("2", new[] { 2 })]
    public void Ids_mean_the_songs_with_these_ids_in_the_given_order(string text, int[] ids) => Assert.Equal(ids, Select(text));

    [Theory]
    [InlineData("bjork", new[] { 1 })]
    [InlineData("NICK moon", new[] { 3 })]
    [InlineData("boatmans", new[] { 2 })]
    [InlineData("arm", new[] { 2, 4 })]
    [InlineData("rms", new int[0])]
    [InlineData("joga 7", new int[0])]
    public void Other_words_are_a_search_over_title_artist_and_album(string text, int[] ids) => Assert.Equal(ids, Select(text));

    [Theory]
    [InlineData("list.m3u8")]
    [InlineData("LIST.M3U")]
    public void A_playlist_means_its_songs_in_its_order(string name)
    {
        File.WriteAllText(_folder.In(name), $"""
            #EXTM3U
            #EXTINF:1,x
            d.mp3
            https://example.com/song.mp3
            {new Uri(_folder.In("Vinyl 2", "c.mp3")).AbsoluteUri}
            ../{Path.GetFileName(_folder.Path)}/Vinyl/b.mp3
            {_folder.In("Vinyl", "a.mp3")}
            gone.mp3
            d.mp3
            bad{'\0'}name
            """);

        Assert.Equal([4, 3, 1, 2], Select(name));
        Assert.Equal([4, 3, 1, 2], Select(_folder.In(name)));
    }

    [Fact]
    public void A_playlist_in_an_old_encoding_is_read_correctly()
    {
        var song = Songs.Song(9, path: _folder.In("Jóga.mp3"));
        File.WriteAllBytes(_folder.In("a.m3u"), System.Text.Encoding.Latin1.GetBytes("Jóga.mp3\r\n"));

        Assert.Equal([9], new Selection("a.m3u", Roots).SelectFrom(Songs.Library(song)).Select(found => found.Id));
    }

    [Fact]
    public void A_playlist_is_read_up_to_its_hundred_thousandth_line()
    {
        var lines = Enumerable.Repeat("#", PlaylistFile.MaxLines - 1);
        File.WriteAllLines(_folder.In("a.m3u"), [.. lines, "d.mp3", "Vinyl/a.mp3"]);

        Assert.Equal([4], Select("a.m3u"));
    }

    [Fact]
    public void A_missing_playlist_means_no_songs() => Assert.Empty(Select("gone.m3u"));

    [Fact]
    public void A_playlist_that_is_a_pipe_means_no_songs()
    {
        if (OperatingSystem.IsWindows())
            return;
        System.Diagnostics.Process.Start("mkfifo", [_folder.In("pipe.m3u")]).WaitForExit();

        Assert.Empty(Select("pipe.m3u"));
    }

    [Fact]
    public void Songs_are_chosen_again_only_when_the_library_or_the_playlist_has_changed()
    {
        File.WriteAllText(_folder.In("a.m3u"), "d.mp3");
        var cell = new OwnSongsCell { Current = _songs };
        var library = new StationLibrary(new FeedSettings("Radio", new FeedSource.Station("a.m3u")), cell, Roots);
        Assert.Equal([4], Ids(library.Choose()));
        Assert.Null(library.Choose());

        File.WriteAllText(_folder.In("a.m3u"), "d.mp3\nVinyl/a.mp3");
        Assert.Equal([4, 2], Ids(library.Choose()));
        Assert.Null(library.Choose());

        cell.Current = Songs.Library(_songs.Find(2)!);
        Assert.Equal([2], Ids(library.Choose()));
    }

    [Fact]
    public void Jingles_are_not_among_the_songs_of_the_station()
    {
        var feed = new FeedSettings("Radio", new FeedSource.Station("")) { Jingles = "Vinyl" };
        var chosen = new StationLibrary(feed, new OwnSongsCell { Current = _songs }, Roots).Choose();

        Assert.Equal([3, 4], Ids(chosen));
        Assert.Equal([2, 1], chosen!.Jingles.Select(jingle => jingle.Song.Id));
    }

    private IReadOnlyList<MusicRoot> Roots => [new("/nowhere"), new(_folder.Path, "attic")];

    private IReadOnlyList<int> Select(string text) => [.. new Selection(text, Roots).SelectFrom(_songs).Select(song => song.Id)];

    private static IEnumerable<int> Ids(StationSongs? chosen) => chosen!.Songs.Select(song => song.Song.Id);
}
