using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace TspActors.Gateway.Tests.Web;

/// <summary>Checks the HTTP side of the page: its files, covers, playlists and event streams.</summary>
public sealed class PageHttpSpecs
{
    [Fact]
    public async Task Without_its_slash_the_folder_leads_to_the_page()
    {
        await using var bench = await GatewayBench.StartAsync([], new GatewaySettings { BasePath = "/music" });

        using var response = await bench.Http.GetAsync(new Uri("music?x=1", UriKind.Relative));
        Assert.Equal(HttpStatusCode.PermanentRedirect, response.StatusCode);
        Assert.Equal("/music/?x=1", response.Headers.Location!.OriginalString);
        Assert.Contains("app.js", await bench.Http.GetStringAsync(new Uri("music/", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_playlist_that_a_browser_downloads_works_in_players_without_its_cookie()
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "one", "A", "B", payload: 1_000)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("all.m3u8", UriKind.Relative));
        request.Headers.Add("Cookie", await bench.LogInAsync());

        using var list = await bench.Http.SendAsync(request);
        var song = (await list.Content.ReadAsStringAsync()).Split('\n').Single(line => line.StartsWith("http", StringComparison.Ordinal));

        using var played = await bench.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, song.Trim()));
        Assert.Equal(HttpStatusCode.OK, played.StatusCode);
    }

    [Fact]
    public async Task The_pages_of_each_browser_have_event_streams_of_their_own()
    {
        var limits = new GatewayLimits { MaxEventsPerSession = 1 };
        await using var bench = await GatewayBench.StartAsync([], new GatewaySettings { Limits = limits });
        var (one, other) = (await bench.LogInAsync(), await bench.LogInAsync());

        using var first = await OpenAsync(one);
        using var second = await OpenAsync(other);
        using var third = await OpenAsync(one);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);

        async Task<HttpResponseMessage> OpenAsync(string cookie)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/events", UriKind.Relative));
            request.Headers.Add("Cookie", cookie);
            return await bench.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }
    }

    [Fact]
    public async Task A_long_queue_in_the_query_arrives_over_HTTP_2_too()
    {
        using var folder = new TempData();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllBytesAsync(folder.In("gateway.pfx"), certificate.Export(X509ContentType.Pkcs12));
        await using var bench = await GatewayBench.StartAsync([], new GatewaySettings { Certificate = folder.In("gateway.pfx") });
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString(),
            },
        })
        { BaseAddress = new Uri($"https://127.0.0.1:{bench.Url.Port}/"), Timeout = GatewayBench.Patience };
        var ids = string.Concat(Enumerable.Range(0, 5_000).Select(number => $"&id=tr-{number:00000000000000000000000000000}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, bench.Call("savePlayQueue", ids))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpVersion.Version20, response.Version);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("ok", answer.RootElement.GetProperty("subsonic-response").GetProperty("status").GetString());
    }
}
