using System.Net;
using System.Net.Http.Headers;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Tests.Media;

public class MediaResponderSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] Song = MediaBench.Bytes(300_001);

    [Theory]
    [InlineData("bytes=0-", 0, 300_000)]
    [InlineData("bytes=0-1", 0, 1)]
    [InlineData("bytes=65535-65536", 65_535, 65_536)]
    [InlineData("bytes=70000-200000", 70_000, 200_000)]
    [InlineData("bytes=-128", 299_873, 300_000)]
    public async Task A_part_has_exactly_the_bytes_of_its_range(string range, int first, int last)
    {
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song));
        using var response = await bench.SendAsync(HttpMethod.Get, range);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {first}-{last}/300001", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(Song[first..(last + 1)], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_whole_song_has_its_length_and_tag()
    {
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song));
        using var response = await bench.SendAsync(HttpMethod.Get);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"\"{bench.Song.Hash}\"", response.Headers.ETag!.Tag);
        Assert.Equal(Song.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Song, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Answers_without_bytes_ask_no_host()
    {
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song));
        using var head = await bench.SendAsync(HttpMethod.Head, "bytes=5-6");
        using var outside = await bench.SendAsync(HttpMethod.Get, "bytes=300001-");
        using var known = await bench.SendAsync(HttpMethod.Get, known: new EntityTagHeaderValue($"\"{bench.Song.Hash}\""));
        Assert.Equal((HttpStatusCode.OK, (long?)Song.Length), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, outside.StatusCode);
        Assert.Equal("bytes */300001", outside.Content.Headers.ContentRange!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal(0, bench.Plan.Fetches);
    }

    [Fact]
    public async Task Bytes_that_were_fetched_are_not_fetched_again()
    {
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song));
        await bench.Client.GetByteArrayAsync("/");
        using var tail = await bench.SendAsync(HttpMethod.Get, "bytes=-128");
        Assert.Equal(Song[^128..], await tail.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, bench.Plan.Fetches);
    }

    [Theory]
    [InlineData(FetchFaultKind.NoHost, HttpStatusCode.ServiceUnavailable)]
    [InlineData(FetchFaultKind.HostsFailed, HttpStatusCode.BadGateway)]
    [InlineData(FetchFaultKind.TooMany, HttpStatusCode.TooManyRequests)]
    public async Task A_fault_before_the_first_byte_leads_to_an_error_status(FetchFaultKind kind, HttpStatusCode status)
    {
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song) { Refusal = new FetchFault(kind, "no") });
        using var response = await bench.SendAsync(HttpMethod.Get);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_busy_host_is_asked_again()
    {
        var busy = new FetchFault(FetchFaultKind.Busy, "busy", TimeSpan.FromMilliseconds(1));
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song) { Refusal = busy, Refusals = 1 });
        Assert.Equal(Song, await bench.Client.GetByteArrayAsync("/"));
        Assert.Equal(2, bench.Plan.Fetches);
    }

    [Fact]
    public async Task A_fault_after_the_first_byte_cuts_the_connection()
    {
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song) { FailAt = 200_000 });
        using var response = await bench.SendAsync(HttpMethod.Get);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_paused_player_releases_the_host_and_gets_the_right_bytes_afterwards()
    {
        var song = MediaBench.Bytes(48 << 20);
        var settings = new GatewayMediaSettings
        {
            ReleaseAfter = TimeSpan.FromMilliseconds(100),
            ReadAhead = 256 << 10,
            MemoryCache = 0,
            DiskCache = 0,
        };
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(song), settings);
        using var response = await bench.SendAsync(HttpMethod.Get);
        await bench.Plan.Stopped.Task.WaitAsync(Patience);
        var received = await response.Content.ReadAsByteArrayAsync();
        Assert.True(song.AsSpan().SequenceEqual(received));
        Assert.True(bench.Plan.Fetches > 1);
    }

    [Fact]
    public async Task Two_players_share_one_fetch()
    {
        var gate = new TaskCompletionSource();
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song) { Gate = gate.Task });
        var both = new[] { bench.Client.GetByteArrayAsync("/"), bench.Client.GetByteArrayAsync("/") };
        gate.SetResult();
        Assert.All(await Task.WhenAll(both), bytes => Assert.Equal(Song, bytes));
        Assert.Equal(1, bench.Plan.Fetches);
    }

    [Fact]
    public async Task The_fetches_of_a_device_are_limited()
    {
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song), new GatewayMediaSettings { MaxFetchesPerDevice = 0 });
        using var response = await bench.SendAsync(HttpMethod.Get);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_wrong_size_in_the_catalog_leads_to_an_error_status_if_it_is_noticed_in_time()
    {
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Song[..1000]), size: 2000);
        using var response = await bench.SendAsync(HttpMethod.Get);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task A_start_time_returns_the_rest_of_the_song_without_ranges()
    {
        await using var bench = await MediaBench.StartAsync(new FakePeerPlan(Mp3()));
        using var response = await bench.SendAsync(HttpMethod.Get, "bytes=0-1", "/?t=5");
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("none", response.Headers.AcceptRanges.Single());
        Assert.Null(response.Headers.ETag);
        Assert.Equal(bench.Plan.Song[^bytes.Length..], bytes);
        Assert.Equal(0xFF, bytes[0]);
        Assert.InRange(bytes.Length, bench.Plan.Song.Length / 2 - 500, bench.Plan.Song.Length / 2);
    }

    private static byte[] Mp3() => Mpeg.Tests.Material.Mp3Frames.Frames(300);
}
