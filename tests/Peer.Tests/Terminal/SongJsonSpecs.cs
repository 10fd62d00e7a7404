using System.Globalization;
using System.Net;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using Google.Protobuf;
using TspActors.Peer.Reaching;
using TspActors.Peer.Terminal;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks that an independent parser can read songs that were written as JSON.</summary>
public sealed class SongJsonSpecs
{
    private static readonly string[] Fields =
    [
        "id", "title", "artist", "album", "albumArtist", "track", "disc", "year", "genre", "durationMs", "bitrate", "vbr", "sampleRate", "channels",
        "payloadBytes", "hash", "live", "hosts",
    ];

    [Fact]
    public async Task A_song_has_exactly_the_documented_fields()
    {
        var hash = Enumerable.Range(0, 32).Select(i => (byte)(i * 8)).ToArray();
        var peer = Enumerable.Range(0, 16).Select(i => (byte)(255 - i)).ToArray();
        var song = new Song
        {
            Id = 7,
            ContentHash = ByteString.CopyFrom(hash),
            Tags = new SongTags
            {
                Title = "Sal y canela",
                Artist = "Bob",
                Album = "Torero",
                AlbumArtist = "x",
                Track = 3,
                Disc = 1,
                Year = 2024,
                Genre = "Waltz"
            },
            Format = new AudioFormat
            {
                DurationMs = 61_000,
                BitrateBps = 128_000,
                Vbr = true,
                SampleRateHz = 44_100,
                Channels = 2,
                PayloadBytes = 976_000
            },
            Hosts = { new Host { PeerId = ByteString.CopyFrom(peer), Name = "bob", Address = "10.0.0.2", Port = 7071, Reachable = true } },
        };

        var json = Assert.Single((await Write(song)).EnumerateArray());

        Assert.Equal(Fields, json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(7, json.GetProperty("id").GetInt32());
        Assert.Equal("Sal y canela", json.GetProperty("title").GetString());
        Assert.Equal("x", json.GetProperty("albumArtist").GetString());
        Assert.Equal(1, json.GetProperty("disc").GetInt32());
        Assert.Equal(61_000, json.GetProperty("durationMs").GetInt32());
        Assert.Equal(128_000, json.GetProperty("bitrate").GetInt32());
        Assert.True(json.GetProperty("vbr").GetBoolean());
        Assert.Equal(976_000, json.GetProperty("payloadBytes").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(hash), json.GetProperty("hash").GetString());
        Assert.False(json.GetProperty("live").GetBoolean());
        var host = Assert.Single(json.GetProperty("hosts").EnumerateArray());
        Assert.Equal(["peer", "name", "address", "port", "reachable", "secure", "callable", "activeStreams", "maxStreams"], host.EnumerateObject().Select(field => field.Name));
        Assert.Equal(Convert.ToHexStringLower(peer), host.GetProperty("peer").GetString());
        Assert.Equal(7071, host.GetProperty("port").GetInt32());
        Assert.True(host.GetProperty("reachable").GetBoolean());
    }

    [Fact]
    public async Task A_song_without_any_data_has_the_same_fields() =>
        Assert.Equal(Fields, Assert.Single((await Write(new Song())).EnumerateArray()).EnumerateObject().Select(field => field.Name));

    [Fact]
    public async Task ReplayGain_is_an_object_with_the_known_values()
    {
        var format = new AudioFormat { TrackGainCdb = -654, TrackPeakPpm = 988_553, AlbumGainCdb = 0, AlbumPeakPpm = 99_000_000 };
        var song = new Song { Format = format };

        var gain = (await Write(song)).EnumerateArray().Single().GetProperty("replayGain");

        Assert.Equal(["trackGain", "trackPeak", "albumGain"], gain.EnumerateObject().Select(field => field.Name));
        Assert.Equal(-6.54, gain.GetProperty("trackGain").GetDouble());
        Assert.Equal(0.988553, gain.GetProperty("trackPeak").GetDouble());
        Assert.Equal(0, gain.GetProperty("albumGain").GetDouble());
        Assert.Equal(
            [("loudness", "track -6.54 dB (peak 0.99), album 0.00 dB")], SongText.Details(song).Where(detail => detail.Name == "loudness"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_that_info_shows_about_a_song_can_be_read_from_its_JSON(bool isLive)
    {
        var song = new Song
        {
            Id = 7,
            Live = isLive,
            ContentHash = ByteString.CopyFrom([.. Enumerable.Range(1, 32).Select(i => (byte)i)]),
            Tags = new SongTags
            {
                Title = "Sal y canela",
                Artist = "Bob",
                Album = "Torero",
                AlbumArtist = "The Band",
                Track = 3,
                Disc = 2,
                Year = 2024,
                Genre = "Waltz",
                NowPlaying = "Paper Lanterns"
            },
            Format = new AudioFormat
            {
                DurationMs = 61_000,
                BitrateBps = 128_500,
                Vbr = true,
                SampleRateHz = 44_100,
                Channels = 2,
                PayloadBytes = 976_000,
                TrackGainCdb = -654,
                TrackPeakPpm = 988_553,
                AlbumGainCdb = 125,
                AlbumPeakPpm = 1_000_000
            },
            Hosts =
            {
                Host(1, isReachable: true), Host(2), Host(3, isCallable: true), Host(4), Host(5),
            },
        };
        List<HostRoute> routes =
        [
            new(song.Hosts[3], new HostWay.Local(new IPEndPoint(IPAddress.Parse("192.168.1.4"), 7071))),
            .. song.Hosts.Take(4).Select(host => new HostRoute(host)),
            new(song.Hosts[4], HostWay.Relayed.Instance),
        ];

        var output = new MemoryStream();
        await SongJson.WriteAsync(output, new[] { song }.ToAsyncEnumerable(), routes: routes);

        var details = SongText.Details(song, routes).ToList();
        Assert.All(details, detail => Assert.NotEmpty(detail.Value));
        Assert.Equal(DetailsFrom(JsonDocument.Parse(output.ToArray()).RootElement[0]), details);
    }

    [Fact]
    public async Task No_songs_yield_an_empty_array() => Assert.Empty((await Write()).EnumerateArray());

    [Property]
    public void The_visible_characters_of_any_tags_are_read_back(NonNull<string> title, NonNull<string> artist)
    {
        var (name, by) = (string.Concat(title.Get.EnumerateRunes()), string.Concat(artist.Get.EnumerateRunes()));

        var json = Write(new Song { Tags = new SongTags { Title = name, Artist = by } }).GetAwaiter().GetResult().EnumerateArray().Single();

        Assert.Equal(VisibleText.Clean(name), json.GetProperty("title").GetString());
        Assert.Equal(VisibleText.Clean(by), json.GetProperty("artist").GetString());
    }

    [Fact]
    public async Task Invisible_and_direction_changing_characters_are_removed_from_all_text()
    {
        const string Evil = "a\u200B\u202Eb\u2066\u0007\u009B\uFEFF\u200F";
        var song = new Song
        {
            Tags = new SongTags { Title = Evil, Artist = Evil, Album = Evil, Genre = Evil },
            Hosts = { new Host { Name = Evil, Address = Evil } },
        };

        var json = (await Write(song)).EnumerateArray().Single();

        Assert.All(["title", "artist", "album", "genre"], name => Assert.Equal("ab", json.GetProperty(name).GetString()));
        var host = json.GetProperty("hosts").EnumerateArray().Single();
        Assert.All(["name", "address"], name => Assert.Equal("ab", host.GetProperty(name).GetString()));
    }

    [Fact]
    public async Task Many_songs_are_written_completely() =>
        Assert.Equal(5_000, (await Write([.. Enumerable.Range(1, 5_000).Select(id => new Song { Id = id })])).GetArrayLength());

    // Builds what info shows, from the JSON alone.
    private static IEnumerable<(string Name, string Value)> DetailsFrom(JsonElement json)
    {
        var isLive = json.GetProperty("live").GetBoolean();
        var gain = json.GetProperty("replayGain");
        yield return ("id", Text("id"));
        yield return ("title", Text("title"));
        yield return ("artist", Text("artist"));
        yield return ("album", Text("album"));
        yield return ("album artist", Text("albumArtist"));
        yield return ("track", Text("track"));
        yield return ("disc", Text("disc"));
        yield return ("year", Text("year"));
        yield return ("genre", Text("genre"));
        yield return ("duration", isLive ? "live" : SongText.Time(TimeSpan.FromMilliseconds(Number(json, "durationMs"))));
        yield return ("format", string.Create(
            CultureInfo.InvariantCulture,
            $"{Number(json, "bitrate") / 1000} kbit/s {(json.GetProperty("vbr").GetBoolean() ? "VBR" : "CBR")}, "
                + $"{Number(json, "sampleRate") / 1000} kHz, {(Number(json, "channels") == 2 ? "stereo" : "mono")}"));
        if (!isLive)
            yield return ("size", $"{Text("payloadBytes")} bytes");
        yield return ("loudness", string.Create(
            CultureInfo.InvariantCulture,
            $"track {Number(gain, "trackGain"):+0.00;-0.00} dB (peak {Number(gain, "trackPeak"):0.00}), "
                + $"album {Number(gain, "albumGain"):+0.00;-0.00} dB (peak {Number(gain, "albumPeak"):0.00})"));
        yield return ("now playing", Text("nowPlaying"));
        yield return ("hash", Text("hash"));
        foreach (var host in json.GetProperty("hosts").EnumerateArray())
            yield return ("host", $"{host.GetProperty("name")} at {host.GetProperty("address")}:{host.GetProperty("port")}, {Way(host)}");

        string Text(string name) => json.GetProperty(name).ToString();

        static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

        static string Way(JsonElement host) => host.GetProperty("way").GetString() switch
        {
            "local" => "on the local network",
            "callback" => "by callback",
            "relay" => "through a relay",
            "direct" => host.GetProperty("reachable").GetBoolean() ? "direct" : "not reached by the tracker",
            var other => $"unknown way: {other}",
        };
    }

    private static Host Host(byte number, bool isReachable = false, bool isCallable = false) => new()
    {
        PeerId = ByteString.CopyFrom([.. Enumerable.Repeat(number, 16)]),
        Name = $"host {number}",
        Address = $"10.0.0.{number}",
        Port = 7070u + number,
        Reachable = isReachable,
        Callable = isCallable,
    };

    private static async Task<JsonElement> Write(params Song[] songs)
    {
        var output = new MemoryStream();
        await SongJson.WriteAsync(output, songs.ToAsyncEnumerable());
        return JsonDocument.Parse(output.ToArray()).RootElement;
    }
}
