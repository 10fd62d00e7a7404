using Akka.Actor;
using TspActors.Peer.Hosting;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks fetches of one song into one sink, from any host that has it.</summary>
public sealed class SongFetchSpecs(ITestOutputHelper output) : FetchSpec(output)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(123_456)]
    [InlineData(199_999)]
    [InlineData(200_000)]
    public async Task A_fetch_from_any_offset_delivers_exactly_the_rest_of_the_song(int offset)
    {
        var host = Good("ann");
        Grant(host);
        var sink = new MemorySink();

        Fetch(sink, offset);

        Assert.Equal("ann", (await ExpectMsgAsync<FetchStarted>()).Host.Name);
        await ExpectMsgAsync<FetchCompleted>();
        Assert.Equal(Song.Payload[offset..], sink.Bytes);
        Assert.True(sink.Completed);
        var request = Assert.Single(host.Requests);
        Assert.Equal(0ul, request.Offset % (ulong)Song.PieceBytes);
        Assert.True(request.WantPieceHashes);
        Assert.Equal(Song.Hash, new ContentHash(request.ContentHash.Span));
        Assert.Equal(Listener.Peer, new PeerId(request.RequesterId.Span));
    }

    [Fact]
    public async Task The_song_arrives_byte_for_byte_even_if_hosts_are_lost_one_after_another()
    {
        var cuts = new[] { 0, 10_000, 50_000, 120_000 };
        var hosts = cuts.Select(cut => Host($"cut at {cut}", async (host, remote, _) =>
        {
            var request = await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory((int)request.Offset, Math.Max(0, cut - (int)request.Offset)));
            remote.FinishSending();
            await remote.ReceiveToEnd();
        })).ToArray();
        var last = Good("last");
        Grant([.. hosts, last]);
        var sink = new MemorySink();

        Fetch(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
        Assert.Equal(120_000ul / (ulong)Song.PieceBytes * (ulong)Song.PieceBytes, Assert.Single(last.Requests).Offset);
    }

    [Fact]
    public async Task A_notice_names_the_lost_host_and_the_one_that_continues()
    {
        Grant(Host("lost", (_, remote, _) => Task.Run(remote.Reset)), Good("ben"));

        Fetch(new MemorySink());

        var notice = await ExpectMsgAsync<FetchNotice>();
        Assert.Contains("lost", notice.Text, StringComparison.Ordinal);
        Assert.Contains("continuing with ben", notice.Text, StringComparison.Ordinal);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
    }

    [Fact]
    public async Task A_connection_lost_after_the_last_byte_does_no_harm()
    {
        var host = Host("hasty", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload);
            remote.FinishSending();
            await remote.ReceiveToEnd();
        });
        Grant(host);
        var sink = new MemorySink();

        Fetch(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
        Assert.Equal(1, host.Connections);
    }

    [Fact]
    public async Task A_BUSY_host_is_asked_again_after_its_retry_time()
    {
        var host = Host("busy", async (host, remote, connection) =>
        {
            if (connection == 1)
            {
                await host.ReadPlayAsync(remote);
                await remote.Send(Errors.Frame(ErrorCode.Busy, "too many", 1, TimeSpan.FromMilliseconds(30)));
                await remote.ReceiveToEnd();
                return;
            }

            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload);
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        Grant(host);
        var sink = new MemorySink();

        Fetch(sink);

        Assert.Matches("^waiting: .*too many, next try in 1 s$", (await ExpectMsgAsync<FetchNotice>()).Text);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
        Assert.Equal(2, host.Connections);
    }

    [Fact]
    public async Task A_final_notice_names_the_host_whose_wrong_bytes_were_replaced()
    {
        var wrong = Host("mallory", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, (byte[])[.. Song.Payload[..100_000], .. new byte[Song.Payload.Length - 100_000]]);
        });
        Grant(wrong, Good("ann"));
        var sink = new MemorySink();

        Fetch(sink);

        await FishForMessageAsync<FetchNotice>(
            notice => notice.Text.Contains("continuing with ann", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        // The fetch also reports that this host has started.
        Assert.Equal("ann", (await ExpectMsgAsync<FetchStarted>()).Host.Name);
        Assert.Contains("mallory sent wrong bytes", (await ExpectMsgAsync<FetchNotice>()).Text, StringComparison.Ordinal);
        await ExpectMsgAsync<FetchCompleted>();
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task When_no_host_can_send_the_song_the_fetch_fails_with_one_clear_reason()
    {
        var gone = Good("gone");
        await gone.DisposeAsync();
        var refuses = Host("full", async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            await remote.Send(Errors.Frame(ErrorCode.Busy, "too many", 1));
            await remote.ReceiveToEnd();
        });
        Grant(gone, refuses);

        Fetch(new MemorySink());

        var reason = Assert.IsType<FetchFailed>(await OutcomeAsync()).Reason;
        Assert.Contains("no host could send song 1", reason, StringComparison.Ordinal);
        Assert.Contains("full", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
        Assert.Equal(Calm.Rounds, refuses.Connections);
    }

    [Fact]
    public async Task A_fetch_of_a_song_that_the_tracker_does_not_know_fails_immediately()
    {
        Fetch(new MemorySink());

        Assert.Equal("there is no song 1", (await ExpectMsgAsync<FetchFailed>()).Reason);
    }

    [Fact]
    public async Task Without_a_tracker_the_fetch_fails_with_the_reason_from_the_tracker_link()
    {
        Answers[1] = () => new TrackerUnavailable("no tracker at x:7070: it is down");

        Fetch(new MemorySink());

        Assert.Equal("no tracker at x:7070: it is down", (await ExpectMsgAsync<FetchFailed>()).Reason);
    }

    [Fact]
    public async Task A_live_feed_changed_content_and_an_offset_past_the_end_are_refused()
    {
        Grant();
        Fetch(new MemorySink(), offset: 200_001);
        Assert.Contains("ends before the requested position", (await ExpectMsgAsync<FetchFailed>()).Reason, StringComparison.Ordinal);

        Answers[1] = () => new PlayGrant { Song = new Song(Song.ToSong(1)) { Live = true } };
        Fetch(new MemorySink());
        Assert.Contains("live feed", (await ExpectMsgAsync<FetchFailed>()).Reason, StringComparison.Ordinal);

        var asked = 0;
        Answers[1] = () => new PlayGrant { Song = (asked++ == 0 ? Song : new TestSong(1_000, seed: 5)).ToSong(1) };
        Fetch(new MemorySink());
        Assert.Contains("different content", Assert.IsType<FetchFailed>(await OutcomeAsync()).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(70_000u)]
    [InlineData(uint.MaxValue)]
    public async Task A_host_with_an_impossible_port_is_skipped(uint port)
    {
        var odd = Good("odd");
        odd.Host.Port = port;
        Grant(odd, Good("ben"));
        var sink = new MemorySink();

        Fetch(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task A_host_with_an_impossible_address_is_skipped()
    {
        var broken = Good("broken");
        broken.Host.Address = "\0";
        Grant(broken, Good("ben"));
        var sink = new MemorySink();

        Fetch(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task A_receiver_that_stops_unexpectedly_counts_as_a_lost_host()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var silent = Host("silent", async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            waiting.TrySetResult();
            await remote.ReceiveToEnd();
        });
        Grant(silent, Good("ben"));
        var sink = new MemorySink();
        var fetch = Fetch(sink);
        await waiting.Task;

        Sys.Stop(Assert.Single(ChildrenOf(fetch)));

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task A_peer_fetches_its_own_songs_from_its_own_address()
    {
        var own = Good("me");
        var port = (int)own.Host.Port;
        own.Host.Address = "203.0.113.1";
        own.Host.Port = 9;
        Grant(own);
        var sink = new MemorySink();

        Fetch(sink, own: new OwnHost(new PeerId(own.Host.PeerId.Span), "127.0.0.1", port));

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task A_host_with_the_same_access_key_is_used_and_one_with_a_different_key_is_not()
    {
        var key = new AccessKey("secret");
        ScriptedHost Keyed(string name, AccessKey theirs) => Host(name, async (host, remote, _) =>
        {
            var handshake = Handshakes.OfHost(theirs);
            HandshakeResult? result = null;
            while (!handshake.IsProved && result is not HandshakeResult.Refused)
            {
                result = handshake.Advance(await remote.Expect<Init>(Operation.Init));
                await remote.Send(result.ToFrame());
            }

            if (handshake.IsProved)
            {
                await host.StartAsync(remote, Song);
                await ScriptedHost.SendDataAsync(remote, Song.Payload);
                await remote.Send(Operation.Data, 1);
            }

            await remote.ReceiveToEnd();
        });
        var stranger = Keyed("stranger", new AccessKey("other"));
        Grant(stranger, Keyed("friend", key));
        var sink = new MemorySink();

        Fetch(sink, requester: Listener with { AccessKey = key });

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
        Assert.Empty(stranger.Requests);
    }

    [Fact]
    public async Task A_failure_of_the_sink_ends_the_fetch_and_its_reason_is_reported_unchanged()
    {
        var host = Good("ann");
        Grant(host);

        Fetch(new MemorySink { BeforeWrite = () => throw new IOException("song.mp3 cannot be written: the disk is full") });

        Assert.Equal("song.mp3 cannot be written: the disk is full", Assert.IsType<FetchFailed>(await OutcomeAsync()).Reason);
    }

    [Fact]
    public async Task An_unexpected_exception_in_the_sink_also_ends_the_fetch()
    {
        Grant(Good("ann"));

        Fetch(new MemorySink { BeforeWrite = () => throw new InvalidOperationException("a fault") });

        Assert.Equal("a fault", Assert.IsType<FetchFailed>(await OutcomeAsync()).Reason);
    }

    [Fact]
    public async Task No_more_pieces_are_delivered_until_the_earlier_ones_have_been_taken()
    {
        var arrived = CreateTestProbe();
        var host = Good("ann");
        var receiver = Sys.ActorOf(StreamReceiverActor.Props(new StreamOrder(Song.ToSong(1), host.Host, 0, Pace.Full, Listener,
            TimeSpan.MaxValue), Calm, arrived));
        await arrived.ExpectMsgAsync<StreamStarted>();
        var bytes = 0;
        while (bytes < Song.Payload.Length)
        {
            var pieces = await arrived.ExpectMsgAsync<PiecesArrived>();
            var size = pieces.Pieces.Sum(piece => piece.Length);
            Assert.InRange(size, 1, 64 * 1024 + Song.PieceBytes);
            bytes += size;
            if (bytes < Song.Payload.Length)
                await arrived.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
            receiver.Tell(new PiecesTaken(TimeSpan.MaxValue), arrived);
        }

        await arrived.ExpectMsgAsync<StreamFinished>();
    }

    [Fact]
    public async Task Stopping_sends_STOP_to_the_host_and_nothing_to_the_owner()
    {
        var frames = new TaskCompletionSource<List<Frame>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Grant(Host("ann", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(0, 20_000));
            frames.TrySetResult(await remote.ReceiveToEnd());
        }));
        var fetch = Fetch(new MemorySink());
        await ExpectMsgAsync<FetchStarted>();
        Watch(fetch);

        fetch.Tell(StopFetch.Instance);

        Assert.Equal(Operation.Stop, Assert.Single(await frames.Task.WaitAsync(TimeSpan.FromSeconds(30))).Operation);
        await ExpectTerminatedAsync(fetch);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Stopping_ends_a_fetch_that_is_still_looking_for_a_host()
    {
        Answers[1] = () => "no answer";
        var fetch = Fetch(new MemorySink());
        Watch(fetch);

        fetch.Tell(StopFetch.Instance);

        await ExpectTerminatedAsync(fetch);
    }
}
