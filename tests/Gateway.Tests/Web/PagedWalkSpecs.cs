using System.Globalization;
using System.Text.Json;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Web;

public sealed class PagedWalkSpecs
{
    private const int Stays = 1_000;
    private const int Guests = 77;
    private const int Page = 50;

    private static readonly GatewaySettings Settings = new()
    {
        Library = new GatewayLibrarySettings { AwayGrace = TimeSpan.Zero },
        Limits = new GatewayLimits { MaxRequestsPerDevice = 64 },
    };

    [Fact]
    public Task All_pages_of_the_songs_fetched_at_once_have_each_song_once() => WalkAsync(
        "search3", "query=%22%22&artistCount=0&albumCount=0&songCount=50&songOffset=",
        answer => answer.GetProperty("searchResult3").GetProperty("song"), "title");

    [Theory]
    [InlineData("alphabeticalByName")]
    [InlineData("alphabeticalByArtist")]
    [InlineData("random")]
    public Task All_pages_of_the_albums_fetched_at_once_have_each_album_once(string type) => WalkAsync(
        "getAlbumList2", $"type={type}&size=50&offset=", answer => answer.GetProperty("albumList2").GetProperty("album"), "name");

    // Songs and albums whose names begin with "guest" come and go. In every order, some of them come before those that stay, so every
    // change moves all others.
    private static async Task WalkAsync(string call, string query, Func<JsonElement, JsonElement> items, string name)
    {
        var guests = Enumerable.Range(1, Guests).Select(number => SongOf(number, $"guest {number}")).ToList();
        var others = Enumerable.Range(Guests + 1, Stays).Select(number => SongOf(number, $"stays {number}"));
        await using var bench = await GatewayBench.StartAsync([.. guests, .. others], Settings);
        var offsets = Enumerable.Range(0, (Stays + Guests) / Page + 1).Select(page => page * Page).ToArray();
        new Random(1).Shuffle(offsets);
        var found = new List<JsonElement>();
        foreach (var wave in offsets.Chunk(12))
        {
            var pages = Task.WhenAll(wave.Select(offset => bench.JsonAsync(call, string.Create(CultureInfo.InvariantCulture, $"{query}{offset}"))));
            await ChangeAsync(bench, [], [.. guests.Select(song => song.Id)], Stays);
            await ChangeAsync(bench, [.. guests.Skip(wave[0] % 7 * 5)], [], Stays + Guests - wave[0] % 7 * 5);
            found.AddRange((await pages).SelectMany(page => items(page).EnumerateArray()));
        }

        var ids = found.Select(item => item.GetProperty("id").GetString()!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(Stays, found.Count(item => item.GetProperty(name).GetString()!.StartsWith("stays", StringComparison.Ordinal)));
    }

    private static async Task ChangeAsync(GatewayBench bench, IReadOnlyList<Song> changed, IReadOnlyList<int> removed, int count)
    {
        bench.Change(changed, removed);
        using var deadline = new CancellationTokenSource(GatewayBench.Patience);
        while (await bench.SongCountAsync() != count)
            deadline.Token.ThrowIfCancellationRequested();
    }

    private static Song SongOf(int number, string name) => MadeUpSongs.Of(number, name, name, name);
}
