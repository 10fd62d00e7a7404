using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using TspActors.Gateway.Security;
using TspActors.Gateway.Swarm;
using TspActors.Gateway.Tests.Live;
using TspActors.Gateway.Tests.Media;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Web;

/// <summary>A whole gateway with one device, named phone, and a fake peer.</summary>
internal sealed class GatewayBench : IAsyncDisposable
{
    /// <summary>How long anything may take before a test gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system;
    private readonly TempData _data;
    private readonly IActorRef _peer;
    private readonly GatewayServer _server;

    private GatewayBench(IActorRef peer, GatewayServer server, ActorSystem system, TempData data, string key)
    {
        (_peer, _server, _system, _data, Key) = (peer, server, system, data, key);
        Url = new Uri($"http://127.0.0.1:{server.Address.Port}/");
        Http = NewClient();
    }

    /// <summary>The key of the device.</summary>
    public string Key { get; }

    public Uri Url { get; }

    /// <summary>The peer's data folder.</summary>
    public string DataFolder => _data.Path;

    /// <summary>A client without a cookie, which follows no redirect.</summary>
    public HttpClient Http { get; }

    public static async Task<GatewayBench> StartAsync(IReadOnlyList<Song> songs, GatewaySettings? settings = null, byte[]? song = null,
        FakeRadio? radio = null, Func<int, IReadOnlyList<Host>?>? hosts = null, params IReadOnlyList<OutgoingTransfer> uploads)
    {
        var system = ActorSystem.Create("gateway");
        var data = new TempData();
        var key = new DeviceStore(data.Path, 10, TimeProvider.System).Add("phone").Key;
        radio ??= new FakeRadio();
        var plan = new FakePeerPlan(song ?? MediaBench.Bytes(1_000)) { Hosts = hosts ?? (_ => []), Uploads = uploads };
        var peer = system.ActorOf(Props.Create(() => new CatalogPeer(songs, plan, radio)));
        settings = (settings ?? new GatewaySettings()) with { Enabled = true, Endpoint = new IPEndPoint(IPAddress.Loopback, 0) };
        var bench = new GatewayBench(peer, await GatewayServer.StartAsync(system, peer, settings, data.Path), system, data, key);
        using var deadline = new CancellationTokenSource(Patience);
        // The catalog arrives by itself a moment after the start.
        while (settings.RequiresKeys && songs.Any(each => !each.Live) && await bench.SongCountAsync() == 0)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return bench;
    }

    /// <summary>Returns a client that connects from an address of this machine.</summary>
    public HttpClient NewClient(IPAddress? from = null) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        Expect100ContinueTimeout = Patience,
        UseCookies = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (from is not null)
                socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = Url, Timeout = Patience };

    /// <summary>Returns the path and query of a call of the Subsonic API, with the key.</summary>
    public Uri Call(string call, string query = "", string format = "json") =>
        new($"rest/{call}?u=tsp&p={Key}&c=test&v=1.16.1&f={format}&{query}", UriKind.Relative);

    /// <summary>Calls the Subsonic API.</summary>
    public async Task<JsonElement> JsonAsync(string call, string query = "") =>
        JsonDocument.Parse(await Http.GetStringAsync(Call(call, query))).RootElement.GetProperty("subsonic-response");

    /// <summary>Returns the number of songs in lists.</summary>
    public async Task<int> SongCountAsync() =>
        (await JsonAsync("getScanStatus")).GetProperty("scanStatus").GetProperty("count").GetInt32();

    /// <summary>Changes the catalog, as the tracker would.</summary>
    public void Change(IReadOnlyList<Song> changed, IReadOnlyList<int> removed) => _peer.Tell(new CatalogChanged(changed, removed));

    /// <summary>Sends a request and returns its status.</summary>
    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, Action<HttpRequestMessage>? prepare = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        prepare?.Invoke(request);
        using var response = await Http.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>Reads a plain path with the key, as players do.</summary>
    public async Task<string> PlainAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        var credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"tsp:{Key}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        using var response = await Http.SendAsync(request);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    /// <summary>Logs in as the page does, and returns the cookie.</summary>
    public async Task<string> LogInAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/session", UriKind.Relative));
        request.Headers.Add("X-Tsp", "1");
        request.Content = new StringContent($$"""{"key":"{{Key}}"}""", Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request);
        return response.EnsureSuccessStatusCode().Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    /// <summary>Sends the bytes of a request as they are, and returns the whole answer.</summary>
    public async Task<string> RawAsync(string request)
    {
        using var client = new TcpClient();
        using var deadline = new CancellationTokenSource(Patience);
        await client.ConnectAsync(IPAddress.Loopback, Url.Port, deadline.Token);
        var stream = client.GetStream();
        var answer = new MemoryStream();
        var reading = CopyAsync();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), deadline.Token);
        }
        catch (IOException)
        {
            // The server may refuse before it has read everything.
        }

        await reading;
        return Encoding.Latin1.GetString(answer.ToArray());

        async Task CopyAsync()
        {
            try
            {
                await stream.CopyToAsync(answer, deadline.Token);
            }
            catch (IOException)
            {
                // The answer is what arrived before the connection was cut.
            }
        }
    }

    /// <summary>Sends a GET request with the path as it is, and returns the status; 0 = the connection was closed without one.</summary>
    public async Task<int> RawStatusAsync(string path, string host = "127.0.0.1", string headers = "")
    {
        var answer = await RawAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
        return answer.Length == 0 ? 0 : int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        await _system.Terminate();
        _data.Dispose();
    }
}
