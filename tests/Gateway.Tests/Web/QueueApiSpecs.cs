using System.Net;
using System.Text;
using System.Text.Json;

namespace TspActors.Gateway.Tests.Web;

public sealed class QueueApiSpecs
{
    [Fact]
    public async Task Songs_of_the_queue_that_the_library_does_not_know_are_listed_as_away()
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "one", "A", "B")]);
        var known = await IdAsync(bench);
        var cookie = await bench.LogInAsync();

        await SaveAsync(bench, cookie, ["tr-unknown", known], index: 1);

        var queue = await ReadAsync(bench, cookie);
        Assert.Equal((1, 30_000), (queue.GetProperty("index").GetInt32(), queue.GetProperty("positionMs").GetInt32()));
        Assert.Equal(
            [("tr-unknown", "[Unknown]", true), (known, "one", false)],
            queue.GetProperty("list").EnumerateArray().Select(song => (
                song.GetProperty("id").GetString(), song.GetProperty("title").GetString(), song.GetProperty("away").GetBoolean())));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3_500, 1_000)]
    [InlineData(5_999, 1_000)]
    public async Task Of_a_long_queue_the_part_around_the_current_song_is_listed(int index, int offset)
    {
        await using var bench = await GatewayBench.StartAsync([]);
        var cookie = await bench.LogInAsync();
        string[] ids = [.. Enumerable.Range(0, 6_000).Select(number => $"tr-{number}")];

        await SaveAsync(bench, cookie, ids, index);

        var queue = await ReadAsync(bench, cookie);
        Assert.Equal(ids, queue.GetProperty("ids").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(offset, queue.GetProperty("offset").GetInt32());
        Assert.Equal(ids.Skip(offset).Take(5_000), queue.GetProperty("list").EnumerateArray().Select(song => song.GetProperty("id").GetString()));
    }

    private static async Task<string> IdAsync(GatewayBench bench)
    {
        var found = await bench.JsonAsync("search3", "query=one");
        return found.GetProperty("searchResult3").GetProperty("song")[0].GetProperty("id").GetString()!;
    }

    private static async Task SaveAsync(GatewayBench bench, string cookie, string[] ids, int index)
    {
        var body = JsonSerializer.Serialize(new { ids, index, positionMs = 30_000 });
        var status = await bench.StatusAsync(HttpMethod.Put, "api/queue", request =>
        {
            request.Headers.Add("Cookie", cookie);
            request.Headers.Add("X-Tsp", "1");
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        });
        Assert.Equal(HttpStatusCode.NoContent, status);
    }

    private static async Task<JsonElement> ReadAsync(GatewayBench bench, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/queue", UriKind.Relative));
        request.Headers.Add("Cookie", cookie);
        using var response = await bench.Http.SendAsync(request);
        return JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement;
    }
}
