using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>A peer with a gateway, and an HTTP client that sends a device key.</summary>
public sealed class GatewayProgram : IDisposable
{
    private GatewayProgram(PeerProgram peer, string key, Uri url)
    {
        (Peer, Key, Url) = (peer, key, url);
        Http = new HttpClient { BaseAddress = url, Timeout = ProgramProcess.Deadline };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"tsp:{key}")));
    }

    public PeerProgram Peer { get; }

    public string Key { get; }

    /// <summary>The URL of the gateway, with a slash at the end.</summary>
    public Uri Url { get; }

    /// <summary>A client that sends the key with HTTP Basic authentication.</summary>
    public HttpClient Http { get; }

    /// <summary>The URL with the key, as players accept it.</summary>
    public string UrlWithKey => $"http://tsp:{Key}@{Url.Authority}/";

    /// <summary>Starts a peer with a gateway and the key of one device, and waits until the gateway lists the songs.</summary>
    public static Task<GatewayProgram> StartAsync(Stage stage, TrackerProgram tracker, string name, int songs,
        params string[] environment) => StartAsync(stage, tracker, name, songs, ["serve"], environment);

    /// <summary>The same with a console, so that the peer has a loudspeaker. It makes no sound.</summary>
    public static Task<GatewayProgram> StartConsoleAsync(Stage stage, TrackerProgram tracker, string name, int songs) =>
        StartAsync(stage, tracker, name, songs, ["--audio", "null"], []);

    private static async Task<GatewayProgram> StartAsync(Stage stage, TrackerProgram tracker, string name, int songs,
        string[] mode, string[] environment)
    {
        var add = stage.Start("Peer", ["device", "add", "phone", "--data", stage.Data(name)]);
        var key = (await add.PrintsAsync(@"^password  (\S{32})$")).Groups[1].Value;
        await add.ExitsWithAsync(0);
        var process = stage.Start("Peer", [.. stage.PeerArguments(tracker, name), .. mode, "--http", "127.0.0.1:0"], environment);
        var peer = await Stage.ReadyAsync(process);
        var url = new Uri((await process.ReportsAsync(@"^gateway ready on (http://\S+)$")).Groups[1].Value);
        var gateway = new GatewayProgram(peer, key, url);
        using var deadline = new CancellationTokenSource(ProgramProcess.Deadline);
        while ((await gateway.SongsAsync(deadline.Token)).Count < songs)
            await Task.Yield();
        return gateway;
    }

    /// <summary>Calls the Subsonic API.</summary>
    public async Task<JsonElement> CallAsync(string call, string query = "", CancellationToken cancellation = default)
    {
        var text = await Http.GetStringAsync(new Uri($"rest/{call}?u=tsp&p={Key}&c=test&v=1.16.1&f=json&{query}", UriKind.Relative), cancellation);
        return JsonDocument.Parse(text).RootElement.GetProperty("subsonic-response");
    }

    /// <summary>Returns the ids of all songs by their titles.</summary>
    public async Task<IReadOnlyDictionary<string, string>> SongsAsync(CancellationToken cancellation = default)
    {
        var found = await CallAsync("search3", "query=%22%22&songCount=500&albumCount=0&artistCount=0", cancellation);
        return found.GetProperty("searchResult3").GetProperty("song").EnumerateArray()
            .ToDictionary(song => song.GetProperty("title").GetString()!, song => song.GetProperty("id").GetString()!);
    }

    /// <summary>Reads from the API of the web page.</summary>
    public async Task<JsonElement> ReadPageApiAsync(string path)
    {
        using var login = new HttpRequestMessage(HttpMethod.Post, new Uri("api/session", UriKind.Relative));
        login.Headers.Add("X-Tsp", "1");
        login.Content = new StringContent($$"""{"key":"{{Key}}"}""", Encoding.UTF8, "application/json");
        using var session = await Http.SendAsync(login);
        var cookie = session.EnsureSuccessStatusCode().Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"api/{path}", UriKind.Relative));
        request.Headers.Add("Cookie", cookie);
        using var response = await Http.SendAsync(request);
        return JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement;
    }

    public void Dispose() => Http.Dispose();
}
