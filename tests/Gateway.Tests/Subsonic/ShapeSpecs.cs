using System.Text.Json;
using System.Xml.Linq;
using TspActors.Gateway.Tests.Web;

namespace TspActors.Gateway.Tests.Subsonic;

/// <summary>
/// Checks that answers about songs with hostile tags have the fields that the specification requires. conformance.py checks the whole
/// specification.
/// </summary>
public sealed class ShapeSpecs
{
    private const string Everything = "query=%22%22&songCount=500&albumCount=500&artistCount=500";

    private static readonly Dictionary<string, string[]> Classic = new()
    {
        ["artist"] = ["albumCount", "coverArt", "id", "name", "starred"],
        ["album"] =
        [
            "artist", "artistId", "coverArt", "created", "duration", "genre", "id", "name", "playCount", "songCount", "starred", "year",
        ],
        ["song"] =
        [
            "album", "albumId", "artist", "artistId", "bitRate", "contentType", "coverArt", "created", "discNumber", "duration", "genre", "id",
            "isDir", "isVideo", "parent", "path", "playCount", "size", "starred", "suffix", "title", "track", "type", "userRating", "year",
        ],
    };

    private static readonly Dictionary<string, string[]> Required = new()
    {
        ["artist"] = ["id", "name", "albumCount"],
        ["album"] = ["id", "name", "songCount", "duration", "created"],
        ["song"] = ["id", "isDir", "title"],
    };

    [Fact]
    public async Task A_classic_client_gets_no_attribute_that_its_schema_does_not_define()
    {
        await using var bench = await StartAsync();
        var text = await bench.Http.GetStringAsync(new Uri(
            bench.Call("search3", Everything, "xml").ToString().Replace("c=test", "c=DSub", StringComparison.Ordinal), UriKind.Relative));
        var found = XDocument.Parse(text).Root!.Elements().Single();
        // The schema prescribes this order.
        Assert.Equal(["artist", "album", "song"], found.Elements().Select(element => element.Name.LocalName).Distinct());
        foreach (var element in found.Elements())
        {
            Assert.Equal("http://subsonic.org/restapi", element.Name.NamespaceName);
            Assert.Empty(element.Nodes());
            var names = element.Attributes().Select(attribute => attribute.Name.LocalName).ToList();
            Assert.Empty(names.Except(Classic[element.Name.LocalName]));
            Assert.Empty(Required[element.Name.LocalName].Except(names));
            foreach (var number in new[] { "track", "discNumber", "year", "duration", "bitRate", "songCount", "albumCount" })
                Assert.True(element.Attribute(number) is not { Value: var value } || int.TryParse(value, out _), $"{number} is not an int");
        }
    }

    [Fact]
    public async Task JSON_has_the_required_fields_and_the_lists_of_open_subsonic()
    {
        await using var bench = await StartAsync();
        var found = (await bench.JsonAsync("search3", Everything)).GetProperty("searchResult3");
        foreach (var (kind, fields) in Required)
        {
            Assert.NotEqual(0, found.GetProperty(kind).GetArrayLength());
            foreach (var item in found.GetProperty(kind).EnumerateArray())
                Assert.Empty(fields.Except(item.EnumerateObject().Select(field => field.Name)));
        }

        foreach (var song in found.GetProperty("song").EnumerateArray())
        {
            Assert.All(new[] { "genres", "artists", "albumArtists", "contributors", "moods", "isrc" }, name =>
                Assert.Equal(JsonValueKind.Array, song.GetProperty(name).ValueKind));
            Assert.Equal(JsonValueKind.Object, song.GetProperty("replayGain").ValueKind);
        }
    }

    [Fact]
    public async Task ReplayGain_contains_only_the_known_values()
    {
        var made = MadeUpSongs.Of(11, "gain", "A", "B");
        (made.Format.TrackGainCdb, made.Format.TrackPeakPpm, made.Format.AlbumGainCdb) = (-654, 988_553, 7_000);
        await using var bench = await GatewayBench.StartAsync([made]);

        var gain = (await bench.JsonAsync("search3", "query=gain")).GetProperty("searchResult3").GetProperty("song")[0]
            .GetProperty("replayGain");

        Assert.Equal(["trackGain", "trackPeak"], gain.EnumerateObject().Select(field => field.Name));
        Assert.Equal((-6.54, 0.988553), (gain.GetProperty("trackGain").GetDouble(), gain.GetProperty("trackPeak").GetDouble()));
    }

    [Fact]
    public async Task The_duration_of_a_playlist_is_a_number_that_clients_can_read()
    {
        // The catalog states a duration of 49 days.
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(11, "long", "A", "B")]);
        var id = (await bench.JsonAsync("search3", "query=long")).GetProperty("searchResult3").GetProperty("song")[0].GetProperty("id");
        var made = await bench.JsonAsync("createPlaylist", "name=long" + string.Concat(Enumerable.Repeat($"&songId={id}", 1_000)));
        Assert.Equal(int.MaxValue, made.GetProperty("playlist").GetProperty("duration").GetInt64());
    }

    private static Task<GatewayBench> StartAsync() => GatewayBench.StartAsync(MadeUpSongs.Hostile(1_000));
}
