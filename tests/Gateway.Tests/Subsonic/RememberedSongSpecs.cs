using System.Text.Json;
using TspActors.Gateway.Tests.Web;

namespace TspActors.Gateway.Tests.Subsonic;

/// <summary>Checks what the API remembers of songs that are gone, and what it keeps in order.</summary>
public sealed class RememberedSongSpecs
{
    [Fact]
    public async Task A_client_that_reorders_a_playlist_keeps_the_titles_of_songs_that_are_gone()
    {
        var settings = new GatewaySettings { Library = new GatewayLibrarySettings { AwayGrace = TimeSpan.Zero, MaxAway = 0 } };
        await using var bench = await GatewayBench.StartAsync(
            [MadeUpSongs.Of(1, "one", "A", "B"), MadeUpSongs.Of(2, "two", "A", "B")], settings);
        var (one, two) = (await IdOfAsync(bench, "one"), await IdOfAsync(bench, "two"));
        var list = (await bench.JsonAsync("createPlaylist", $"name=x&songId={one}&songId={two}")).GetProperty("playlist").GetProperty("id").GetString();
        bench.Change([], [1]);
        await ForgottenAsync(bench, one);

        var changed = await bench.JsonAsync("createPlaylist", $"playlistId={list}&songId={two}&songId={one}");
        Assert.Equal(["two", "one"], Titles(changed));
        await bench.JsonAsync("updatePlaylist", $"playlistId={list}&songIdToAdd={one}");
        Assert.Equal(["two", "one", "one"], Titles(await bench.JsonAsync("getPlaylist", $"id={list}")));

        var gone = changed.GetProperty("playlist").GetProperty("entry")[1];
        Assert.All(new[] { "genres", "artists", "albumArtists", "contributors", "moods", "isrc" }, name =>
            Assert.Equal(JsonValueKind.Array, gone.GetProperty(name).ValueKind));
    }

    [Fact]
    public async Task The_top_song_of_an_artist_is_the_one_that_is_played_most_whenever_it_was_first_seen()
    {
        await using var bench = await GatewayBench.StartAsync([.. Enumerable.Range(1, 20).Select(number => MadeUpSongs.Of(number, $"song {number}", "A", "B"))]);
        await bench.JsonAsync("scrobble", $"id={await IdOfAsync(bench, "song 17")}");

        var top = (await bench.JsonAsync("getTopSongs", "artist=A&count=1")).GetProperty("topSongs").GetProperty("song");

        Assert.Equal("song 17", Assert.Single(top.EnumerateArray()).GetProperty("title").GetString());
    }

    [Fact]
    public async Task Artists_that_appear_within_the_second_of_an_answer_are_in_the_next_one()
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "one", "Ana", "B")]);
        for (var number = 2; number < 6; number++)
        {
            var modified = (await bench.JsonAsync("getIndexes")).GetProperty("indexes").GetProperty("lastModified").GetInt64();
            bench.Change([MadeUpSongs.Of(number, "two", $"Ben {number}", "B")], []);
            while (await bench.SongCountAsync() < number)
            {
            }

            var indexes = (await bench.JsonAsync("getIndexes", $"ifModifiedSince={modified}")).GetProperty("indexes");
            Assert.Contains($"Ben {number}", indexes.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stars_of_what_was_never_known_are_not_kept()
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "one", "A", "B")], new GatewaySettings
        {
            Limits = new GatewayLimits { MaxMarks = 1 },
        });

        Assert.Equal("ok", (await bench.JsonAsync("star", "id=tr-x&id=tr-y&albumId=al-z")).GetProperty("status").GetString());
        await bench.JsonAsync("star", $"id={await IdOfAsync(bench, "one")}");

        Assert.Equal(1, (await bench.JsonAsync("getStarred2")).GetProperty("starred2").GetProperty("song").GetArrayLength());
    }

    private static async Task<string> IdOfAsync(GatewayBench bench, string title) =>
        (await bench.JsonAsync("search3", $"query={Uri.EscapeDataString($"\"{title}\"")}&songCount=100")).GetProperty("searchResult3").GetProperty("song")
            .EnumerateArray().First(song => song.GetProperty("title").GetString() == title).GetProperty("id").GetString()!;

    private static async Task ForgottenAsync(GatewayBench bench, string id)
    {
        using var deadline = new CancellationTokenSource(GatewayBench.Patience);
        while ((await bench.JsonAsync("getSong", $"id={id}")).GetProperty("status").GetString() == "ok")
        {
            // The songs that left are looked through at the next change.
            bench.Change([MadeUpSongs.Of(2, "two", "A", "B")], []);
            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    private static IEnumerable<string?> Titles(JsonElement answer) =>
        answer.GetProperty("playlist").GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("title").GetString());
}
