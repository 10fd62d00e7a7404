using System.Net;
using System.Net.Http.Headers;
using TspActors.Gateway.Tests.Web;

namespace TspActors.Gateway.Tests.Subsonic;

/// <summary>Checks the list of all artists, which is kept encoded.</summary>
public sealed class ArtistListSpecs
{
    [Theory]
    [InlineData("json")]
    [InlineData("xml")]
    public async Task The_list_is_sent_again_only_if_it_has_changed(string format)
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "Song 1", "Ana", "Album 1"), MadeUpSongs.Of(2, "Song 2", "Ben", "Album 2")]);
        var (first, tag) = await GetAsync(bench, format);
        Assert.Contains("Ana", first, StringComparison.Ordinal);
        Assert.Equal((first, tag), await GetAsync(bench, format));

        Assert.Equal(HttpStatusCode.NotModified, (await SendAsync(bench, format, tag)).StatusCode);

        var ana = (await bench.JsonAsync("search3", "query=Ana")).GetProperty("searchResult3").GetProperty("artist")[0].GetProperty("id").GetString();
        await bench.JsonAsync("star", $"artistId={ana}");
        var (starred, starredTag) = await GetAsync(bench, format);
        Assert.NotEqual(tag, starredTag);
        Assert.Contains("starred", starred, StringComparison.Ordinal);

        bench.Change([MadeUpSongs.Of(3, "Song 3", "Cleo", "Album 3")], []);
        while (await bench.SongCountAsync() < 3)
        {
        }

        var (third, thirdTag) = await GetAsync(bench, format);
        Assert.NotEqual(starredTag, thirdTag);
        Assert.Contains("Cleo", third, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(bench, format, starredTag)).StatusCode);
    }

    [Fact]
    public async Task A_client_without_a_key_gets_no_list()
    {
        await using var bench = await GatewayBench.StartAsync([MadeUpSongs.Of(1, "Song 1", "Ana", "Album 1")], new GatewaySettings { RequiresKeys = true });
        await bench.Http.GetStringAsync(bench.Call("getArtists"));

        var refused = await bench.Http.GetStringAsync(new Uri("rest/getArtists?u=tsp&p=wrong&v=1.16.1&c=test&f=json", UriKind.Relative));

        Assert.Contains("\"failed\"", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("Ana", refused, StringComparison.Ordinal);
    }

    private static async Task<(string Body, string Tag)> GetAsync(GatewayBench bench, string format)
    {
        using var response = await SendAsync(bench, format, tag: null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadAsStringAsync(), response.Headers.ETag!.ToString());
    }

    private static async Task<HttpResponseMessage> SendAsync(GatewayBench bench, string format, string? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, bench.Call("getArtists", "", format));
        if (tag is not null)
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(tag));
        return await bench.Http.SendAsync(request);
    }
}
