using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using Google.Protobuf;
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

    private static async Task<JsonElement> Write(params Song[] songs)
    {
        var output = new MemoryStream();
        await SongJson.WriteAsync(output, songs.ToAsyncEnumerable());
        return JsonDocument.Parse(output.ToArray()).RootElement;
    }
}
