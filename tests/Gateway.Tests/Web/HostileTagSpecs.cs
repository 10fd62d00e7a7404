using System.Net.Http.Headers;
using System.Text.Json;
using System.Xml;
using TspActors.Gateway.Subsonic;

namespace TspActors.Gateway.Tests.Web;

/// <summary>Checks that hostile tags in strangers' songs do no harm in answers.</summary>
public sealed class HostileTagSpecs
{
    private static readonly byte[] Bytes = Media.MediaBench.Bytes(1_000);

    [Fact]
    public async Task Every_answer_of_the_api_can_be_read_as_JSON_and_as_XML()
    {
        await using var bench = await StartAsync();
        var song = (await SongsAsync(bench))[0];
        var parameters = $"id={song.GetProperty("id")}&type=alphabeticalByName&size=500&genre=%5D%5D%3E%3Cx%3E%26amp%3B%3C!--"
            + "&query=%22%22&songCount=500&albumCount=500&artistCount=500&artist=a%00%08%EF%BF%BE&title=%ED%A0%80&name=%00%1B%EF%BF%BF&comment=%0B]]>&rating=3&position=1";
        foreach (var call in SubsonicEndpoints.Names)
        {
            using var json = JsonDocument.Parse(await bench.Http.GetStringAsync(bench.Call(call, parameters)));
            Assert.True(json.RootElement.TryGetProperty("subsonic-response", out _), call);
            foreach (var client in new[] { "", "DSub" })
            {
                var url = bench.Call(call, parameters, "xml").ToString().Replace("c=test", $"c={client}", StringComparison.Ordinal);
                Read(await bench.Http.GetByteArrayAsync(new Uri(url, UriKind.Relative)));
            }
        }
    }

    [Fact]
    public async Task No_shown_text_has_a_control_character_or_changes_the_writing_direction()
    {
        await using var bench = await StartAsync();
        foreach (var text in (await SongsAsync(bench)).SelectMany(song => song.EnumerateObject())
            .Where(field => field.Value.ValueKind == JsonValueKind.String).Select(field => field.Value.GetString()!))
        {
            Assert.DoesNotContain(text, letter => char.IsControl(letter)
                || letter is (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
            Assert.InRange(text.Length, 0, 512);
        }
    }

    [Fact]
    public async Task Names_of_downloads_stay_in_their_header()
    {
        await using var bench = await StartAsync();
        foreach (var song in await SongsAsync(bench))
        {
            using var response = await bench.Http.GetAsync(bench.Call("download", $"id={song.GetProperty("id")}"));
            Assert.Equal(Bytes, await response.Content.ReadAsByteArrayAsync());
            Assert.False(response.Headers.Contains("Set-Cookie"));
            var disposition = Assert.IsType<ContentDispositionHeaderValue>(response.Content.Headers.ContentDisposition);
            Assert.Equal(["filename", "filename*"], disposition.Parameters.Select(parameter => parameter.Name));
            Assert.All(new[] { disposition.FileName!.Trim('"'), disposition.FileNameStar! }, name =>
            {
                Assert.EndsWith(".mp3", name, StringComparison.Ordinal);
                Assert.DoesNotContain(name, letter => char.IsControl(letter) || letter is '/' or '\\' or '"' or ':');
            });
        }
    }

    [Theory]
    [InlineData("all.m3u8")]
    [InlineData("all.m3u")]
    [InlineData("search.m3u8?q=a")]
    public async Task Every_line_of_a_playlist_is_a_comment_or_a_song_of_the_gateway(string path)
    {
        await using var bench = await StartAsync();
        foreach (var line in (await bench.PlainAsync(path)).Split('\n').Where(line => line.Length > 0))
            Assert.True(line.StartsWith("#EXT", StringComparison.Ordinal) || line.StartsWith("#PLAYLIST:", StringComparison.Ordinal)
                || line.StartsWith($"{bench.Url}song/tr-", StringComparison.Ordinal), line);
    }

    [Fact]
    public async Task Every_line_of_a_pls_playlist_is_a_known_key()
    {
        await using var bench = await StartAsync();
        var lines = (await bench.PlainAsync("all.pls")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(
            @"^(\[playlist\]|File\d+=http://127\.0\.0\.1:\d+/song/tr-\S+|Title\d+=.*|Length\d+=-?\d+|NumberOfEntries=\d+|Version=2)$", line));
    }

    [Fact]
    public async Task A_playlist_named_by_a_client_adds_no_line()
    {
        await using var bench = await StartAsync();
        var song = (await SongsAsync(bench))[0].GetProperty("id");
        var made = await bench.JsonAsync("createPlaylist", $"name=a%0D%0Ahttp://evil.example/%0A&songId={song}");
        var text = await bench.PlainAsync($"playlist/{made.GetProperty("playlist").GetProperty("id")}.m3u8");
        Assert.Single(text.Split('\n'), line => line.Length > 0 && line[0] != '#');
        Assert.DoesNotContain("\nhttp://evil", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_name_that_is_code_is_refused()
    {
        await using var bench = await StartAsync();
        foreach (var name in new[] { "alert(1)//", "a;b", "<script>", "a%0Ab", "a\u00e9" })
        {
            var text = await bench.Http.GetStringAsync(bench.Call("ping", $"callback={name}", "jsonp"));
            Assert.StartsWith("{", text, StringComparison.Ordinal);
        }
    }

    private static Task<GatewayBench> StartAsync() => GatewayBench.StartAsync(
        MadeUpSongs.Hostile(Bytes.Length), new GatewaySettings { Library = new GatewayLibrarySettings { AllEncodings = true } }, Bytes);

    private static async Task<IReadOnlyList<JsonElement>> SongsAsync(GatewayBench bench)
    {
        var found = await bench.JsonAsync("search3", "query=%22%22&songCount=500&artistCount=500&albumCount=500");
        var songs = found.GetProperty("searchResult3").GetProperty("song").EnumerateArray()
            .Where(song => song.GetProperty("size").GetInt64() > 0).ToList();
        Assert.Equal(2 * MadeUpSongs.HostileTexts.Count, songs.Count);
        return songs;
    }

    private static void Read(byte[] document)
    {
        using var reader = XmlReader.Create(new MemoryStream(document), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        while (reader.Read())
        {
            // Reading is the test: an illegal character throws.
        }
    }
}
