using System.Diagnostics;
using System.Net;
using System.Text;

namespace TspActors.Gateway.Tests.Web;

public sealed class WrongKeySpecs
{
    private const int Allowed = 5;

    private static readonly GatewaySettings Settings = new() { Limits = new GatewayLimits { MaxWrongKeys = Allowed } };

    [Theory]
    [InlineData("rest/ping?u=tsp&p=wrong&c=x&v=1&f=json&n=")]
    [InlineData("rest/ping?u=tsp&t=26719a1196d2a940705a59634eb18eab&s=c19b2d&c=x&v=1&f=json&n=")]
    [InlineData("rest/ping?apiKey=wrong&c=x&v=1&f=json&n=")]
    [InlineData("rest/stream?u=tsp&p=wrong&c=x&v=1&f=json&id=tr-1&n=")]
    [InlineData("all.m3u8?k=wrong&n=")]
    [InlineData("song/tr-1.mp3?k=wrong&n=")]
    public async Task Parallel_guesses_are_slowed_down_and_then_refused_with_the_time_to_wait(string path)
    {
        await using var bench = await GatewayBench.StartAsync([], Settings);
        var start = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, 3 * Allowed).Select(number => GetAsync(bench.Http, path + number)));
        Assert.True(Stopwatch.GetElapsedTime(start) > TimeSpan.FromMilliseconds(900), "wrong keys were answered at once");

        var refused = answers.Where(answer => answer.Status == HttpStatusCode.TooManyRequests).ToList();
        Assert.Equal(2 * Allowed, refused.Count);
        Assert.All(refused, answer =>
            Assert.InRange(answer.RetryAfter ?? TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task The_right_key_still_works_from_another_address_and_under_another_name()
    {
        await using var bench = await GatewayBench.StartAsync([], Settings);
        await GuessAsync(bench.Http, _ => null);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync(bench.Http, bench.Call("ping").ToString())).Status);
        using var elsewhere = bench.NewClient(IPAddress.Parse("127.0.0.2"));
        Assert.Contains("\"ok\"", await elsewhere.GetStringAsync(bench.Call("ping")), StringComparison.Ordinal);
        var byName = bench.Call("ping").ToString().Replace("u=tsp", "u=phone", StringComparison.Ordinal);
        Assert.Contains("\"ok\"", await bench.Http.GetStringAsync(new Uri(byName, UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_with_wrong_keys_is_refused_too()
    {
        await using var bench = await GatewayBench.StartAsync([], Settings);
        var answers = await Task.WhenAll(Enumerable.Range(0, Allowed + 1).Select(_ => bench.StatusAsync(HttpMethod.Post, "api/session", request =>
        {
            request.Headers.Add("X-Tsp", "1");
            request.Content = new StringContent("""{"key":"wrong"}""", Encoding.UTF8, "application/json");
        })));
        Assert.Equal(Allowed, answers.Count(status => status == HttpStatusCode.Unauthorized));
        Assert.Single(answers, status => status == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Addresses_that_a_client_makes_up_do_not_help()
    {
        await using var bench = await GatewayBench.StartAsync([], Settings with { TrustedProxies = ["10.9.8.7"] });
        await GuessAsync(bench.Http, number => $"10.0.0.{number}");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync(bench.Http, bench.Call("ping").ToString(), "10.0.1.1")).Status);
    }

    [Fact]
    public async Task A_trusted_proxy_keeps_its_clients_apart()
    {
        await using var bench = await GatewayBench.StartAsync([], Settings with { TrustedProxies = ["127.0.0.1"] });
        await GuessAsync(bench.Http, _ => "10.0.0.1");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync(bench.Http, bench.Call("ping").ToString(), "10.0.0.1")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(bench.Http, bench.Call("ping").ToString(), "10.0.0.2")).Status);
        // The proxy appends the address that it sees. What the client wrote before it does not count.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync(bench.Http, bench.Call("ping").ToString(), "10.0.0.2, 10.0.0.1")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(bench.Http, bench.Call("ping").ToString(), "203.0.113.9")).Status);
    }

    [Fact]
    public async Task If_the_devices_cannot_be_read_nobody_is_admitted_no_guess_is_counted_and_no_path_is_revealed()
    {
        await using var bench = await GatewayBench.StartAsync([], Settings);
        var path = Path.Combine(bench.DataFolder, Gateway.Security.DeviceStore.FileName);
        var cookie = await bench.LogInAsync();
        var whole = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, """[{"Id":"a","Name":"phone","Key":""}]""");

        for (var turn = 0; turn < 2 * Allowed; turn++)
        {
            Check(await bench.Http.GetStringAsync(bench.Call("ping")), "\"failed\"");
            Check(await bench.RawAsync("GET /all.m3u8?k=x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), "HTTP/1.1 503 ");
        }

        Check(await bench.RawAsync("GET /cover/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: " + cookie + "\r\n\r\n"), "HTTP/1.1 503 ");
        Check(
            await bench.RawAsync("GET /api/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: " + cookie + "\r\n\r\n"),
            "HTTP/1.1 ");
        await File.WriteAllTextAsync(path, whole);
        Assert.Contains("\"ok\"", await bench.Http.GetStringAsync(bench.Call("ping")), StringComparison.Ordinal);

        void Check(string answer, string expected)
        {
            Assert.Contains(expected, answer, StringComparison.Ordinal);
            Assert.DoesNotContain(bench.DataFolder, answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Right_keys_are_not_counted()
    {
        await using var bench = await GatewayBench.StartAsync([], Settings);
        for (var turn = 0; turn < 3 * Allowed; turn++)
            Assert.Contains("\"ok\"", await bench.Http.GetStringAsync(bench.Call("ping")), StringComparison.Ordinal);
        Assert.StartsWith("#EXTM3U", await bench.PlainAsync("all.m3u8"), StringComparison.Ordinal);
    }

    private static async Task GuessAsync(HttpClient client, Func<int, string?> forwardedFor) => await Task.WhenAll(
        Enumerable.Range(1, Allowed).Select(number => GetAsync(client, "rest/ping?u=tsp&p=wrong&c=x&v=1&f=json", forwardedFor(number))));

    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter)> GetAsync(
        HttpClient client, string path, string? forwardedFor = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var response = await client.SendAsync(request);
        return (response.StatusCode, response.Headers.RetryAfter?.Delta);
    }
}
