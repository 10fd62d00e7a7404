using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using TspActors.Gateway.Swarm;
using TspActors.Gateway.Tests.Web;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Live;

/// <summary>Checks live feeds over real HTTP, with a feed that the test controls.</summary>
public sealed class LiveHttpSpecs
{
    private const string Name = "Ana's radio – чай";

    // The song shows when the catalog has arrived.
    private static readonly IReadOnlyList<Song> Catalog = [FakeRadio.Feed, MadeUpSongs.Of(1, "Song", "Artist", "Album")];

    [Fact]
    public async Task A_feed_is_not_a_song_but_a_station_and_its_URL_needs_no_other_credentials()
    {
        var radio = new FakeRadio();
        await using var bench = await GatewayBench.StartAsync(Catalog, radio: radio);
        Assert.Equal(1, await bench.SongCountAsync());

        var station = await StationAsync(bench);
        Assert.Equal(Name, station.GetProperty("name").GetString());
        Assert.Equal(bench.Url.ToString(), station.GetProperty("homePageUrl").GetString());
        Assert.Matches("^st-[a-z2-7]{26}$", station.GetProperty("id").GetString());
        var url = station.GetProperty("streamUrl").GetString()!;
        Assert.StartsWith(bench.Url.ToString(), url, StringComparison.Ordinal);

        using var response = await bench.Http.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead).After(radio, Chunk(1));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        var xml = XDocument.Parse(await bench.Http.GetStringAsync(bench.Call("getInternetRadioStations", format: "xml")));
        var element = xml.Root!.Elements().Single().Elements().Single();
        Assert.Equal("internetRadioStation", element.Name.LocalName);
        Assert.Equal(["id", "name", "streamUrl", "homePageUrl"], element.Attributes().Select(attribute => attribute.Name.LocalName));
    }

    [Theory]
    [InlineData("createInternetRadioStation")]
    [InlineData("updateInternetRadioStation")]
    [InlineData("deleteInternetRadioStation")]
    public async Task Nobody_can_change_stations(string call)
    {
        await using var bench = await GatewayBench.StartAsync(Catalog);
        var answer = await bench.JsonAsync(call, "id=st-1&name=a&streamUrl=http://a/");
        Assert.Equal(50, answer.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Players_load_the_feeds_as_a_list_of_URLs()
    {
        await using var bench = await GatewayBench.StartAsync(Catalog);
        var id = (await StationAsync(bench)).GetProperty("id").GetString();
        var list = await bench.PlainAsync("live.m3u8");
        Assert.Matches($@"^#EXTM3U\n#PLAYLIST:Live feeds\n#EXTINF:-1,{Name}\n{bench.Url}live/{id}\.mp3\?k=\S+\n$", list);
        Assert.Matches(@"Length1=-1\nNumberOfEntries=1\n", await bench.PlainAsync("live.pls"));
    }

    [Fact]
    public async Task The_headers_are_those_of_a_radio_station_and_HEAD_does_not_join()
    {
        var radio = new FakeRadio();
        await using var bench = await GatewayBench.StartAsync(Catalog, radio: radio);
        var path = await PathAsync(bench);
        using var head = new HttpRequestMessage(HttpMethod.Head, path);
        using var first = await bench.Http.SendAsync(head);
        AssertHeaders(first);
        Assert.False(first.Headers.Contains("icy-metaint"));
        Assert.Equal(0, radio.Joins);

        using var get = new HttpRequestMessage(HttpMethod.Get, path);
        get.Headers.Range = new RangeHeaderValue(0, 99);
        get.Headers.Add("Icy-MetaData", "1");
        using var second = await bench.Http.SendAsync(get, HttpCompletionOption.ResponseHeadersRead).After(radio, Chunk(1));
        AssertHeaders(second);
        Assert.Equal("16000", second.Headers.GetValues("icy-metaint").Single());

        void AssertHeaders(HttpResponseMessage response)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("audio/mpeg", response.Content.Headers.ContentType!.MediaType);
            Assert.Null(response.Content.Headers.ContentLength);
            Assert.Equal("none", response.Headers.AcceptRanges.Single());
            Assert.True(response.Headers.CacheControl!.NoStore);
            Assert.Equal(
                ["ambient", "128", bench.Url.ToString(), "0"], new[] { "icy-genre", "icy-br", "icy-url", "icy-pub" }.Select(Header));

            string Header(string name) => response.Headers.GetValues(name).Single();
        }
    }

    [Fact]
    public async Task The_name_in_the_headers_is_UTF_8()
    {
        await using var bench = await GatewayBench.StartAsync(Catalog);
        var path = await PathAsync(bench);
        var answer = await bench.RawAsync($"HEAD /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        Assert.Contains($"icy-name: {Name}\r\n", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(answer)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_genres_of_strangers_break_no_header_list_or_answer()
    {
        var feeds = MadeUpSongs.HostileTexts.Index().Select(entry =>
        {
            var feed = FakeRadio.FeedOf(100 + entry.Index, entry.Item);
            feed.Tags.Genre = entry.Item;
            return feed;
        });
        await using var bench = await GatewayBench.StartAsync([.. feeds, MadeUpSongs.Of(1, "Song", "Artist", "Album")]);
        var stations = (await bench.JsonAsync("getInternetRadioStations")).GetProperty("internetRadioStations")
            .GetProperty("internetRadioStation").EnumerateArray().ToList();
        Assert.Equal(MadeUpSongs.HostileTexts.Count, stations.Count);
        XDocument.Parse(await bench.Http.GetStringAsync(bench.Call("getInternetRadioStations", format: "xml")));
        var list = (await bench.PlainAsync("live.m3u8")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2 + 2 * stations.Count, list.Length);
        foreach (var station in stations)
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, new Uri(station.GetProperty("streamUrl").GetString()!));
            using var response = await bench.Http.SendAsync(head);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.NotEmpty(response.Headers.GetValues("icy-name"));
            Assert.False(response.Headers.Contains("Set-Cookie"));
        }
    }

    [Fact]
    public async Task Titles_come_between_the_sound_once_each_and_the_sound_is_unchanged()
    {
        var radio = new FakeRadio();
        await using var bench = await GatewayBench.StartAsync(Catalog, radio: radio);
        using var get = new HttpRequestMessage(HttpMethod.Get, await PathAsync(bench));
        get.Headers.Add("Icy-MetaData", "1");
        using var response = await bench.Http.SendAsync(get, HttpCompletionOption.ResponseHeadersRead).After(radio, Chunk(0), "Ana - Dos");
        for (var number = 1; number < 10; number++)
            radio.Send(Chunk(number), number < 5 ? "Ana - Dos" : "Ana - Tres");
        radio.End();
        var bytes = await response.Content.ReadAsByteArrayAsync();

        var (sound, titles) = Split(bytes);
        Assert.Equal([.. Enumerable.Range(0, 10).SelectMany(number => Chunk(number).ToArray())], sound);
        // After 16,000, 32,000 and 48,000 bytes; the second title begins at 25,000.
        Assert.Equal(["StreamTitle='Ana - Dos';", "StreamTitle='Ana - Tres';", ""], titles);
    }

    [Fact]
    public async Task A_feed_that_its_hosts_fail_to_send_ends_with_a_broken_connection()
    {
        var radio = new FakeRadio();
        await using var bench = await GatewayBench.StartAsync(Catalog, radio: radio);
        var path = await PathAsync(bench);
        using var response = await bench.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead).After(radio, Chunk(1));
        radio.End(new FetchFault(FetchFaultKind.HostsFailed, "no host could send it"));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task All_listeners_share_one_upstream_and_a_new_one_begins_with_what_was_just_heard()
    {
        var radio = new FakeRadio();
        await using var bench = await GatewayBench.StartAsync(Catalog, radio: radio);
        var path = await PathAsync(bench);
        using var first = await bench.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead).After(radio, Chunk(1));
        using var second = await bench.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        radio.Send(Chunk(2));
        radio.End();
        byte[] expected = [.. Chunk(1).Span, .. Chunk(2).Span];
        Assert.Equal(expected, await first.Content.ReadAsByteArrayAsync());
        Assert.Equal(expected, await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, radio.Joins);
    }

    [Fact]
    public async Task A_listener_that_reads_nothing_loses_whole_chunks_and_nobody_waits_for_it()
    {
        const int sent = 4_000;
        var radio = new FakeRadio();
        await using var bench = await GatewayBench.StartAsync(Catalog, radio: radio);
        var path = await PathAsync(bench);
        using var slow = await bench.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead).After(radio, Chunk(0));
        using var quick = await bench.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        await using var sound = await quick.Content.ReadAsStreamAsync();
        var chunk = new byte[ChunkBytes];
        using var deadline = new CancellationTokenSource(GatewayBench.Patience);
        await sound.ReadExactlyAsync(chunk, deadline.Token);
        for (var number = 1; number < sent; number++)
        {
            radio.Send(Chunk(number));
            await sound.ReadExactlyAsync(chunk, deadline.Token);
            Assert.Equal(number, NumberOf(chunk));
        }

        radio.End();
        var late = await slow.Content.ReadAsByteArrayAsync(deadline.Token);
        Assert.Equal(0, late.Length % ChunkBytes);
        var numbers = late.Chunk(ChunkBytes).Select(each => NumberOf(each)).ToList();
        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.Equal(sent - 1, numbers[^1]);
        Assert.True(numbers.Count < sent, "the listener has lost nothing");
    }

    [Fact]
    public async Task Only_callers_with_a_key_are_admitted_and_a_media_token_is_enough()
    {
        await using var bench = await GatewayBench.StartAsync(Catalog);
        var path = (await PathAsync(bench)).ToString();
        Assert.Equal(HttpStatusCode.OK, await bench.StatusAsync(HttpMethod.Head, path));
        Assert.Equal(HttpStatusCode.Unauthorized, await bench.StatusAsync(HttpMethod.Head, path.Split('?')[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, await bench.StatusAsync(HttpMethod.Get, path[..^1]));
        var plain = path.Split('?')[0];
        var credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"tsp:{bench.Key}"));
        Assert.Equal(HttpStatusCode.OK, await bench.StatusAsync(
            HttpMethod.Head, plain, request => request.Headers.Authorization = new("Basic", credentials)));
        var cookie = await bench.LogInAsync();
        Assert.Equal(HttpStatusCode.OK, await bench.StatusAsync(
            HttpMethod.Head, plain, request => request.Headers.Add("Cookie", cookie)));
    }

    [Fact]
    public async Task A_feed_that_cannot_be_received_is_an_error_with_the_reason()
    {
        var radio = new FakeRadio { Refusal = new FetchFault(FetchFaultKind.NoHost, "no host is online") };
        await using var bench = await GatewayBench.StartAsync(Catalog, radio: radio);
        using var response = await bench.Http.GetAsync(await PathAsync(bench));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("no host is online\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_number_of_listeners_of_a_device_is_limited()
    {
        var radio = new FakeRadio();
        var settings = new GatewaySettings { Media = new GatewayMediaSettings { MaxStreamsPerDevice = 1 } };
        await using var bench = await GatewayBench.StartAsync(Catalog, settings, radio: radio);
        var path = await PathAsync(bench);
        using var first = await bench.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead).After(radio, Chunk(1));
        using var second = await bench.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
    }

    [Fact]
    public async Task A_feed_without_a_host_is_not_found()
    {
        await using var bench = await GatewayBench.StartAsync(Catalog);
        var path = (await PathAsync(bench)).ToString();
        bench.Change([], [FakeRadio.Feed.Id]);
        using var deadline = new CancellationTokenSource(GatewayBench.Patience);
        while (await bench.StatusAsync(HttpMethod.Head, path) != HttpStatusCode.NotFound)
            deadline.Token.ThrowIfCancellationRequested();
    }

    private const int ChunkBytes = 5_000;

    private static ReadOnlyMemory<byte> Chunk(int number)
    {
        var chunk = new byte[ChunkBytes];
        BinaryPrimitives.WriteInt32BigEndian(chunk, number);
        return chunk;
    }

    private static int NumberOf(byte[] chunk) => BinaryPrimitives.ReadInt32BigEndian(chunk);

    private static async Task<JsonElement> StationAsync(GatewayBench bench) => (await bench.JsonAsync("getInternetRadioStations"))
        .GetProperty("internetRadioStations").GetProperty("internetRadioStation").EnumerateArray().Single();

    // The path with the token, relative to the root.
    private static async Task<Uri> PathAsync(GatewayBench bench) => new(
        (await StationAsync(bench)).GetProperty("streamUrl").GetString()![bench.Url.ToString().Length..], UriKind.Relative);

    private static (byte[] Sound, List<string> Titles) Split(byte[] bytes)
    {
        const int interval = 16_000;
        var (sound, titles) = (new List<byte>(), new List<string>());
        var at = 0;
        while (bytes.Length - at > interval)
        {
            sound.AddRange(bytes[at..(at + interval)]);
            at += interval;
            var length = 16 * bytes[at];
            titles.Add(Encoding.UTF8.GetString(bytes, at + 1, length).TrimEnd('\0'));
            at += 1 + length;
        }

        sound.AddRange(bytes[at..]);
        return ([.. sound], titles);
    }
}

/// <summary>Lets a request wait for a chunk that is sent when the gateway has joined.</summary>
internal static class RadioRequest
{
    public static async Task<HttpResponseMessage> After(
        this Task<HttpResponseMessage> request, FakeRadio radio, ReadOnlyMemory<byte> chunk, string title = "")
    {
        await radio.Joined.WaitAsync(GatewayBench.Patience);
        radio.Send(chunk, title);
        return await request.WaitAsync(GatewayBench.Patience);
    }
}
