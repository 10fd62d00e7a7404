using System.Text.Json;
using Google.Protobuf;
using TspActors.Gateway.Swarm;
using TspActors.Gateway.Tests.Live;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Web;

public sealed class SharingApiSpecs
{
    private static readonly Host Anna = HostOf(1, "anna", reachable: true, streams: 1);
    private static readonly Host Ben = HostOf(0, "Ben", reachable: false, streams: 0);
    private static readonly Host Cleo = HostOf(3, "cleo", reachable: true, streams: 0);

    [Fact]
    public async Task Peers_are_listed_with_what_they_share_and_how_busy_they_are_now()
    {
        var (first, second, feed) = (Shared(1, Anna, Ben), Shared(2, Anna), FeedOf(Ben, Cleo));
        // The tracker has not told the gateway that Anna has become busy.
        var busy = new Host(Anna) { ActiveStreams = 4 };
        await using var bench = await GatewayBench.StartAsync([first, second, feed], hosts: _ => [busy, Ben]);

        var peers = await ReadAsync(bench, "peers");

        Assert.Equal(3, Number(peers, "total"));
        Assert.Equal(
            [
                ("anna", 2, 0, true, 4, 5, false), ("Ben", 1, 1, false, 0, 5, true), ("cleo", 0, 1, true, 0, 5, false),
            ],
            peers.GetProperty("items").EnumerateArray().Select(peer => (
                Text(peer, "name"), Number(peer, "songs"), Number(peer, "feeds"), peer.GetProperty("reachable").GetBoolean(), Number(peer, "active"),
                Number(peer, "max"), peer.GetProperty("own").GetBoolean())));
        Assert.Equal(["Ben"], Names(await ReadAsync(bench, "peers?offset=1&count=1")));
    }

    [Fact]
    public async Task A_peer_has_its_songs_and_feeds()
    {
        await using var bench = await GatewayBench.StartAsync([Shared(1, Anna), Shared(2, Anna, Ben), Shared(3, Ben), FeedOf(Cleo)]);

        var songs = await ReadAsync(bench, $"peers/{IdOf(Ben)}/songs?count=1");
        Assert.Equal(2, Number(songs, "total"));
        Assert.Equal(["Song 2"], Names(songs, "title"));
        Assert.Equal(["Song 3"], Names(await ReadAsync(bench, $"peers/{IdOf(Ben)}/songs?offset=1"), "title"));
        var cleo = await ReadAsync(bench, $"peers/{IdOf(Cleo)}");
        Assert.Equal(["Night"], cleo.GetProperty("feedList").EnumerateArray().Select(feed => Text(feed, "name")));
        Assert.Empty(Names(await ReadAsync(bench, $"peers/{IdOf(Cleo)}/songs"), "title"));
    }

    [Fact]
    public async Task Without_a_reply_from_the_tracker_the_figures_in_the_catalog_are_shown()
    {
        await using var bench = await GatewayBench.StartAsync([Shared(1, Anna)], hosts: _ => null);

        var peers = await ReadAsync(bench, "peers");

        Assert.Equal(1, Number(peers.GetProperty("items")[0], "active"));
    }

    [Fact]
    public async Task The_hosts_of_a_song_are_named_and_only_those_known_as_peers_have_an_id()
    {
        var (unnamed, wrong) = (HostOf(8, "\u202e", reachable: false, streams: 0), new Host { Name = "wrong", PeerId = ByteString.CopyFrom(1) });
        await using var bench = await GatewayBench.StartAsync([Shared(1, Anna)], hosts: _ => [Anna, unnamed, wrong]);
        var song = (await ReadAsync(bench, "songs")).GetProperty("items")[0];

        var hosts = (await ReadAsync(bench, $"songs/{Text(song, "id")}")).GetProperty("hostList").EnumerateArray().ToList();

        Assert.Equal(["anna", "[Unnamed peer]"], hosts.Select(host => Text(host, "name")));
        Assert.Equal([true, false], hosts.Select(host => host.TryGetProperty("id", out _)));
    }

    [Fact]
    public async Task Streams_to_other_peers_are_listed_with_the_names_of_those_that_share_something()
    {
        await using var bench = await GatewayBench.StartAsync(
            [Shared(1, Anna)], uploads: [new OutgoingTransfer("One\u202e", new PeerId(Anna.PeerId.Span), true), new OutgoingTransfer("Two", null, false)]);

        var transfers = await ReadAsync(bench, "transfers");

        Assert.Equal(
            [$$"""{"song":"One","download":true,"requester":"anna","requesterId":"{{IdOf(Anna)}}"}""", """{"song":"Two","download":false}"""],
            transfers.GetProperty("outgoing").EnumerateArray().Select(upload => upload.ToString()));
    }

    [Theory]
    [InlineData("peers/00000000000000000000000000000009")]
    [InlineData("peers/nobody")]
    [InlineData("peers/nobody/songs")]
    public async Task An_unknown_peer_is_not_found(string path)
    {
        await using var bench = await GatewayBench.StartAsync([Shared(1, Anna)]);
        var cookie = await bench.LogInAsync();

        Assert.Equal(
            System.Net.HttpStatusCode.NotFound,
            await bench.StatusAsync(HttpMethod.Get, $"api/{path}", request => request.Headers.Add("Cookie", cookie)));
    }

    private static async Task<JsonElement> ReadAsync(GatewayBench bench, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"api/{path}", UriKind.Relative));
        request.Headers.Add("Cookie", await bench.LogInAsync());
        using var response = await bench.Http.SendAsync(request);
        return JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement;
    }

    private static string[] Names(JsonElement page, string name = "name") =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => Text(item, name))];

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static int Number(JsonElement item, string name) => item.GetProperty(name).GetInt32();

    private static string IdOf(Host host) => Convert.ToHexStringLower(host.PeerId.Span);

    private static Song Shared(int number, params Host[] hosts)
    {
        var song = MadeUpSongs.Of(number, $"Song {number}", "Artist", $"Album {number}");
        song.Hosts.Clear();
        song.Hosts.Add(hosts);
        return song;
    }

    private static Song FeedOf(params Host[] hosts)
    {
        var feed = FakeRadio.FeedOf(9, "Night");
        feed.Hosts.Clear();
        feed.Hosts.Add(hosts);
        return feed;
    }

    private static Host HostOf(byte number, string name, bool reachable, uint streams)
    {
        // Number 0 is the gateway's own peer.
        var id = new byte[PeerId.Size];
        id[^1] = number;
        return new Host { PeerId = ByteString.CopyFrom(id), Name = name, Reachable = reachable, ActiveStreams = streams, MaxStreams = 5 };
    }
}
