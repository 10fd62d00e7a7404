using System.Text.Json;
using System.Text.Json.Nodes;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>
/// Checks with an independent oracle that a third peer can list, describe and fetch every kind of MP3 that two other peers share.
/// </summary>
public sealed class SharingSpecs
{
    private const int PlaysAtOnce = 2;

    private static readonly string[] SongFields =
    [
        "id", "title", "artist", "album", "albumArtist", "track", "disc", "year", "genre", "durationMs", "bitrate", "vbr", "sampleRate", "channels",
        "payloadBytes", "hash", "live", "hosts",
    ];

    private static readonly string[] HostFields = ["peer", "name", "address", "port", "reachable", "secure", "callable", "activeStreams", "maxStreams"];

    [NeedsFact("python3", "lame", "ffmpeg")]
    public async Task Every_song_of_two_peers_is_listed_and_described_and_fetched_byte_for_byte()
    {
        await using var stage = new Stage();
        var files = await SongMatrix.CreateAsync(stage.Music("alice"), stage.Music("bob"));
        var truth = (await Oracle.DescribeAsync(files)).ToLookup(song => song.Hash);
        Assert.True(truth.Count >= 30);
        Assert.Equal(files.Count - 1, truth.Count);
        var tracker = await stage.StartTrackerAsync();
        var peers = await Task.WhenAll(stage.StartPeerAsync(tracker, "alice"), stage.StartPeerAsync(tracker, "bob"));
        Assert.Equal(files.Count, peers.Sum(peer => peer.Songs));

        var list = await JsonAsync(stage.StartGuest(tracker, "list", "--json"));
        var info = await JsonAsync(stage.StartGuest(tracker, "info", "--json"));

        Assert.Equal(truth.Count, list.Count);
        Assert.Equal(truth.Select(song => song.Key).Order(), info.Select(song => Text(song, "hash")).Order());
        Assert.Equal(list.Select(song => song.GetRawText()), info.Select(song => song.GetRawText()));
        foreach (var song in info)
            Check(song, truth[Text(song, "hash")].ToList(), peers);
        var ids = info.Select(song => song.GetProperty("id").GetInt32()).ToList();
        Assert.Equal(Enumerable.Range(1, ids.Count), ids.Order());
        await Parallel.ForEachAsync(info, new ParallelOptions { MaxDegreeOfParallelism = PlaysAtOnce }, async (song, _) =>
        {
            var id = song.GetProperty("id").GetInt32();
            var saved = stage.Folder.In($"{id}.mp3");
            var play = stage.StartGuest(tracker, "play", $"{id}", "--output", saved, "--full-speed");
            await play.ExitsWithAsync(0);
            Assert.Empty(play.Output.Text);
            Assert.Equal(truth[Text(song, "hash")].First().Payload(), await File.ReadAllBytesAsync(saved, CancellationToken.None));
        });
        Assert.Empty(Directory.GetFiles(stage.Folder.Path, "*.part"));
        Assert.All(peers, peer => Assert.Empty(peer.Process.Output.Text));
    }

    [NeedsFact("python3", "lame")]
    public async Task A_song_is_found_by_words_in_its_tags_and_is_described_and_fetched_into_a_pipe()
    {
        await using var stage = new Stage();
        var path = stage.Share(
            "alice", "one.mp3", [.. TagBytes.Id3v23(("TIT2", "Harbour Lights"), ("TPE1", "Alice")), .. await Songs.ToneAsync(440)]);
        stage.Share("alice", "two.mp3", await Songs.ToneAsync(550));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");

        var found = Assert.Single(await JsonAsync(stage.StartGuest(tracker, "list", "harb ali", "--json")));
        var id = found.GetProperty("id").GetInt32();
        var described = Assert.Single(await JsonAsync(stage.StartGuest(tracker, "info", $"{id}", "--json")));
        var fetched = await stage.StartGuest(tracker, "play", "harbour lights", "--output", "-", "--full-speed").ExitsWithAsync(0);

        Assert.Equal("Harbour Lights", Text(described, "title"));
        // Only info says how many streams a host allows, and how it would be reached.
        var host = described.GetProperty("hosts")[0];
        Assert.True(host.GetProperty("maxStreams").GetInt32() > 0);
        var listed = JsonNode.Parse(found.GetRawText())!;
        listed["hosts"]![0]!["maxStreams"] = host.GetProperty("maxStreams").GetInt32();
        listed["hosts"]![0]!["way"] = Text(host, "way");
        Assert.True(JsonNode.DeepEquals(listed, JsonNode.Parse(described.GetRawText())));
        Assert.Equal(await Oracle.CutAsync(path), fetched.Output.Bytes);
        Assert.Empty(await JsonAsync(stage.StartGuest(tracker, "list", "nothing like it", "--json")));
    }

    private static void Check(JsonElement song, List<Oracle> copies, PeerProgram[] peers)
    {
        var names = copies.Select(copy => Path.GetFileNameWithoutExtension(copy.Path)).ToList();
        // Only the songs with a picture have a cover, and only those with gains in their tags or info frames have ReplayGain.
        Assert.Equal(
            SongFields, song.EnumerateObject().Select(field => field.Name).Where(name => name is not ("cover" or "replayGain")));
        Assert.Equal(names.Contains("cover"), song.TryGetProperty("cover", out _));
        Assert.Equal(copies[0].Length, song.GetProperty("payloadBytes").GetInt32());
        Assert.False(song.GetProperty("live").GetBoolean());
        Assert.Contains(Text(song, "title"), copies.Count > 1 ? SongMatrix.SharedTitles : names);
        Assert.InRange(song.GetProperty("durationMs").GetInt32(), 1000, 2500);
        if (names[0].StartsWith("cbr", StringComparison.Ordinal))
            Assert.False(song.GetProperty("vbr").GetBoolean(), names[0]);
        if (names[0].StartsWith("vbr", StringComparison.Ordinal))
            Assert.True(song.GetProperty("vbr").GetBoolean(), names[0]);
        var hosts = song.GetProperty("hosts").EnumerateArray().ToList();
        Assert.Equal(copies.Count, hosts.Count);
        foreach (var host in hosts)
        {
            Assert.Equal(HostFields, host.EnumerateObject().Select(field => field.Name));
            Assert.Matches("^[0-9a-f]{32}$", Text(host, "peer"));
            Assert.Equal("127.0.0.1", Text(host, "address"));
            Assert.Equal(peers[Text(host, "name") == "alice" ? 0 : 1].Port, host.GetProperty("port").GetInt32());
        }

        var owners = copies.Select(copy => copy.Path.Contains("/alice/", StringComparison.Ordinal) ? "alice" : "bob");
        Assert.Equal(owners.Order(), hosts.Select(host => Text(host, "name")).Order());
    }

    private static async Task<IReadOnlyList<JsonElement>> JsonAsync(ProgramProcess process)
    {
        await process.ExitsWithAsync(0);
        Assert.Empty(process.Errors.Text);
        return [.. JsonDocument.Parse(process.Output.Text).RootElement.EnumerateArray()];
    }

    private static string Text(JsonElement element, string field) => element.GetProperty(field).GetString()!;
}
