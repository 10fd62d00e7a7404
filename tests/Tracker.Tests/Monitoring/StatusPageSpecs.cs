using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using TspActors.Monitoring;
using TspActors.Tracker.Monitoring;

namespace TspActors.Tracker.Tests.Monitoring;

/// <summary>Checks the files of the status page and how they are served.</summary>
public sealed partial class StatusPageSpecs : IAsyncLifetime
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private TrackerHttp _http = null!;

    public async Task InitializeAsync() => _http = await TrackerHttp.StartAsync(
        new MonitoringSettings { Endpoint = new IPEndPoint(IPAddress.Loopback, 0) }, new TrackerTelemetry());

    [Theory]
    [InlineData("/", "text/html; charset=utf-8", "<!doctype html>")]
    [InlineData("/?from=bookmark", "text/html; charset=utf-8", "<!doctype html>")]
    [InlineData("/status.css", "text/css; charset=utf-8", ":root {")]
    [InlineData("/status.js", "text/javascript; charset=utf-8", "// Asks the tracker once a second")]
    public async Task The_page_is_served_with_a_strict_policy(string path, string type, string beginning)
    {
        using var response = await Send(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, $"{response.Content.Headers.ContentType}");
        Assert.StartsWith(beginning, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(Policy, Header(response, "Content-Security-Policy"));
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        Assert.Equal("no-cache", Header(response, "Cache-Control"));
        Assert.False(response.Headers.ETag!.IsWeak);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/status.css")]
    [InlineData("/status.js")]
    public async Task A_file_that_the_browser_has_is_not_sent_again(string path)
    {
        using var first = await Send(HttpMethod.Get, path);
        var tag = first.Headers.ETag!;

        foreach (var known in new[] { $"{tag}", $"\"other\", {tag}", $"W/{tag}", "*" })
        {
            using var again = await Send(HttpMethod.Get, path, known);
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Empty(await again.Content.ReadAsByteArrayAsync());
            Assert.Equal(tag, again.Headers.ETag);
            Assert.Equal(Policy, Header(again, "Content-Security-Policy"));
        }

        using var changed = await Send(HttpMethod.Get, path, "\"other\"");
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/status.css")]
    [InlineData("/status.js")]
    [InlineData("/api/status")]
    public async Task HEAD_returns_the_headers_alone_and_POST_is_refused(string path)
    {
        using var head = await Send(HttpMethod.Head, path);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 0);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());

        using var post = await Send(HttpMethod.Post, path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Theory]
    [InlineData("/STATUS.JS")]
    [InlineData("/status.html")]
    [InlineData("/status.css/")]
    [InlineData("/status.css%00")]
    [InlineData("/page/status.css")]
    [InlineData("/api/status/../../reference.conf")]
    [InlineData("/../../etc/passwd")]
    [InlineData("/..%2f..%2fetc%2fpasswd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("//evil.example/")]
    [InlineData("/api/status\\..\\key.pem")]
    public async Task A_path_that_is_not_exactly_a_known_one_finds_nothing(string path)
    {
        // HttpClient would clean up the path.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_http.Address);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);
        var answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Matches("^HTTP/1.1 40[04] ", answer);
        Assert.DoesNotContain("tsp {", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_script_inserts_text_only_as_text_and_contacts_no_other_server()
    {
        var script = await _client.GetStringAsync(new Uri($"http://{_http.Address}/status.js"));
        var page = await _client.GetStringAsync(new Uri($"http://{_http.Address}/"));

        Assert.DoesNotMatch(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage|cookie", script);
        Assert.Equal(["http://www.w3.org/2000/svg"], ForeignAddress().Matches(script).Select(match => match.Value).Distinct());
        Assert.Equal(["http://www.w3.org/2000/svg"], ForeignAddress().Matches(page).Select(match => match.Value).Distinct());
        Assert.DoesNotMatch(@"<style|\sstyle=|\son[a-z]+=|<script>", page);
    }

    [Fact]
    public async Task Every_element_that_the_script_looks_for_is_on_the_page()
    {
        var script = await _client.GetStringAsync(new Uri($"http://{_http.Address}/status.js"));
        var page = await _client.GetStringAsync(new Uri($"http://{_http.Address}/"));

        var wanted = LookedFor().Matches(script).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(wanted);
        Assert.All(wanted, id => Assert.Contains($"id=\"{id}\"", page, StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _http.DisposeAsync();
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, string? known = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://{_http.Address}{path}"));
        if (known is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        return await _client.SendAsync(request);
    }

    private static string Header(HttpResponseMessage response, string name) =>
        string.Join(",", ((HttpHeaders)response.Headers).GetValues(name));

    [GeneratedRegex("""(https?:)?//[a-z0-9.]+\.[a-z]+[^\s'"`]*""")]
    private static partial Regex ForeignAddress();

    [GeneratedRegex("""\$\("([a-z-]+)"\)""")]
    private static partial Regex LookedFor();
}
