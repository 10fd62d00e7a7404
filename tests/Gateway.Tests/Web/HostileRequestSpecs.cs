using System.Globalization;
using System.Net;
using System.Text;

namespace TspActors.Gateway.Tests.Web;

public sealed class HostileRequestSpecs
{
    [Theory]
    [InlineData("/song/..%2f..%2fetc%2fpasswd")]
    [InlineData("/song/..%2f..%2fetc%2fpasswd.mp3")]
    [InlineData("/song/../../../../etc/passwd")]
    [InlineData("/song/..\\..\\etc\\passwd.mp3")]
    [InlineData("/%2e%2e/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..%252f..%252fetc/passwd")]
    [InlineData("/song/%00.mp3")]
    [InlineData("/song/tr-%00.mp3")]
    [InlineData("/song/%ff%fe.mp3")]
    [InlineData("/song/%zz.mp3")]
    [InlineData("/cover/../devices.json")]
    [InlineData("/cover/..%2f..%2fdevices.json")]
    [InlineData("/cover/%00")]
    [InlineData("/playlist/..%2f..%2fhttp.db.m3u8")]
    [InlineData("/album/%0d%0aSet-Cookie:%20evil=1.m3u8")]
    [InlineData("/page/../devices.json")]
    [InlineData("/devices.json")]
    [InlineData("/http.db")]
    [InlineData("/page/index.html")]
    [InlineData("/api/../devices.json")]
    [InlineData("//etc/passwd")]
    public async Task No_path_leads_to_a_file(string path)
    {
        await using var bench = await GatewayBench.StartAsync([]);
        var cookie = await bench.LogInAsync();
        Assert.InRange(await bench.RawStatusAsync(path, headers: $"Cookie: {cookie}\r\n"), 400, 404);
    }

    [Theory]
    [InlineData("/song/{0}.mp3")]
    [InlineData("/cover/{0}")]
    [InlineData("/album/{0}.m3u8")]
    [InlineData("/api/songs/{0}")]
    public async Task An_id_of_100_000_letters_is_not_found(string path)
    {
        await using var bench = await GatewayBench.StartAsync([]);
        var cookie = await bench.LogInAsync();
        var full = string.Format(CultureInfo.InvariantCulture, path, new string('a', 100_000));
        Assert.Equal(404, await bench.RawStatusAsync(full, headers: $"Cookie: {cookie}\r\n"));
    }

    [Theory]
    [InlineData(500, 200)]
    [InlineData(501, 400)]
    public async Task A_playlist_of_a_search_of_more_than_500_characters_is_refused(int length, int status)
    {
        await using var bench = await GatewayBench.StartAsync([]);
        var cookie = await bench.LogInAsync();
        var path = $"/search.m3u8?q={new string('a', length)}";
        Assert.Equal(status, await bench.RawStatusAsync(path, headers: $"Cookie: {cookie}\r\n"));
    }

    [Theory]
    [InlineData("getSong", "id=")]
    [InlineData("getAlbum", "id=")]
    [InlineData("getArtist", "id=")]
    [InlineData("getCoverArt", "id=")]
    [InlineData("stream", "id=")]
    [InlineData("getPlaylist", "id=")]
    [InlineData("getMusicDirectory", "id=")]
    public async Task A_strange_id_is_an_error_of_the_api(string call, string query)
    {
        await using var bench = await GatewayBench.StartAsync([]);
        foreach (var id in new[] { new string('a', 100_000), "..%2f..%2fetc%2fpasswd", "%00", "tr-", "ca-", "al-%00", "ca-%ff", "-1", "%f0%9f%98%80" })
            Assert.Equal(70, (await bench.JsonAsync(call, query + id)).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("99999999999999999999")]
    [InlineData("1e400")]
    public async Task A_start_time_that_is_not_a_number_or_is_beyond_the_end_is_not_an_error(string time)
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "one", "A", "B")]);
        var id = (await bench.JsonAsync("search3", "query=one")).GetProperty("searchResult3").GetProperty("song")[0].GetProperty("id").GetString();

        Assert.Equal(HttpStatusCode.OK, await bench.StatusAsync(HttpMethod.Head, bench.Call("stream", $"id={id}&timeOffset={time}").ToString()));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("evil.example@127.0.0.1")]
    [InlineData("127.0.0.1/evil")]
    [InlineData("127.0.0.1, evil.example")]
    [InlineData("127.0.0.1\r\nHost: evil.example")]
    [InlineData("xlocalhost")]
    [InlineData("[::1].evil.example")]
    [InlineData("127.0.0.1\0.evil.example")]
    public async Task A_host_name_that_could_be_rebound_is_refused(string host)
    {
        await using var bench = await GatewayBench.StartAsync([]);
        Assert.Contains(await bench.RawStatusAsync("/", host), new[] { 400, 421 });
        Assert.Contains(await bench.RawStatusAsync(bench.Call("ping").ToString().Insert(0, "/"), host), new[] { 400, 421 });
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST.")]
    [InlineData("127.0.0.1:7073")]
    [InlineData("[::1]")]
    [InlineData("192.168.1.5")]
    [InlineData("music.localhost")]
    public async Task Names_of_this_machine_and_addresses_are_served(string host)
    {
        await using var bench = await GatewayBench.StartAsync([]);
        Assert.Equal(200, await bench.RawStatusAsync("/", host));
    }

    [Fact]
    public async Task A_whole_url_of_another_host_in_the_request_is_refused()
    {
        await using var bench = await GatewayBench.StartAsync([]);
        Assert.InRange(await bench.RawStatusAsync("http://evil.example/"), 400, 421);
    }

    [Fact]
    public async Task A_request_line_of_300_KiB_is_refused_and_one_of_200_KiB_is_not()
    {
        await using var bench = await GatewayBench.StartAsync([]);
        Assert.Equal(414, await bench.RawStatusAsync("/" + bench.Call("ping", "x=" + new string('a', 300 << 10))));
        Assert.Equal(200, await bench.RawStatusAsync("/" + bench.Call("ping", "x=" + new string('a', 200 << 10))));
    }

    [Fact]
    public async Task Headers_of_100_KiB_are_refused()
    {
        await using var bench = await GatewayBench.StartAsync([]);
        Assert.Equal(431, await bench.RawStatusAsync("/", headers: $"Cookie: {new string('a', 100 << 10)}\r\n"));
    }

    [Theory]
    [InlineData("x=", 'a')]
    [InlineData("id=tr-1", '&')]
    public async Task A_form_of_more_than_2_MiB_is_refused(string start, char filling)
    {
        await using var bench = await GatewayBench.StartAsync([]);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(bench, "ping", start + new string(filling, 1 << 20)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(bench, "ping", start + new string(filling, 3 << 20)));
    }

    [Fact]
    public async Task A_form_with_an_invalid_character_is_a_bad_request()
    {
        await using var bench = await GatewayBench.StartAsync([]);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(bench, "ping", "name=a%00b"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(bench, "ping", new string('k', 3_000) + "=1"));
    }

    [Fact]
    public async Task A_form_without_a_length_is_cut_off_at_the_same_size()
    {
        await using var bench = await GatewayBench.StartAsync([]);
        var chunk = $"10000\r\n{new string('&', 0x10000)}\r\n";
        var answer = await bench.RawAsync($"POST /{bench.Call("ping")} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
            + string.Concat(Enumerable.Repeat(chunk, 48)) + "0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"key":"\ud800"}""")]
    [InlineData("""{"\udfff":"x"}""")]
    [InlineData("""{"key":"a","key":"b"}""")]
    [InlineData("""{"key":["\ud800"]}""")]
    [InlineData("""{"key":""")]
    [InlineData("[]")]
    public async Task A_body_that_is_not_sound_JSON_is_a_bad_request(string body)
    {
        await using var bench = await GatewayBench.StartAsync([]);

        var status = await bench.StatusAsync(HttpMethod.Post, "api/session", request =>
        {
            request.Headers.Add("X-Tsp", "1");
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        });

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task A_form_of_another_type_is_not_read()
    {
        await using var bench = await GatewayBench.StartAsync([]);
        using var request = new HttpRequestMessage(HttpMethod.Post, bench.Call("ping"));
        request.Content = new MultipartFormDataContent { { new StringContent(new string('x', 1_000)), "name" } };

        using var response = await bench.Http.SendAsync(request);

        Assert.Contains("\"ok\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_value_before_a_real_one_does_not_count()
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "one", "A", "B")]);
        var id = (await bench.JsonAsync("search3", "query=one")).GetProperty("searchResult3").GetProperty("song")[0].GetProperty("id").GetString();

        Assert.Equal("one", (await bench.JsonAsync("getSong", $"id=&id={id}")).GetProperty("song").GetProperty("title").GetString());
    }

    [Fact]
    public async Task Ten_thousand_repeated_ids_are_answered()
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "one", "A", "B")]);
        var id = (await bench.JsonAsync("search3", "query=one")).GetProperty("searchResult3").GetProperty("song")[0].GetProperty("id").GetString();
        var ids = string.Concat(Enumerable.Repeat($"&id={id}", 10_000));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(bench, "savePlayQueue", $"current={id}{ids}"));
        Assert.Equal(10_000, (await bench.JsonAsync("getPlayQueue")).GetProperty("playQueue").GetProperty("entry").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, await PostAsync(bench, "star", ids));
        Assert.Equal(1, (await bench.JsonAsync("getStarred2")).GetProperty("starred2").GetProperty("song").GetArrayLength());
        // In a query, 4,000 ids are less than 256 KiB.
        Assert.Equal("ok", (await bench.JsonAsync("scrobble", string.Concat(Enumerable.Repeat($"&id={id}", 4_000)))).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Texts_that_are_too_long_to_be_ids_are_not_kept()
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "one", "A", "B")]);
        var id = (await bench.JsonAsync("search3", "query=one")).GetProperty("searchResult3").GetProperty("song")[0].GetProperty("id").GetString();
        var (unknown, tooLong) = ($"tr-{new string('a', 60)}", $"tr-{new string('a', 61)}");

        Assert.Equal(HttpStatusCode.OK, await PostAsync(bench, "createPlaylist", $"name=x&songId={id}&songId={tooLong}&songId={unknown}"));
        var playlist = (await bench.JsonAsync("getPlaylists")).GetProperty("playlists").GetProperty("playlist")[0];
        Assert.Equal(2, playlist.GetProperty("songCount").GetInt32());
        var list = $"playlistId={playlist.GetProperty("id").GetString()}";
        Assert.Equal(HttpStatusCode.OK, await PostAsync(bench, "updatePlaylist", $"{list}&songIdToAdd={tooLong}&songIdToAdd={id}"));
        Assert.Equal(
            3, (await bench.JsonAsync("getPlaylists")).GetProperty("playlists").GetProperty("playlist")[0].GetProperty("songCount").GetInt32());
        foreach (var call in new[] { "savePlayQueue", "savePlayQueueByIndex" })
        {
            Assert.Equal(HttpStatusCode.OK, await PostAsync(bench, call, $"id={id}&id={tooLong}&id={id}&current={id}&currentIndex=1"));
            Assert.Equal(2, (await bench.JsonAsync("getPlayQueue")).GetProperty("playQueue").GetProperty("entry").GetArrayLength());
        }
    }

    [Fact]
    public async Task Songs_that_clients_add_at_the_same_time_are_all_in_the_playlist()
    {
        const int clients = 12;
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "one", "A", "B")]);
        var id = (await bench.JsonAsync("createPlaylist", "name=x")).GetProperty("playlist").GetProperty("id").GetString();

        await Task.WhenAll(Enumerable.Range(0, clients).Select(number => bench.JsonAsync("updatePlaylist", $"playlistId={id}&songIdToAdd=tr-{number}")));

        Assert.Equal(clients, (await bench.JsonAsync("getPlaylist", $"id={id}")).GetProperty("playlist").GetProperty("entry").GetArrayLength());
    }

    private static async Task<HttpStatusCode> PostAsync(GatewayBench bench, string call, string form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, bench.Call(call));
        request.Content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
        // The gateway closes the connection of a form that it refuses, so the client waits for its permission before it sends the form.
        request.Headers.ExpectContinue = true;
        using var response = await bench.Http.SendAsync(request);
        return response.StatusCode;
    }
}
