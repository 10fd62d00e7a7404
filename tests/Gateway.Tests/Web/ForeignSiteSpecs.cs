using System.Net;

namespace TspActors.Gateway.Tests.Web;

/// <summary>Checks what pages of other sites can do in the browser of an owner who is logged in.</summary>
public sealed class ForeignSiteSpecs
{
    [Theory]
    [InlineData("X-Tsp", null, HttpStatusCode.Forbidden)]
    [InlineData("X-Tsp", "0", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "nonsense", HttpStatusCode.Forbidden)]
    [InlineData("Content-Type", "text/plain", HttpStatusCode.Forbidden)]
    [InlineData("Content-Type", "application/x-www-form-urlencoded", HttpStatusCode.Forbidden)]
    [InlineData("Content-Type", "multipart/form-data; boundary=x", HttpStatusCode.Forbidden)]
    [InlineData("Content-Type", null, HttpStatusCode.Forbidden)]
    [InlineData("Cookie", null, HttpStatusCode.Unauthorized)]
    [InlineData("Cookie", "tsp_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", HttpStatusCode.Unauthorized)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    public async Task Only_a_request_like_those_of_the_page_changes_anything(string header, string? value, HttpStatusCode expected)
    {
        await using var bench = await GatewayBench.StartAsync([]);
        var headers = new Dictionary<string, string?>
        {
            ["Cookie"] = await bench.LogInAsync(),
            ["X-Tsp"] = "1",
            ["Origin"] = bench.Url.GetLeftPart(UriPartial.Authority),
            ["Content-Type"] = "application/json",
            [header] = value,
        };
        const string body = """{"name":"mine"}""";
        var lines = string.Concat(headers.Where(line => line.Value is not null).Select(line => $"{line.Key}: {line.Value}\r\n"));
        var request = $"POST /api/devices HTTP/1.1\r\nHost: {bench.Url.Authority}\r\nConnection: close\r\n{lines}";
        Assert.StartsWith($"HTTP/1.1 {(int)expected}", await bench.RawAsync($"{request}Content-Length: {body.Length}\r\n\r\n{body}"), StringComparison.Ordinal);
        if (expected == HttpStatusCode.OK)
            return;
        // A body of an unknown length is checked in the same way.
        var chunked = $"{request}Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n";
        Assert.StartsWith($"HTTP/1.1 {(int)expected}", await bench.RawAsync(chunked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_for_the_session_is_not_an_error_if_there_is_none()
    {
        await using var bench = await GatewayBench.StartAsync([]);
        Assert.Equal("""{"loggedIn":false}""", await bench.Http.GetStringAsync(new Uri("api/session", UriKind.Relative)));
        Assert.Equal(HttpStatusCode.Unauthorized, await bench.StatusAsync(HttpMethod.Get, "api/devices"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/session", UriKind.Relative));
        request.Headers.Add("Cookie", await bench.LogInAsync());
        using var response = await bench.Http.SendAsync(request);
        Assert.Contains("\"loggedIn\":true", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_is_not_accepted_by_calls_that_other_sites_may_read()
    {
        await using var bench = await GatewayBench.StartAsync([]);
        var cookie = await bench.LogInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("rest/getStarred2?f=json&c=x&v=1", UriKind.Relative));
        request.Headers.Add("Cookie", cookie);
        using var response = await bench.Http.SendAsync(request);
        Assert.Contains("\"code\":10", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var state = new HttpRequestMessage(HttpMethod.Get, new Uri("api/state", UriKind.Relative));
        state.Headers.Add("Cookie", cookie);
        state.Headers.Add("Origin", "https://evil.example");
        using var answer = await bench.Http.SendAsync(state);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Other_sites_are_refused_even_if_no_key_is_required(string header, string value)
    {
        await using var bench = await GatewayBench.StartAsync([], new GatewaySettings { RequiresKeys = false });
        Assert.Contains("\"ok\"", await bench.RawAsync(Ping("")), StringComparison.Ordinal);
        Assert.Contains("\"failed\"", await bench.RawAsync(Ping($"{header}: {value}\r\n")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await bench.RawAsync(Get("/song/tr-x.mp3", "")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401", await bench.RawAsync(Get("/song/tr-x.mp3", $"{header}: {value}\r\n")), StringComparison.Ordinal);

        static string Ping(string headers) => Get("/rest/ping?f=json&c=x&v=1", headers);

        static string Get(string path, string headers) => $"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n";
    }

    [Fact]
    public async Task The_page_may_run_no_code_but_its_own_and_may_not_be_framed()
    {
        await using var bench = await GatewayBench.StartAsync([]);
        foreach (var path in new[] { "/", "/nowhere", "/api/state", "/rest/ping", "/song/x.mp3" })
        {
            var answer = await bench.RawAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Assert.Contains("script-src 'self'", answer, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", answer, StringComparison.Ordinal);
            Assert.Contains("nosniff", answer, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("unsafe-", answer, StringComparison.Ordinal);
        }
    }
}
