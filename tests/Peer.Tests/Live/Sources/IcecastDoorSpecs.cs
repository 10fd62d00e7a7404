using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Tests.Material;
using TspActors.Shared;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Live.Sources;

/// <summary>Checks the door for sources over real sockets. A probe acts as the feed.</summary>
public sealed class IcecastDoorSpecs : PeerSpec
{
    private const string Basic = "Authorization: Basic c291cmNlOmh1c2g=\r\n";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly IcecastDeadlines Patiently = new()
    {
        Head = Never,
        Silence = Never,
        WrongPassword = TimeSpan.FromMilliseconds(1),
        Feed = Never,
        Close = Deadline,
    };

    private readonly TestProbe _parent;
    private readonly TestProbe _feed;
    private readonly ManualClock _clock = new();

    public IcecastDoorSpecs(ITestOutputHelper output)
        : base(output)
    {
        _parent = CreateTestProbe();
        _feed = CreateTestProbe();
    }

    [Fact]
    public async Task A_request_typed_by_hand_is_accepted_as_a_source()
    {
        using var client = await ConnectAsync();

        await client.SendAsync($"SOURCE /live HTTP/1.0\n{Basic}\n");
        var source = AcceptSource();

        Assert.Equal("HTTP/1.0 200 OK\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("sound");
        Assert.Equal("sound", ExpectText());
        source.Tell(SourceTaken.Instance);
        client.Dispose();
        await _feed.ExpectMsgAsync<SourceClosed>(Deadline);
    }

    [Fact]
    public async Task Bytes_after_the_head_belong_to_the_sound()
    {
        using var client = await ConnectAsync();

        await client.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\nsound");
        AcceptSource();

        Assert.Equal("sound", ExpectText());
    }

    [Fact]
    public async Task A_client_that_expects_100_receives_it_only_after_the_feed_has_accepted_the_source()
    {
        using var client = await ConnectAsync();
        await client.SendAsync($"PUT /live HTTP/1.1\r\n{Basic}Expect: 100-continue\r\nContent-Type: audio/mpeg\r\n\r\n");

        var open = _feed.ExpectMsg<OpenSource>(Deadline);
        Assert.Equal(0, client.Available);
        open.Source.Tell(SourceAccepted.Instance, _feed.Ref);

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("a");
        Assert.Equal("a", ExpectText());
    }

    [Fact]
    public async Task Nothing_more_is_read_until_the_feed_has_processed_the_last_bytes()
    {
        using var client = await ConnectAsync();
        await client.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\n1");
        var source = AcceptSource();
        Assert.Equal("1", ExpectText());

        await client.SendAsync("2");
        _feed.ExpectNoMsg(Soon);
        source.Tell(SourceTaken.Instance);

        Assert.Equal("2", ExpectText());
    }

    [Fact]
    public async Task The_end_of_a_chunked_body_is_answered()
    {
        using var client = await ConnectAsync();
        await client.SendAsync($"PUT /live HTTP/1.1\r\n{Basic}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        var source = AcceptSource();
        Assert.Equal("abc", ExpectText());
        source.Tell(SourceTaken.Instance);

        await client.SendAsync("0\r\n\r\n");

        Assert.Equal("it has ended", (await _feed.ExpectMsgAsync<SourceClosed>(Deadline)).Reason);
        Assert.StartsWith("HTTP/1.0 200 OK", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_with_a_length_ends_after_that_many_bytes()
    {
        using var client = await ConnectAsync();
        await client.SendAsync($"PUT /live HTTP/1.1\r\n{Basic}Content-Length: 3\r\n\r\nabcGET");
        var source = AcceptSource();

        Assert.Equal("abc", ExpectText());
        source.Tell(SourceTaken.Instance);

        await _feed.ExpectMsgAsync<SourceClosed>(Deadline);
        Assert.StartsWith("HTTP/1.0 200 OK", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_probes_of_libshout_make_it_use_SOURCE_on_the_same_connection()
    {
        using var client = await ConnectAsync();

        await client.SendAsync("OPTIONS * HTTP/1.1\r\nUpgrade: TLS/1.0, HTTP/1.1\r\nConnection: Upgrade\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", await client.ReadAnswerAsync(), StringComparison.Ordinal);
        await client.SendAsync("GET /admin/!POKE HTTP/1.1\r\nConnection: Keep-Alive\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", await client.ReadAnswerAsync(), StringComparison.Ordinal);
        await client.SendAsync("SOURCE /live HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n");
        var poked = await client.ReadAnswerAsync();
        Assert.StartsWith("HTTP/1.1 401", poked, StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate: Basic", poked, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 0\r\n", poked, StringComparison.Ordinal);
        Assert.DoesNotContain("Allow", poked, StringComparison.OrdinalIgnoreCase);

        await client.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\n");
        AcceptSource();
        Assert.Equal("HTTP/1.0 200 OK\r\n\r\n", await client.ReadHeadAsync());
    }

    [Theory]
    [InlineData("Basic c291cmNlOmh1c2h1cA==")]
    [InlineData("Basic YWRtaW46aHVzaA==")]
    [InlineData("Basic !!!")]
    [InlineData("Bearer hush")]
    public async Task A_wrong_password_is_refused(string authorization)
    {
        Assert.StartsWith(
            "HTTP/1.0 401", await AnswerAsync($"SOURCE /live HTTP/1.0\r\nAuthorization: {authorization}\r\n\r\n"), StringComparison.Ordinal);
        _feed.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task After_ten_wrong_passwords_an_address_waits_a_minute()
    {
        var endpoint = await OpenAsync();
        for (var guess = 0; guess < WrongPasswords.MaxPerMinute; guess++)
            Assert.StartsWith("HTTP/1.0 401", await AskAsync("Authorization: Basic c291cmNlOnhyb25n\r\n"), StringComparison.Ordinal);

        Assert.StartsWith("HTTP/1.0 429", await AskAsync(Basic), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromMinutes(1));
        using var client = await DoorClient.ConnectAsync(endpoint);
        await client.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\n");
        AcceptSource();

        async Task<string> AskAsync(string header)
        {
            using var guessing = await DoorClient.ConnectAsync(endpoint);
            await guessing.SendAsync($"SOURCE /live HTTP/1.0\r\n{header}\r\n");
            return await guessing.ReadToEndAsync();
        }
    }

    [Fact]
    public async Task A_second_source_is_refused_with_the_same_phrase_as_in_Icecast()
    {
        using var client = await ConnectAsync();
        await client.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\n");

        _feed.ExpectMsg<OpenSource>(Deadline).Source.Tell(new SourceRefused("The feed has a source"));

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.0 403 Mountpoint in use\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("The feed has a source\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT /other HTTP/1.1\r\n" + Basic + "\r\n", "HTTP/1.0 404")]
    [InlineData("PUT /live HTTP/1.1\r\n" + Basic + "Content-Type: application/ogg\r\n\r\n", "HTTP/1.0 415")]
    [InlineData("PUT /live HTTP/1.1\r\n" + Basic + "Content-Type: audio/aac\r\n\r\n", "HTTP/1.0 415")]
    [InlineData("GET /live HTTP/1.0\r\n\r\n", "HTTP/1.0 400")]
    [InlineData("hello\r\n\r\n", "HTTP/1.0 400")]
    public async Task A_request_that_is_not_from_a_source_for_this_door_is_refused_with_the_reason(string request, string answer) =>
        Assert.StartsWith(answer, await AnswerAsync(request), StringComparison.Ordinal);

    [Theory]
    [InlineData("song=A%20-%20Bj%F6rk", "A - Björk")]
    [InlineData("song=A%20-%20Bj%C3%B6rk", "A - Björk")]
    [InlineData("artist=A&title=B", "A - B")]
    public async Task A_title_reaches_the_feed_while_its_source_is_connected(string query, string title)
    {
        var endpoint = await OpenAsync();
        Assert.Contains("<return>0</return>", await SetTitleAsync(endpoint, query), StringComparison.Ordinal);
        using var client = await DoorClient.ConnectAsync(endpoint);
        await client.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\n");
        AcceptSource();
        await client.ReadHeadAsync();

        var answer = await SetTitleAsync(endpoint, query);

        Assert.StartsWith("HTTP/1.0 200 OK", answer, StringComparison.Ordinal);
        Assert.Contains(
            "<iceresponse><message>Metadata update successful</message><return>1</return></iceresponse>", answer, StringComparison.Ordinal);
        Assert.Equal(title, (await _feed.ExpectMsgAsync<SourceTitle>(Deadline)).Title);
    }

    [Fact]
    public async Task A_title_needs_the_password()
    {
        var endpoint = await OpenAsync();
        using var client = await DoorClient.ConnectAsync(endpoint);

        await client.SendAsync("GET /admin/metadata?mount=/live&mode=updinfo&song=A HTTP/1.0\r\n\r\n");

        Assert.StartsWith("HTTP/1.0 401", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_source_counts_as_gone()
    {
        using var client = await ConnectAsync(Patiently with { Silence = TimeSpan.FromMilliseconds(50) });
        await client.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\n");
        AcceptSource();

        Assert.StartsWith("it sent nothing", (await _feed.ExpectMsgAsync<SourceClosed>(Deadline)).Reason, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_without_a_request_is_closed()
    {
        using var client = await ConnectAsync(Patiently with { Head = TimeSpan.FromMilliseconds(50) });

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_source_that_the_feed_drops_is_disconnected()
    {
        using var client = await ConnectAsync();
        await client.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\n");
        var source = AcceptSource();
        await client.ReadHeadAsync();

        source.Tell(new DropSource("enough"));

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task When_a_feed_ends_its_mount_point_is_removed_and_its_source_is_disconnected()
    {
        var endpoint = await OpenAsync();
        using var client = await DoorClient.ConnectAsync(endpoint);
        await client.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\n");
        AcceptSource();
        await client.ReadHeadAsync();

        Sys.Stop(_feed.Ref);

        Assert.Equal("", await client.ReadToEndAsync());
        await AwaitAssertAsync(
            async () =>
            {
                using var late = await DoorClient.ConnectAsync(endpoint);
                await late.SendAsync($"SOURCE /live HTTP/1.0\r\n{Basic}\r\n");
                Assert.StartsWith("HTTP/1.0 404", await late.ReadToEndAsync(), StringComparison.Ordinal);
            },
            Deadline);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_cut()
    {
        var endpoint = await OpenAsync();
        var clients = new List<DoorClient>();
        try
        {
            for (var place = 0; place < IcecastDoorActor.MaxConnections; place++)
            {
                clients.Add(await DoorClient.ConnectAsync(endpoint));
                await clients[^1].SendAsync("GET / HTTP/1.1\r\n\r\n");
                await clients[^1].ReadAnswerAsync();
            }

            Assert.True(await IsCutAsync(endpoint));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    // A connection that is cut immediately may fail in any of these steps.
    private static async Task<bool> IsCutAsync(IPEndPoint endpoint)
    {
        try
        {
            using var further = await DoorClient.ConnectAsync(endpoint);
            await further.SendAsync("GET / HTTP/1.1\r\n\r\n");
            return await further.ReadToEndAsync() == "";
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            return true;
        }
    }

    [Fact]
    public async Task A_port_that_is_already_in_use_causes_a_clear_failure()
    {
        var endpoint = await OpenAsync();
        var second = CreateTestProbe();

        second.ChildActorOf(IcecastDoorActor.Props(endpoint));

        Assert.Contains("is in use by another program", second.ExpectMsg<DoorFailed>(Deadline).Reason, StringComparison.Ordinal);
    }

    private static async Task<string> SetTitleAsync(IPEndPoint endpoint, string query)
    {
        using var client = await DoorClient.ConnectAsync(endpoint);
        await client.SendAsync($"GET /admin/metadata?mount=/live&mode=updinfo&{query} HTTP/1.0\r\n{Basic}\r\n");
        return await client.ReadToEndAsync();
    }

    private async Task<string> AnswerAsync(string request)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadToEndAsync();
    }

    private async Task<DoorClient> ConnectAsync(IcecastDeadlines? deadlines = null) =>
        await DoorClient.ConnectAsync(await OpenAsync(deadlines));

    private async Task<IPEndPoint> OpenAsync(IcecastDeadlines? deadlines = null)
    {
        var door = _parent.ChildActorOf(IcecastDoorActor.Props(new IPEndPoint(IPAddress.Loopback, 0), deadlines ?? Patiently, _clock));
        door.Tell(new AddMount("/live", "hush", "Live", _feed.Ref));
        return (IPEndPoint)(await _parent.ExpectMsgAsync<DoorOpened>(Deadline)).EndPoint;
    }

    private IActorRef AcceptSource()
    {
        var source = _feed.ExpectMsg<OpenSource>(Deadline).Source;
        source.Tell(SourceAccepted.Instance, _feed.Ref);
        return source;
    }

    private string ExpectText() => Encoding.Latin1.GetString(_feed.ExpectMsg<SourceBytes>(Deadline).Bytes.Span);
}
