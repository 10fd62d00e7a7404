using System.Text.Json;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that songs, and the albums, artists and peers that they belong to, are found as users look for them.</summary>
public sealed class FindingSpecs
{
    [NeedsFact("lame")]
    public async Task Songs_are_found_by_fields_in_any_order()
    {
        await using var stage = new Stage();
        var tracker = await StartAsync(stage);

        Assert.Equal(["Early", "Late", "Opening"], await TitlesAsync(stage, tracker, "artist:ann sort:title"));
        Assert.Equal(["Opening"], await TitlesAsync(stage, tracker, "artist:ann year:1990-1999"));
        Assert.Equal(["Early", "Late"], await TitlesAsync(stage, tracker, "album:\"second try\" sort:track"));
        Assert.Equal(["Late", "Early"], await TitlesAsync(stage, tracker, "album:second sort:-track"));
        Assert.Equal(["Annexed"], await TitlesAsync(stage, tracker, "ann peer:bob"));
        Assert.Equal(["Annexed"], await TitlesAsync(stage, tracker, "bitrate:>=192"));
        Assert.Contains("needs a value", await stage.StartGuest(tracker, "list", "artist:").FailsWithAsync(1), StringComparison.Ordinal);
        Assert.Contains("sorted by", await stage.StartGuest(tracker, "list", "sort:mood").FailsWithAsync(1), StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task Albums_artists_and_peers_are_listed_as_lines_and_as_json()
    {
        await using var stage = new Stage();
        var tracker = await StartAsync(stage);

        Assert.Equal(
            ["Ann\t1998\tFirst Steps\t1\t0:01", "Ann\t2003\tSecond Try\t2\t0:02"],
            (await stage.StartGuest(tracker, "albums").ExitsWithAsync(0)).Output.Lines);
        Assert.Equal(["Ann\t2\t3", "Ben\t0\t1"], (await stage.StartGuest(tracker, "artists").ExitsWithAsync(0)).Output.Lines);
        var peers = JsonDocument.Parse((await stage.StartGuest(tracker, "peers", "--json").ExitsWithAsync(0)).Output.Text).RootElement;
        Assert.Equal(
            [("alice", 3), ("bob", 1)],
            peers.EnumerateArray().Select(peer => (peer.GetProperty("name").GetString()!, peer.GetProperty("songs").GetInt32())));
        var albums = JsonDocument.Parse((await stage.StartGuest(tracker, "albums", "second", "--json").ExitsWithAsync(0)).Output.Text).RootElement;
        Assert.Equal(2003, Assert.Single(albums.EnumerateArray()).GetProperty("year").GetInt32());
    }

    [NeedsFact("lame")]
    public async Task Peers_and_the_hosts_of_one_song_show_how_busy_they_are()
    {
        await using var stage = new Stage();
        var tracker = await StartAsync(stage, seconds: 60);
        var console = await stage.StartConsoleAsync(tracker, "carol");
        await console.Process.TypeAsync("queue all artist:ann");
        await console.Process.ReportsAsync("^playing .*Opening");

        var peers = await Catalog.EventuallyAsync(
            () => JsonAsync("peers", "--json"), peers => ActiveStreams(peers[0]) == 1, "alice says that she is sending a stream");
        Assert.Equal(["alice", "bob"], peers.EnumerateArray().Select(peer => peer.GetProperty("name").GetString()));
        Assert.Equal(0, ActiveStreams(peers[1]));
        Assert.True(peers[0].GetProperty("maxStreams").GetInt32() > 1);
        var song = (await JsonAsync("list", "opening", "--json"))[0].GetProperty("id").GetInt32();
        Assert.Equal(1, ActiveStreams((await JsonAsync("info", $"{song}", "--json"))[0].GetProperty("hosts")[0]));
        Assert.Matches(@"alice\t3\t1/\d+\t", string.Join('\n', (await stage.StartGuest(tracker, "peers").ExitsWithAsync(0)).Output.Lines));

        static int ActiveStreams(JsonElement host) => host.GetProperty("activeStreams").GetInt32();

        async Task<JsonElement> JsonAsync(params string[] arguments) =>
            JsonDocument.Parse((await stage.StartGuest(tracker, arguments).ExitsWithAsync(0)).Output.Text).RootElement;
    }

    [NeedsFact("lame")]
    public async Task All_songs_of_an_artist_play_by_year_album_and_track()
    {
        await using var stage = new Stage();
        var tracker = await StartAsync(stage, seconds: 60);
        var console = await stage.StartConsoleAsync(tracker, "carol");

        await console.Process.TypeAsync("queue all artist:ann");
        await console.Process.ReportsAsync("^playing .*Opening");
        var queue = await console.Process.AskAsync("queue", "Early(?s:.*)Late");

        Assert.True(queue.Success);
    }

    [NeedsFact("lame")]
    public async Task All_songs_that_match_and_several_ids_are_saved()
    {
        await using var stage = new Stage();
        var tracker = await StartAsync(stage);
        var console = await stage.StartConsoleAsync(tracker, "carol");
        var (all, some) = (stage.Folder.Folder("all"), stage.Folder.Folder("some"));

        await console.Process.TypeAsync($"save all artist:ann {all}");
        await console.Process.ReportsAsync($"^saving 3 songs to {all}$");
        foreach (var title in (string[])["Early", "Late", "Opening"])
            await console.Process.ReportsAsync($"saved.*Ann - {title}.mp3");
        await console.Process.TypeAsync($"save 1 2 {some}");
        await console.Process.ReportsAsync($"^saving 2 songs to {some}$");
        await console.Process.ReportsAsync("saved.*some/.*.mp3(?s:.*)saved.*some/.*.mp3");

        Assert.Equal(["Ann - Early.mp3", "Ann - Late.mp3", "Ann - Opening.mp3"], Directory.GetFiles(all).Select(Path.GetFileName).Order());
    }

    private static async Task<TrackerProgram> StartAsync(Stage stage, double seconds = 1)
    {
        stage.Share("alice", "1.mp3", await SongAsync(seconds, 330, 128, "Late", "Ann", "Second Try", "2003", "2"));
        stage.Share("alice", "2.mp3", await SongAsync(seconds, 440, 128, "Early", "Ann", "Second Try", "2003", "1"));
        stage.Share("alice", "3.mp3", await SongAsync(seconds, 550, 128, "Opening", "Ann", "First Steps", "1998", "1"));
        stage.Share("bob", "4.mp3", await SongAsync(seconds, 660, 192, "Annexed", "Ben", "", "", ""));
        var tracker = await stage.StartTrackerAsync();
        await Task.WhenAll(stage.StartPeerAsync(tracker, "alice"), stage.StartPeerAsync(tracker, "bob"));
        return tracker;
    }

    private static async Task<byte[]> SongAsync(
        double seconds, int pitch, int bitrate, string title, string artist, string album, string year, string track) =>
        [
            .. TagBytes.Id3v23(("TIT2", title), ("TPE1", artist), ("TALB", album), ("TYER", year), ("TRCK", track)),
            .. await Songs.EncodeAsync(Songs.Wav(pitch, seconds, 44_100, 2), "-b", $"{bitrate}"),
        ];

    private static async Task<IEnumerable<string>> TitlesAsync(Stage stage, TrackerProgram tracker, string query) =>
        (await stage.StartGuest(tracker, "list", query).ExitsWithAsync(0)).Output.Lines.Select(line => line.Split('\t')[1]);
}
