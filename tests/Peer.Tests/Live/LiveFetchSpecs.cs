using System.Security.Cryptography;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Listening;
using TspActors.Peer.Live;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Saving;
using TspActors.Peer.Serving;
using TspActors.Peer.Tests.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks how a live feed is fetched: every chunk is verified, and after the loss of a host another continues.</summary>
public sealed class LiveFetchSpecs : FetchSpec
{
    private const int Chunks = 20;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly FeedIdentity _feed;
    private readonly List<(LiveChunk Proof, byte[] Mp3)> _chunks = [];

    public LiveFetchSpecs(ITestOutputHelper output)
        : base(output)
    {
        var spki = _key.ExportSubjectPublicKeyInfo();
        _feed = new FeedIdentity(new PeerId(SHA256.HashData(spki).AsSpan(0, 16)), "Ana's radio", ByteString.CopyFrom(spki));
        for (var i = 0; i < Chunks; i++)
        {
            var mp3 = Mp3Frames.Make(4, seed: i);
            var proof = new LiveChunk { Sequence = 1_000 + (ulong)i, TimeMs = 1_790_000_000_000 + (ulong)(i * 104), DurationMs = 104 };
            LiveProof.Sign(proof, _feed.Hash, mp3, _key);
            _chunks.Add((proof, mp3));
        }
    }

    [Fact]
    public async Task A_feed_is_heard_from_the_edge_to_its_end()
    {
        var host = Keep(Honest("source", 5, Chunks, ends: true));
        GrantLive(host);
        var sink = new MemorySink();

        Listen(sink);

        var started = await FishForMessageAsync<FetchStarted>(_ => true);
        Assert.Equal(("Ana's radio", 1_005ul), (started.Live!.FeedName, started.Live.FirstSequence));
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(5, Chunks), sink.Bytes);
        Assert.True(host.Requests.TryPeek(out var request));
        Assert.Equal((true, 0ul, 0ul), (request.WantLiveProofs, request.FromSequence, request.Offset));
    }

    [Fact]
    public async Task Another_host_continues_with_the_next_chunk()
    {
        var dying = Keep(Honest("dying", 0, 10, ends: false));
        var second = Keep(Honest("second", 7, Chunks, ends: true));
        GrantLive(dying, second);
        var sink = new MemorySink();

        Listen(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
        Assert.Equal(1_010ul, second.Requests.First().FromSequence);
    }

    [Fact]
    public async Task Chunks_that_have_already_been_heard_are_left_out()
    {
        var dying = Keep(Honest("dying", 0, 10, ends: false));
        // This host ignores from_sequence and starts at its own edge.
        var second = Keep(Host("second", async (remote, connection) =>
        {
            if (connection == 1)
                await SendAsync(remote, 6, Chunks, ends: true);
        }));
        GrantLive(dying, second);
        var sink = new MemorySink();

        Listen(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
    }

    [Theory]
    [InlineData("a changed byte")]
    [InlineData("another signature")]
    [InlineData("no proof")]
    [InlineData("a replay")]
    [InlineData("another key")]
    [InlineData("another name")]
    [InlineData("a song")]
    [InlineData("too much sound")]
    [InlineData("a huge chunk")]
    [InlineData("a chunk of no duration")]
    [InlineData("a chunk too large for its duration")]
    [InlineData("a chunk at the end of time")]
    [InlineData("the last number")]
    [InlineData("a broken path")]
    [InlineData("a long path")]
    [InlineData("an edge at the end of time")]
    [InlineData("a second start")]
    public async Task Sound_that_the_source_has_not_signed_is_never_heard(string lie)
    {
        var liar = Keep(Host("liar", async remote => await LieAsync(remote, lie)));
        var good = Keep(Honest("good", 0, Chunks, ends: true));
        GrantLive(liar, good);
        var sink = new MemorySink();

        Listen(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
    }

    [Fact]
    public async Task A_title_is_delivered_with_the_chunk_that_it_belongs_to()
    {
        var host = Keep(Host("source", async remote =>
        {
            await StartAsync(remote, 0, title: "Ana - Uno");
            await SendChunkAsync(remote, 0);
            await remote.Send(Operation.Info, 1, new SongInfoPage { Songs = { Described("Ana - Dos") } });
            await SendChunkAsync(remote, 1);
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        }));
        GrantLive(host);

        Listen(new MemorySink());

        Assert.Equal("Ana - Uno", (await FishForMessageAsync<ChunkHeard>(_ => true)).Chunk.Title.Text);
        Assert.Equal("Ana - Dos", (await FishForMessageAsync<ChunkHeard>(_ => true)).Chunk.Title.Text);
    }

    [Fact]
    public async Task A_relay_that_receives_the_feed_from_this_peer_is_not_used()
    {
        var loop = Keep(Host("loop", async remote =>
        {
            await remote.Expect<PlayRequest>(Operation.Play);
            var start = Start(0, "");
            start.Live.Path.Add(ByteString.CopyFrom(Listener.Peer.ToArray()));
            await remote.Send(Operation.Play, 1, start);
            await remote.ReceiveToEnd();
        }));
        var source = Keep(Honest("source", 0, Chunks, ends: true));
        GrantLive(loop, source);
        var sink = new MemorySink();

        Listen(sink, isRelayed: true);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
        Assert.NotEmpty(source.Requests);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public async Task A_relay_is_at_most_four_steps_from_the_source(int steps, bool isTaken)
    {
        var far = Keep(Host("far", async remote =>
        {
            await remote.Expect<PlayRequest>(Operation.Play);
            var start = Start(0, "");
            while (start.Live.Path.Count < steps)
                start.Live.Path.Add(ByteString.CopyFrom(PeerId.NewRandom().ToArray()));
            await remote.Send(Operation.Play, 1, start);
            for (var i = 0; i < Chunks; i++)
                await SendChunkAsync(remote, i);
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        }));
        var source = Keep(Honest("source", 0, Chunks, ends: true));
        GrantLive(far, source);
        var sink = new MemorySink();

        Listen(sink, isRelayed: true);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
        Assert.Equal(isTaken ? 1_000ul + Chunks : 0, source.Requests.First().FromSequence);
    }

    [Fact]
    public async Task The_title_does_not_change_when_another_host_takes_over()
    {
        var dying = Keep(Host("dying", async remote =>
        {
            await StartAsync(remote, 0, "Ana - Uno");
            for (var i = 0; i < 10; i++)
                await SendChunkAsync(remote, i);
        }));
        var second = Keep(Host("second", async remote =>
        {
            await StartAsync(remote, 10, "Ana - Uno");
            await remote.Send(Operation.Info, 1, new SongInfoPage { Songs = { Described("Ana - Uno") } });
            for (var i = 10; i < Chunks; i++)
                await SendChunkAsync(remote, i);
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        }));
        GrantLive(dying, second);
        var titles = new List<FeedTitle>();

        Listen(new MemorySink());

        await FishForMessageAsync<object>(
            message =>
            {
                if (message is ChunkHeard heard)
                    titles.Add(heard.Chunk.Title);
                return message is FetchCompleted or FetchFailed;
            },
            TimeSpan.FromSeconds(30));
        Assert.Equal(Chunks, titles.Count);
        Assert.Equal("Ana - Uno", Assert.Single(titles.Distinct()).Text);
    }

    [Fact]
    public async Task A_relay_waits_for_a_source_that_is_soon_back()
    {
        var dying = Keep(Honest("dying", 0, 10, ends: false));
        var back = Keep(Honest("back", 0, Chunks, ends: true));
        GrantLive(dying);
        var (first, refusals) = (Answers[1], 0);
        Answers[1] = () =>
        {
            if (dying.Requests.IsEmpty)
                return first();
            if (++refusals <= 20)
                return new TrackerRefused(new Error { Code = ErrorCode.NoHost, Message = "nobody has it" });
            GrantLive(back);
            return Answers[1]();
        };
        var (parent, listener) = (CreateTestProbe(), CreateTestProbe());

        var relay = parent.ChildActorOf(RelayedFeedActor.Props(
            Described(""), new RelayWork(new LiveSettings(), Calm, Listener, null, Link)));
        relay.Tell(JoinFeed.Instance, listener);

        await listener.FishForMessageAsync(
            message => message is FeedChanged { Snapshot.Edge.Sequence: 1_000 + Chunks - 1 }, TimeSpan.FromSeconds(30));
        await listener.FishForMessageAsync(message => message is FeedEnded, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_gateway_hears_another_host_before_its_players_run_dry()
    {
        var silent = Keep(Host("silent", async remote =>
        {
            await StartAsync(remote, 0);
            for (var i = 0; i < 10; i++)
                await SendChunkAsync(remote, i);
            await remote.ReceiveToEnd();
        }));
        var good = Keep(Honest("good", 0, Chunks, ends: true));
        GrantLive(silent, good);
        var radio = new Radio();

        Sys.ActorOf(GatewayLiveActor.Props(new ReceiveFeed(1, _feed.Hash, radio), Served(ActorRefs.Nobody), Calm));

        Assert.Null(await radio.Over.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(Sound(0, Chunks), radio.Bytes);
    }

    [Fact]
    public async Task A_recording_and_the_gateway_share_the_sound_of_a_feed_that_this_peer_passes_on()
    {
        var relays = CreateTestProbe();
        GrantLive(Keep(Honest("source", 0, Chunks, ends: true)));
        using var stream = new MemoryStream();
        var order = new RecordFeed(Described(""), new RecordingTarget(stream, null, null), null);

        Sys.ActorOf(RecordingActor.Props(order, Calm, Listener, null, Link, relays));
        await relays.ExpectMsgAsync<OfferRelay>();

        Sys.ActorOf(GatewayLiveActor.Props(new ReceiveFeed(1, _feed.Hash, new Radio()), Served(relays), Calm));
        await relays.ExpectMsgAsync<OfferRelay>();
    }

    [Fact]
    public async Task A_cue_sheet_is_replaced_as_a_whole()
    {
        // On Windows, an open file cannot be replaced.
        if (OperatingSystem.IsWindows())
            return;
        GrantLive(Keep(Honest("source", 0, Chunks, ends: true)));
        var (path, cue) = (Folder.In("show.mp3"), Folder.In("show.cue"));
        await File.WriteAllTextAsync(cue, "the former sheet");
        using var former = new StreamReader(new FileStream(cue, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        Sys.EventStream.Subscribe(TestActor, typeof(SaveOver));

        Sys.ActorOf(RecordingActor.Props(
            new RecordFeed(Described(""), new RecordingTarget(File.Create(path), path, cue), null), Calm, Listener, null, Link));

        await FishForMessageAsync(message => message is SaveOver, TimeSpan.FromSeconds(30));
        Assert.Equal("the former sheet", await former.ReadToEndAsync());
        Assert.Contains("show.mp3", await File.ReadAllTextAsync(cue), StringComparison.Ordinal);
        Assert.Equal([cue, path], Directory.EnumerateFiles(Folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_host_that_ends_the_feed_early_is_replaced_by_one_that_still_has_it()
    {
        var early = Keep(Honest("early", 0, 10, ends: true));
        var good = Keep(Honest("good", 0, Chunks, ends: true));
        GrantLive(early, good);
        var sink = new MemorySink();

        Listen(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
    }

    [Fact]
    public async Task A_host_that_only_claims_that_the_feed_is_over_does_not_win_against_the_others()
    {
        var questions = 0;
        var liar = Keep(Host("liar", async remote =>
        {
            await StartAsync(remote, 0);
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        }));
        var slow = Keep(Honest("slow", 0, Chunks, ends: true));
        GrantLive(liar, slow);
        var grant = Answers[1];
        Answers[1] = () =>
        {
            questions++;
            return grant();
        };
        var sink = new MemorySink();

        Listen(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
        Assert.InRange(questions, 1, 3);
    }

    [Fact]
    public async Task A_refusal_that_says_nothing_about_the_feed_does_not_end_it()
    {
        var early = Keep(Honest("early", 0, 10, ends: true));
        var good = Keep(Honest("good", 0, Chunks, ends: true));
        GrantLive(early);
        var first = Answers[1];
        var replies = new Queue<Func<object>>(
        [
            first, () => new TrackerRefused(new Error { Code = ErrorCode.RateLimited, Message = "too many requests" }),
        ]);
        Answers[1] = () =>
        {
            if (replies.TryDequeue(out var reply))
                return reply();
            GrantLive(early, good);
            return Answers[1]();
        };
        var sink = new MemorySink();

        Listen(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
    }

    [Fact]
    public async Task A_recording_with_a_duration_consists_of_exactly_the_whole_chunks_within_it()
    {
        GrantLive(Keep(Honest("source", 0, Chunks, ends: false)));
        using var stream = new MemoryStream();
        Sys.EventStream.Subscribe(TestActor, typeof(SaveOver));
        var order = new RecordFeed(Described(""), new RecordingTarget(stream, null, null), TimeSpan.FromMilliseconds(5 * 104));

        Sys.ActorOf(RecordingActor.Props(order, Calm, Listener, null, Link));

        await FishForMessageAsync(message => message is SaveOver, TimeSpan.FromSeconds(30));
        Assert.Equal(Sound(0, 5), stream.ToArray());
    }

    [Fact]
    public async Task A_listener_is_refused_with_a_reason_if_a_feed_of_this_peer_is_full()
    {
        GrantLive(Keep(Honest("source", 0, Chunks, ends: true)));
        var relays = CreateTestProbe();
        Sys.ActorOf(SongFetchActor.Props(
            new FetchOrder(1, 0, Pace.Realtime, new MemorySink(), Listener, null, KnownHosts.None) { AcceptsLive = true, Relays = relays },
            Calm, Link, TestActor));
        await relays.ExpectMsgAsync<OfferRelay>();
        var feed = CreateTestProbe();
        relays.Reply(new TapFeed(feed, TimeSpan.FromMinutes(1)));
        await feed.ExpectMsgAsync<JoinFeed>();

        feed.Reply(new ListenerRefused("this feed already has its maximum of 1 listeners"));

        Assert.Contains("maximum", Assert.IsType<FetchFailed>(await OutcomeAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_is_heard_from_its_hosts_if_the_decision_to_pass_it_on_never_arrives()
    {
        GrantLive(Keep(Honest("source", 0, Chunks, ends: true)));
        var sink = new MemorySink();

        Sys.ActorOf(SongFetchActor.Props(
            new FetchOrder(1, 0, Pace.Realtime, sink, Listener, null, KnownHosts.None) { AcceptsLive = true, Relays = CreateTestProbe() },
            Calm, Link, TestActor));

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
    }

    [Fact]
    public async Task A_feed_that_this_peer_passes_on_is_heard_from_its_relay()
    {
        var source = Keep(Honest("source", 0, Chunks, ends: true));
        GrantLive(source);
        var sink = new MemorySink();
        var relays = CreateTestProbe();
        Sys.ActorOf(SongFetchActor.Props(
            new FetchOrder(1, 0, Pace.Realtime, sink, Listener, null, KnownHosts.None) { AcceptsLive = true, Relays = relays },
            Calm, Link, TestActor));
        var offered = await relays.ExpectMsgAsync<OfferRelay>();
        var fetch = relays.LastSender;
        var work = new RelayWork(new LiveSettings(), Calm, Listener, null, Link);
        var relay = relays.ChildActorOf(RelayedFeedActor.Props(offered.Song, work));

        fetch.Tell(new TapFeed(relay, work.Live.Held), relays);

        var onAir = await relays.ExpectMsgAsync<FeedOnAir>(TimeSpan.FromSeconds(30));
        Assert.Equal((1u, 2), (onAir.Depth, onAir.Snapshot.Path.Count));
        Assert.Equal(Listener.Peer, onAir.Snapshot.Path[1]);
        // The chunks are those of a feed with a low delay.
        Assert.Equal(work.Live.LowDelayBurst, onAir.Snapshot.Burst);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.NotEmpty(sink.Bytes);
        Assert.EndsWith(Convert.ToHexString(sink.Bytes), Convert.ToHexString(Sound(0, Chunks)), StringComparison.Ordinal);
        Assert.Single(source.Requests);
    }

    [Fact]
    public async Task A_feed_without_a_format_is_heard()
    {
        var source = Keep(Honest("source", 0, Chunks, ends: true));
        GrantLive(source);
        var answer = Answers[1];
        Answers[1] = () =>
        {
            var grant = (PlayGrant)answer();
            grant.Song.Format = null;
            return grant;
        };
        var sink = new MemorySink();

        Listen(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
    }

    [Fact]
    public async Task A_host_that_sends_the_feed_too_slowly_is_replaced()
    {
        var slow = Keep(Host("slow", async remote =>
        {
            await remote.Expect<PlayRequest>(Operation.Play);
            await remote.Send(Operation.Play, 1, Start(0, ""));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
            for (var i = 0; i < Chunks - 1 && await timer.WaitForNextTickAsync(); i++)
                await SendChunkAsync(remote, i);
            await remote.ReceiveToEnd();
        }));
        var good = Keep(Honest("good", 0, Chunks, ends: true));
        GrantLive(slow, good);
        var sink = new MemorySink();

        Sys.ActorOf(SongFetchActor.Props(
            new FetchOrder(1, 0, Pace.Realtime, sink, Listener, null, KnownHosts.None) { AcceptsLive = true },
            Calm with { SlowHostTimeout = TimeSpan.FromSeconds(2), HostsAtOnce = 1 }, Link, TestActor));

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
        Assert.NotEmpty(good.Requests);
    }

    [Fact]
    public async Task A_lost_relay_is_replaced_by_the_hosts()
    {
        var source = Keep(Honest("source", 0, Chunks, ends: true));
        GrantLive(source);
        var sink = new MemorySink();
        var (relays, relay) = (CreateTestProbe(), CreateTestProbe());
        Sys.ActorOf(SongFetchActor.Props(
            new FetchOrder(1, 0, Pace.Realtime, sink, Listener, null, KnownHosts.None) { AcceptsLive = true, Relays = relays },
            Calm, Link, TestActor));
        await relays.ExpectMsgAsync<OfferRelay>();
        relays.Reply(new TapFeed(relay, TimeSpan.FromMinutes(1)));
        await relay.ExpectMsgAsync<JoinFeed>();

        Sys.Stop(relay);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Sound(0, Chunks), sink.Bytes);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _key.Dispose();
    }

    private void Listen(ISongSink sink, bool isRelayed = false) => Sys.ActorOf(SongFetchActor.Props(
        new FetchOrder(1, 0, Pace.Realtime, sink, Listener, null, KnownHosts.None) { AcceptsLive = true, IsRelayed = isRelayed },
        Calm, Link, TestActor));

    private ServedPeer Served(IActorRef relays) => new()
    {
        Name = "me",
        Address = "127.0.0.1:7071",
        Requester = Listener,
        Own = null,
        TrackerLink = Link,
        Library = ActorRefs.Nobody,
        Hosting = ActorRefs.Nobody,
        Playback = ActorRefs.Nobody,
        Live = relays,
        SongsShared = () => 0,
    };

    private void GrantLive(params ScriptedHost[] hosts)
    {
        var song = Described("");
        song.Hosts.AddRange(hosts.Select(host => host.Host));
        Answers[1] = () => new PlayGrant { Song = song };
    }

    private byte[] Sound(int from, int to) => [.. _chunks[from..to].SelectMany(chunk => chunk.Mp3)];

    private ScriptedHost Honest(string name, int edge, int to, bool ends)
    {
        ScriptedHost host = null!;
        host = new ScriptedHost(name, async remote =>
        {
            var request = await host.ReadPlayAsync(remote);
            var from = request.FromSequence > 0 ? (int)(request.FromSequence - 1_000) : edge;
            if (from >= to)
            {
                await remote.Send(Errors.Frame(ErrorCode.UnknownSong, "the feed is over", 1));
                return;
            }

            await remote.Send(Operation.Play, 1, Start(from, ""));
            for (var i = from; i < to; i++)
                await SendChunkAsync(remote, i);
            if (!ends)
                return;
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        return host;
    }

    private static ScriptedHost Host(string name, Func<RawTspClient, int, Task> script) => new(name, script);

    private static ScriptedHost Host(string name, Func<RawTspClient, Task> script) => new(name, script);

    private async Task LieAsync(RawTspClient remote, string lie)
    {
        await remote.Expect<PlayRequest>(Operation.Play);
        var start = Start(0, "");
        switch (lie)
        {
            case "another key":
                using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                    start.Live.SourceKey = ByteString.CopyFrom(other.ExportSubjectPublicKeyInfo());
                break;
            case "another name":
                start.Live.FeedName = "Ben's radio";
                break;
            case "a song":
                start.Live = null;
                break;
            case "a broken path":
                start.Live.Path.Add(ByteString.CopyFrom(1, 2, 3));
                break;
            case "a long path":
                start.Live.Path.Add(Enumerable.Range(0, 100).Select(_ => ByteString.CopyFrom(PeerId.NewRandom().ToArray())));
                break;
            case "an edge at the end of time":
                start.Live.EdgeTimeMs = ulong.MaxValue;
                break;
        }

        await remote.Send(Operation.Play, 1, start);
        if (lie == "a second start")
        {
            await SendChunkAsync(remote, 0);
            // Each start gives the host more time to send the next chunk.
            while (true)
            {
                await remote.Send(Operation.Play, 1, start);
                await remote.Send(Operation.Live, 1, _chunks[1].Proof);
                await Task.Yield();
            }
        }

        var (proof, mp3) = (_chunks[0].Proof.Clone(), _chunks[0].Mp3.ToArray());
        switch (lie)
        {
            case "a changed byte":
                mp3[^1] ^= 1;
                break;
            case "another signature":
                proof.Signature = _chunks[1].Proof.Signature;
                break;
            case "too much sound":
                mp3 = [.. mp3, 0];
                break;
            case "a chunk of no duration":
                proof.DurationMs = 0;
                LiveProof.Sign(proof, _feed.Hash, mp3, _key);
                break;
            case "a chunk too large for its duration":
                mp3 = new byte[100_000];
                LiveProof.Sign(proof, _feed.Hash, mp3, _key);
                break;
            case "a chunk at the end of time":
                proof.TimeMs = ulong.MaxValue - 10;
                LiveProof.Sign(proof, _feed.Hash, mp3, _key);
                break;
            case "the last number":
                proof.Sequence = ulong.MaxValue;
                LiveProof.Sign(proof, _feed.Hash, mp3, _key);
                break;
            case "a huge chunk":
                proof.Length = 1 << 30;
                LiveProof.Sign(proof, _feed.Hash, mp3, _key);
                proof.Length = 1 << 30;
                break;
        }

        if (lie != "no proof")
            await remote.Send(Operation.Live, 1, proof);
        await remote.Send(FrameEncoder.Encode(Operation.Data, 1, mp3));
        if (lie == "a replay")
        {
            await SendChunkAsync(remote, 0);
            await SendChunkAsync(remote, 0);
        }

        await remote.ReceiveToEnd();
    }

    private async Task SendAsync(RawTspClient remote, int from, int to, bool ends)
    {
        await StartAsync(remote, from);
        for (var i = from; i < to; i++)
            await SendChunkAsync(remote, i);
        if (ends)
            await remote.Send(Operation.Data, 1);
        await remote.ReceiveToEnd();
    }

    private async Task StartAsync(RawTspClient remote, int from, string title = "")
    {
        await remote.Expect<PlayRequest>(Operation.Play);
        await remote.Send(Operation.Play, 1, Start(from, title));
    }

    private async Task SendChunkAsync(RawTspClient remote, int index)
    {
        await remote.Send(Operation.Live, 1, _chunks[index].Proof);
        await remote.Send(FrameEncoder.Encode(Operation.Data, 1, _chunks[index].Mp3));
    }

    private StreamStart Start(int from, string title) => new()
    {
        Song = Described(title),
        Live = new LiveStart
        {
            FirstSequence = 1_000 + (ulong)from,
            FirstTimeMs = _chunks[from].Proof.TimeMs,
            EdgeTimeMs = _chunks[^1].Proof.TimeMs,
            ChunkMs = 104,
            SourceId = ByteString.CopyFrom(_feed.Source.ToArray()),
            FeedName = _feed.Name,
            SourceKey = _feed.SourceKey,
            Path = { ByteString.CopyFrom(_feed.Source.ToArray()) },
        },
    };

    private Song Described(string title) => new()
    {
        Id = 1,
        ContentHash = ByteString.CopyFrom(_feed.Hash.ToArray()),
        Tags = new SongTags { Title = _feed.Name, NowPlaying = title },
        Format = new AudioFormat { BitrateBps = 128_000, SampleRateHz = 44_100, Channels = 2 },
        Live = true,
    };

    private sealed class Radio : ILiveReceiver
    {
        private readonly MemoryStream _bytes = new();

        /// <summary>Completes with the fault, or with null when the source has ended the feed.</summary>
        public TaskCompletionSource<FetchFault?> Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public byte[] Bytes => _bytes.ToArray();

        public bool Heard(LiveSound sound)
        {
            _bytes.Write(sound.Mp3.Span);
            return true;
        }

        public void Ended(FetchFault? fault) => Over.TrySetResult(fault);
    }
}
