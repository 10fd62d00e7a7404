using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>Checks music over HTTP with real programs and sockets.</summary>
public sealed class GatewaySpecs
{
    [NeedsFact("lame", "python3", "ffmpeg", "mpg123")]
    public async Task Players_get_exactly_the_payload_and_decode_it_to_the_same_sound()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "a.mp3", await Songs.ToneAsync(440, 20));
        var payload = await Oracle.CutAsync(path);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        using var gateway = await GatewayProgram.StartAsync(stage, tracker, "gate", 1);
        var song = $"song/{Assert.Single(await gateway.SongsAsync()).Value}.mp3";

        Assert.Equal(payload, await gateway.Http.GetByteArrayAsync(new Uri(song, UriKind.Relative)));
        Assert.Equal(await SoundAsync("ffmpeg", path), await SoundAsync("ffmpeg", gateway.UrlWithKey + song));
        Assert.Equal(await SoundAsync("mpg123", path), await SoundAsync("mpg123", gateway.UrlWithKey + song));

        using var range = new HttpRequestMessage(HttpMethod.Get, new Uri(song, UriKind.Relative));
        range.Headers.Range = new RangeHeaderValue(1_000, 1_999);
        using var part = await gateway.Http.SendAsync(range);
        Assert.Equal((HttpStatusCode.PartialContent, $"bytes 1000-1999/{payload.Length}"), (part.StatusCode, part.Content.Headers.ContentRange!.ToString()));
        Assert.Equal(payload[1_000..2_000], await part.Content.ReadAsByteArrayAsync());
    }

    [NeedsFact("lame", "python3", "httpdirfs", "fusermount:fuse")]
    public async Task Httpdirfs_mounts_the_swarm_and_every_file_is_its_payload()
    {
        // A machine without FUSE cannot mount anything.
        if (!File.Exists("/dev/fuse"))
            return;
        await using var stage = new Stage();
        string[] hosts = ["alice", "bob"];
        var expected = new List<string>();
        foreach (var (index, host) in hosts.Index())
        {
            var path = stage.Share(host, $"{host}.mp3", await Songs.ToneAsync(300 + 50 * index, 3));
            expected.Add(Convert.ToHexString(SHA256.HashData(await Oracle.CutAsync(path))));
        }

        var tracker = await stage.StartTrackerAsync();
        foreach (var host in hosts)
            await stage.StartPeerAsync(tracker, host);
        using var gateway = await GatewayProgram.StartAsync(stage, tracker, "gate", 2);
        foreach (var mode in new[] { "", "--sonic-id3" })
        {
            var mount = stage.Folder.Folder($"mount{mode}");
            var program = stage.StartNative("httpdirfs", [
                "-f", .. mode.Length > 0 ? [mode] : Array.Empty<string>(), "--sonic-username", "tsp", "--sonic-password", gateway.Key,
                gateway.Url.ToString().TrimEnd('/'), mount]);
            try
            {
                var files = await FilesAsync(mount, program);
                Assert.Equal(expected.Order(), files.Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))).Order());
            }
            finally
            {
                await Native.RunAsync("fusermount", ["-u", "-z", mount]);
            }
        }
    }

    [NeedsFact("lame", "python3")]
    public async Task A_paused_player_frees_its_host_and_gets_the_right_bytes_when_it_resumes()
    {
        await using var stage = new Stage();
        var payload = await Oracle.CutAsync(stage.Share("alice", "a.mp3", await Songs.BulkyAsync()));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        using var gateway = await GatewayProgram.StartAsync(
            stage, tracker, "gate", 1, "TSP__PEER__HTTP__MEDIA__RELEASE_AFTER=300ms", "TSP__PEER__HTTP__MEDIA__DISK_CACHE=0");
        var song = new Uri($"song/{Assert.Single(await gateway.SongsAsync()).Value}.mp3", UriKind.Relative);

        using var response = await gateway.Http.GetAsync(song, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var received = new byte[payload.Length];
        await body.ReadExactlyAsync(received.AsMemory(0, 64 * 1024));
        await Catalog.StreamsAsync(tracker, "alice", 0);
        await body.ReadExactlyAsync(received.AsMemory(64 * 1024));

        Assert.Equal(0, await body.ReadAsync(new byte[1]));
        Assert.True(payload.AsSpan().SequenceEqual(received));
    }

    [NeedsFact("lame", "python3")]
    public async Task A_host_that_is_killed_in_the_middle_of_a_song_changes_no_byte()
    {
        await using var stage = new Stage();
        var bulky = await Songs.BulkyAsync();
        var payload = await Oracle.CutAsync(stage.Share("alice", "a.mp3", bulky));
        stage.Share("bob", "a.mp3", bulky);
        var tracker = await stage.StartTrackerAsync();
        var hosts = new Dictionary<string, PeerProgram>
        {
            ["alice"] = await stage.StartPeerAsync(tracker, "alice"),
            ["bob"] = await stage.StartPeerAsync(tracker, "bob"),
        };
        using var gateway = await GatewayProgram.StartAsync(stage, tracker, "gate", 1, "TSP__PEER__HTTP__MEDIA__DISK_CACHE=0");
        var song = new Uri($"song/{Assert.Single(await gateway.SongsAsync()).Value}.mp3", UriKind.Relative);

        using var response = await gateway.Http.GetAsync(song, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var received = new byte[payload.Length];
        await body.ReadExactlyAsync(received.AsMemory(0, 64 * 1024));
        hosts["alice"].Process.Signal("KILL");
        await body.ReadExactlyAsync(received.AsMemory(64 * 1024));

        Assert.True(payload.AsSpan().SequenceEqual(received));
    }

    [NeedsFact("lame", "ffmpeg")]
    public async Task A_picture_beside_the_song_of_a_host_is_shown_by_the_gateway_and_saved_with_the_song()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "a.mp3", await Songs.ToneAsync(500));
        var cover = Path.Combine(Path.GetDirectoryName(path)!, "cover.jpg");
        await Native.RunAsync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", "color=red:s=400x300", "-frames:v", "1", cover]);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(cover)));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        using var gateway = await GatewayProgram.StartAsync(stage, tracker, "gate", 1);

        var song = Assert.Single((await gateway.CallAsync("search3", "query=%22%22")).GetProperty("searchResult3").GetProperty("song").EnumerateArray());
        Assert.Equal($"ca-{hash}", song.GetProperty("coverArt").GetString());
        var whole = await gateway.Http.GetByteArrayAsync(CoverOf(gateway, $"id=ca-{hash}"));
        Assert.Equal(await File.ReadAllBytesAsync(cover), whole);
        using var small = await gateway.Http.GetAsync(CoverOf(gateway, $"id={song.GetProperty("id").GetString()}&size=64"));
        Assert.Equal("image/jpeg", small.Content.Headers.ContentType!.MediaType);
        Assert.InRange((await small.Content.ReadAsByteArrayAsync()).Length, 100, whole.Length);

        var list = await stage.StartGuest(tracker, "list", "--json").ExitsWithAsync(0);
        Assert.Contains($"\"cover\": \"{hash}\"", list.Output.Text, StringComparison.Ordinal);
    }

    private static Uri CoverOf(GatewayProgram gateway, string query) =>
        new($"rest/getCoverArt?u=tsp&p={gateway.Key}&c=test&v=1.16.1&f=json&{query}", UriKind.Relative);

    [NeedsFact("lame")]
    public async Task Keys_links_and_checks_let_only_the_owners_devices_in()
    {
        await using var stage = new Stage();
        stage.Share("gate", "a.mp3", await Songs.ToneAsync(500));
        var tracker = await stage.StartTrackerAsync();
        using var gateway = await GatewayProgram.StartAsync(stage, tracker, "gate", 1);
        using var stranger = new HttpClient { BaseAddress = gateway.Url };

        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusAsync(stranger, HttpMethod.Get, "", request => request.Headers.Host = "evil.example"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(stranger, HttpMethod.Get, "api/state"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(stranger, HttpMethod.Get, $"song/{(await gateway.SongsAsync()).Values.First()}.mp3"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(stranger, HttpMethod.Get, ""));

        var login = (await gateway.Peer.Process.ReportsAsync(@"#login=(\S+)$")).Groups[1].Value;
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(stranger, HttpMethod.Post, "api/session", request => request.Content = Json(login)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(stranger, HttpMethod.Post, "api/session", request => FromPage(request, login)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(stranger, HttpMethod.Post, "api/session", request => FromPage(request, login)));
        // The cookie of the page opens the page's own calls, but never the Subsonic API.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(stranger, HttpMethod.Get, "api/state"));
        Assert.Contains("\"code\":10", await stranger.GetStringAsync(new Uri("rest/ping?f=json", UriKind.Relative)), StringComparison.Ordinal);

        var remove = stage.Start("Peer", ["device", "remove", "phone", "--data", stage.Data("gate")]);
        await remove.ExitsWithAsync(0);
        var answer = await gateway.CallAsync("ping");
        Assert.Equal(40, answer.GetProperty("error").GetProperty("code").GetInt32());
        Assert.DoesNotContain(gateway.Key, gateway.Peer.Process.Errors.Text, StringComparison.Ordinal);
    }

    private static void FromPage(HttpRequestMessage request, string login)
    {
        request.Content = Json(login);
        request.Headers.Add("X-Tsp", "1");
    }

    private static StringContent Json(string login) => new($"{{\"login\":\"{login}\"}}", Encoding.UTF8, "application/json");

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, HttpMethod method, string path,
        Action<HttpRequestMessage>? prepare = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        prepare?.Invoke(request);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    // Decodes with a player and returns a digest of the sound.
    private static async Task<string> SoundAsync(string player, string source)
    {
        if (player == "ffmpeg")
            return await Native.RunAsync("ffmpeg", ["-loglevel", "error", "-i", source, "-f", "md5", "-"]);
        using var folder = new TempFolder();
        await Native.RunAsync("mpg123", ["-q", "-w", folder.In("sound.wav"), source]);
        var sound = await File.ReadAllBytesAsync(folder.In("sound.wav"));
        Assert.True(sound.Length > 100_000, $"{sound.Length} bytes of sound");
        return Convert.ToHexString(SHA256.HashData(sound));
    }

    private static async Task<IReadOnlyList<string>> FilesAsync(string mount, ProgramProcess program)
    {
        using var deadline = new CancellationTokenSource(ProgramProcess.Deadline);
        while (true)
        {
            deadline.Token.ThrowIfCancellationRequested();
            Assert.False(program.HasExited, program.ToString());
            var files = Directory.EnumerateFiles(mount, "*.mp3", SearchOption.AllDirectories).ToList();
            if (files.Count >= 2)
                return files;
            await Task.Yield();
        }
    }
}
