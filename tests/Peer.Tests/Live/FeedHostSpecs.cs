using System.Security.Cryptography;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Media.Library;
using TspActors.Mpeg;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Live;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Tests.Hosting;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks a live feed from its source to a listener on a real connection.</summary>
public sealed class FeedHostSpecs : HostSpec
{
    private static readonly LiveSettings QuickFeed = new()
    {
        Chunk = TimeSpan.FromMilliseconds(200),
        Burst = TimeSpan.FromSeconds(1),
        SourceTimeout = TimeSpan.FromMilliseconds(400),
    };

    // Never silent, however slow the machine is, or if the test sets the time.
    private static readonly LiveSettings PatientFeed = QuickFeed with { SourceTimeout = TimeSpan.FromMinutes(1) };

    private readonly ManualClock _time = new(DateTimeOffset.UtcNow);
    private readonly TlsIdentity _identity = TlsIdentity.CreateNew();
    private readonly List<ulong> _ends = [];
    private readonly TestProbe _parent;
    private readonly TestProbe _source;
    private IActorRef _feed = ActorRefs.Nobody;
    private FeedIdentity _identityOfFeed = null!;

    public FeedHostSpecs(ITestOutputHelper output)
        : base(output) => (_parent, _source) = (CreateTestProbe(), CreateTestProbe());

    [Fact]
    public async Task A_listener_receives_the_burst_and_every_later_chunk_signed_by_the_source()
    {
        await StartFeedAsync(settings: PatientFeed);
        // Whole chunks, of eight frames each.
        var mp3 = Mp3Frames.Make(64);
        await SendAsync(mp3.AsMemory(0, 40 * Mp3Frames.Size));
        using var listener = await ConnectAsync();

        await listener.Send(PlayLive());
        var start = await listener.Expect<StreamStart>(Operation.Play);

        Assert.True(start.Song.Live);
        Assert.Equal((0u, 0ul, 128_000u), (start.Song.Format.DurationMs, start.Song.Format.PayloadBytes, start.Song.Format.BitrateBps));
        Assert.Equal(("Ana's radio", 200u), (start.Live.FeedName, start.Live.ChunkMs));
        Assert.Equal([start.Live.SourceId], start.Live.Path);
        Assert.True(LiveProof.TryReadKey(start.Live, _identityOfFeed.Hash, out var key));
        using (key)
        {
            var first = await ReceiveChunkAsync(listener, key!);
            Assert.Equal((start.Live.FirstSequence, start.Live.FirstTimeMs), (first.Proof.Sequence, first.Proof.TimeMs));
            var heard = new List<byte>(first.Mp3);
            await SendAsync(mp3.AsMemory(40 * Mp3Frames.Size));
            var last = first.Proof;
            while (!Contains(heard, mp3.AsSpan(58 * Mp3Frames.Size, Mp3Frames.Size)))
            {
                var (proof, bytes) = await ReceiveChunkAsync(listener, key!);
                Assert.Equal((last.Sequence + 1, last.TimeMs + last.DurationMs), (proof.Sequence, proof.TimeMs));
                Assert.False(proof.Gap);
                heard.AddRange(bytes);
                last = proof;
            }

            // The burst of about a second begins at a frame boundary, and all bytes are the source's.
            var joined = mp3.AsSpan().IndexOf(heard.Take(Mp3Frames.Size).ToArray());
            Assert.Equal(0, joined % Mp3Frames.Size);
            Assert.True(mp3.AsSpan(joined).StartsWith(heard.Take(mp3.Length - joined).ToArray()));
        }
    }

    [Fact]
    public async Task A_listener_with_a_long_burst_loses_nothing_although_it_receives_two_chunks_at_a_time()
    {
        await StartFeedAsync(settings: QuickFeed with { Burst = TimeSpan.FromSeconds(2) });
        var mp3 = Mp3Frames.Make(200);
        await SendAsync(mp3.AsMemory(0, 100 * Mp3Frames.Size));
        using var even = await ConnectAsync();
        using var odd = await ConnectAsync();
        var listeners = new[] { even, odd };
        foreach (var listener in listeners)
        {
            await listener.Send(PlayLive());
            await listener.Expect<StreamStart>(Operation.Play);
        }

        await SendAsync(mp3.AsMemory(100 * Mp3Frames.Size));

        foreach (var listener in listeners)
        {
            // More chunks than the burst contains, so that some of them arrive in pairs.
            var first = (await ReceiveProofAsync(listener)).Sequence;
            for (var next = first + 1; next < first + 18; next++)
            {
                var proof = await ReceiveProofAsync(listener);
                Assert.Equal((next, false), (proof.Sequence, proof.Gap));
            }
        }

        // When the feed ends, a chunk that is left over does not wait for another one.
        _feed.Tell(EndFeed.Instance);
        foreach (var listener in listeners)
        {
            var newest = 0ul;
            while (await listener.Receive() is { } frame && !frame.IsEndOfSong)
                newest = frame.Operation == Operation.Live ? LiveChunk.Parser.ParseFrom(frame.Body.Span).Sequence : newest;
            _ends.Add(newest);
        }

        Assert.Equal(_ends[0], _ends[1]);
    }

    [Fact]
    public async Task A_title_is_sent_in_the_start_between_chunks_and_in_INFO()
    {
        await StartFeedAsync();
        _feed.Tell(new SourceTitle("Ana - Uno\u202e\n"), _source);
        await SendAsync(Mp3Frames.Make(40));
        using var listener = await ConnectAsync();
        await listener.Send(PlayLive());

        Assert.Equal("Ana - Uno", (await listener.Expect<StreamStart>(Operation.Play)).Song.Tags.NowPlaying);
        _feed.Tell(new SourceTitle("Ana - Dos"), _source);
        await SendAsync(Mp3Frames.Make(40, seed: 5));

        var changed = (await listener.SkipTo<SongInfoPage>(Operation.Info)).Songs[0];
        Assert.Equal(("Ana's radio", "Ana - Dos"), (changed.Tags.Title, changed.Tags.NowPlaying));
        using var asker = await ConnectAsync();
        await AwaitAssertAsync(
            async () =>
            {
                await asker.Send(Operation.Info, 1);
                Assert.Equal("Ana - Dos", (await asker.Expect<SongInfoPage>(Operation.Info)).Songs[0].Tags.NowPlaying);
            },
            TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Silence_bridges_the_absence_of_a_source_and_the_feed_continues_when_the_source_is_back()
    {
        await StartFeedAsync();
        await SendAsync(Mp3Frames.Make(40));
        using var listener = await ConnectAsync();
        await listener.Send(PlayLive());
        await listener.Expect<StreamStart>(Operation.Play);

        _feed.Tell(new SourceClosed("it was unplugged"), _source);
        await ExpectFrameAsync(listener, frame => frame.Span[4..].IndexOfAnyExcept((byte)0) < 0);

        var back = CreateTestProbe();
        _feed.Tell(new OpenSource(back, "the same again"), back);
        await back.ExpectMsgAsync<SourceAccepted>();
        await SendAsync(Mp3Frames.Make(40, seed: 9), back);
        await ExpectFrameAsync(listener, frame => frame.Span[4..].IndexOfAnyExcept((byte)0) >= 0);
        await _parent.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task The_feed_ends_when_its_source_stays_away()
    {
        await StartFeedAsync(new FeedSettings("Ana's radio", new FeedSource.StandardInput()) { Hold = TimeSpan.FromMilliseconds(500) });
        await SendAsync(Mp3Frames.Make(40));
        using var listener = await ConnectAsync();
        await listener.Send(PlayLive(proofs: false));
        await listener.Expect<StreamStart>(Operation.Play);

        _feed.Tell(new SourceClosed("it has ended"), _source);

        Assert.NotEmpty(await listener.ReceiveSong());
        await _parent.FishForMessageAsync(message => message is FeedOffAir, TimeSpan.FromSeconds(30));
        using var late = await ConnectAsync();
        await late.Send(PlayLive());
        Assert.Equal(ErrorCode.UnknownSong, (await late.Expect<Error>(Operation.Error)).Code);
        await AssertIdleAsync();
    }

    [Fact]
    public async Task A_fallback_plays_while_the_source_is_away()
    {
        var fallback = CreateTestProbe();
        await StartFeedAsync(
            new FeedSettings("Ana's radio", new FeedSource.StandardInput()) { Fallback = "all" },
            _ => Props.Create(() => new Relay(fallback)));
        await SendAsync(Mp3Frames.Make(40));
        using var listener = await ConnectAsync();
        await listener.Send(PlayLive());
        await listener.Expect<StreamStart>(Operation.Play);
        _feed.Tell(new SourceClosed("it was unplugged"), _source);

        await fallback.ExpectMsgAsync<SourceAccepted>(TimeSpan.FromSeconds(30));
        await SendAsync(Mp3Frames.MakeOther(40), fallback, fallback.LastSender);
        await ExpectFrameAsync(listener, frame => frame.Span[2] == 0x14);
        var back = CreateTestProbe();
        _feed.Tell(new OpenSource(back, "the same again"), back);
        await back.ExpectMsgAsync<SourceAccepted>();
        await SendAsync(Mp3Frames.Make(40), back);

        await ExpectFrameAsync(listener, frame => frame.Span[2] == 0x90);
        await fallback.FishForMessageAsync(message => message is DropSource, TimeSpan.FromSeconds(30));
    }

    // The fallback is as far ahead as it may be, so there is no room for the first bytes of the source.
    [Fact]
    public async Task A_source_that_comes_back_is_heard_even_if_the_fallback_always_has_more_bytes()
    {
        var fallback = CreateTestProbe();
        await StartFeedAsync(
            new FeedSettings("Ana's radio", new FeedSource.StandardInput()) { Fallback = "all" },
            _ => Props.Create(() => new Relay(fallback)));
        await SendAsync(Mp3Frames.Make(40));
        using var listener = await ConnectAsync();
        await listener.Send(PlayLive());
        await listener.Expect<StreamStart>(Operation.Play);
        _feed.Tell(new SourceClosed("it was unplugged"), _source);
        await fallback.ExpectMsgAsync<SourceAccepted>(TimeSpan.FromSeconds(30));
        // Six minutes.
        _feed.Tell(new SourceBytes(Mp3Frames.MakeOther(15_000)), fallback.LastSender);
        await ExpectFrameAsync(listener, frame => frame.Span[2] == 0x14);

        var back = CreateTestProbe();
        _feed.Tell(new OpenSource(back, "the same again"), back);
        await back.ExpectMsgAsync<SourceAccepted>();
        await SendAsync(Mp3Frames.Make(20), back);

        await ExpectFrameAsync(listener, frame => frame.Span[2] == 0x90);
        await fallback.FishForMessageAsync(message => message is DropSource, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_fallback_that_opens_after_the_source_has_come_back_is_refused()
    {
        var fallback = CreateTestProbe();
        await StartFeedAsync(
            new FeedSettings("Ana's radio", new FeedSource.StandardInput()) { Fallback = "all" },
            _ => Props.Create(() => new Late(fallback)));
        await SendAsync(Mp3Frames.Make(40));
        _feed.Tell(new SourceClosed("it was unplugged"), _source);
        await fallback.ExpectMsgAsync("created", TimeSpan.FromSeconds(30));
        var late = fallback.LastSender;
        var back = CreateTestProbe();
        _feed.Tell(new OpenSource(back, "the same again"), back);
        await back.ExpectMsgAsync<SourceAccepted>();
        await SendAsync(Mp3Frames.Make(20), back);

        late.Tell("open");

        await fallback.ExpectMsgAsync<SourceRefused>(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_fallback_without_sound_does_not_keep_the_feed_on_the_air()
    {
        var fallback = CreateTestProbe();
        var hold = TimeSpan.FromMilliseconds(500);
        await StartFeedAsync(
            new FeedSettings("Ana's radio", new FeedSource.StandardInput()) { Fallback = "all", Hold = hold },
            _ => Props.Create(() => new Relay(fallback)));
        await SendAsync(Mp3Frames.Make(40));
        _feed.Tell(new SourceClosed("it was unplugged"), _source);
        await fallback.ExpectMsgAsync<SourceAccepted>(TimeSpan.FromSeconds(30));

        await _parent.FishForMessageAsync(message => message is FeedOffAir, TimeSpan.FromSeconds(60));
        await fallback.FishForMessageAsync(message => message is DropSource, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_second_source_is_refused_until_the_first_is_gone()
    {
        await StartFeedAsync();
        var second = CreateTestProbe();

        _feed.Tell(new OpenSource(second, "another one"), second);
        await second.ExpectMsgAsync<SourceRefused>();
        Sys.Stop(_source);
        await AwaitAssertAsync(
            async () =>
            {
                _feed.Tell(new OpenSource(second, "another one"), second);
                await second.ExpectMsgAsync<SourceAccepted>(TimeSpan.FromSeconds(1));
            },
            TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_listener_continues_with_the_chunk_that_it_requests()
    {
        await StartFeedAsync();
        await SendAsync(Mp3Frames.Make(80));
        var held = await HeldAsync();
        using var listener = await ConnectAsync();

        await listener.Send(PlayLive(from: held.Chunks[1].Sequence));

        Assert.Equal(held.Chunks[1].Sequence, (await listener.Expect<StreamStart>(Operation.Play)).Live.FirstSequence);
        var proof = await listener.Expect<LiveChunk>(Operation.Live);
        Assert.Equal((held.Chunks[1].Sequence, false), (proof.Sequence, proof.Gap));
    }

    [Fact]
    public async Task A_listener_that_waits_for_the_next_chunk_learns_its_number_and_time()
    {
        await StartFeedAsync();
        await SendAsync(Mp3Frames.Make(80));
        var next = (await HeldAsync()).Edge.Sequence + 1;
        using var listener = await ConnectAsync();

        await listener.Send(PlayLive(from: next));
        var start = (await listener.Expect<StreamStart>(Operation.Play)).Live;
        await SendAsync(Mp3Frames.Make(40, seed: 5));

        var proof = await listener.Expect<LiveChunk>(Operation.Live);
        Assert.Equal((next, false), (proof.Sequence, proof.Gap));
        Assert.Equal((proof.Sequence, proof.TimeMs), (start.FirstSequence, start.FirstTimeMs));
    }

    [Fact]
    public async Task A_feed_has_no_more_listeners_than_it_may()
    {
        await StartFeedAsync(new FeedSettings("Ana's radio", new FeedSource.StandardInput()) { MaxListeners = 1 });
        await SendAsync(Mp3Frames.Make(40));
        using var first = await ConnectAsync();
        await first.Send(PlayLive());
        await first.Expect<StreamStart>(Operation.Play);
        using var second = await ConnectAsync();

        await second.Send(PlayLive());

        Assert.Equal(ErrorCode.Busy, (await second.Expect<Error>(Operation.Error)).Code);
    }

    [Fact]
    public async Task The_limits_count_the_bitrate_of_the_songs_and_not_that_of_the_first_frame()
    {
        await StartFeedAsync(settings: PatientFeed, time: _time);
        // Two quiet seconds of 32 kbit/s.
        await SendAsync(Mp3Frames.MakeOther(80));
        using var listener = await ConnectAsync();
        await listener.Send(PlayLive());
        await listener.Expect<StreamStart>(Operation.Play);
        Assert.Equal(4_000, (await StatusAsync()).RealTimeRate);

        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await SendAsync(Mp3Frames.Make(76));
        }

        await AwaitAssertAsync(
            async () => Assert.InRange((await StatusAsync()).RealTimeRate, 15_000, 16_000), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_source_that_is_quiet_before_its_first_frame_is_not_ahead_of_time_afterwards()
    {
        await StartFeedAsync(settings: PatientFeed, time: _time);
        _time.Advance(TimeSpan.FromMinutes(10));

        // Ten seconds at once.
        _feed.Tell(new SourceBytes(Mp3Frames.Make(400)), _source);

        var onAir = await _parent.ExpectMsgAsync<FeedOnAir>(TimeSpan.FromSeconds(30));
        Assert.InRange(onAir.Snapshot.Chunks.Sum(chunk => chunk.Duration.TotalSeconds), 1.5, 2.1);
    }

    [Fact]
    public async Task A_title_that_the_source_repeats_changes_nothing()
    {
        await StartFeedAsync(settings: PatientFeed, time: _time);
        _feed.Tell(new SourceTitle("Ana - Uno"), _source);
        // A chunk consists of eight frames.
        await SendAsync(Mp3Frames.Make(36));
        _feed.Tell(new SourceTitle("Ana - Uno"), _source);
        await SendAsync(Mp3Frames.Make(4));

        var held = await HeldAsync();

        Assert.Equal(5, held.Chunks.Length);
        Assert.Single(held.Chunks.Select(chunk => chunk.Title).Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_sends_something_other_than_MP3_is_dropped(bool hasInfoFrames)
    {
        await StartFeedAsync();
        var junk = hasInfoFrames ? Mp3Frames.Make(150) : new byte[60_000];
        for (var at = 0; hasInfoFrames && at < junk.Length; at += Mp3Frames.Size)
        {
            junk.AsSpan(at + 4, Mp3Frames.Size - 4).Clear();
            "Info"u8.CopyTo(junk.AsSpan(at + 36));
        }

        object reply;
        do
        {
            _feed.Tell(new SourceBytes(junk), _source);
            reply = await _source.ReceiveOneAsync(TimeSpan.FromSeconds(30));
        }
        while (reply is SourceTaken);

        Assert.Equal(new DropSource("it is not sending MP3"), reply);
        var other = CreateTestProbe();
        _feed.Tell(new OpenSource(other, "another one"), other);
        await other.ExpectMsgAsync<SourceAccepted>();
    }

    [Fact]
    public async Task A_large_cover_may_come_before_the_first_frame()
    {
        await StartFeedAsync();
        var tag = new byte[1_000_000];
        "ID3\u0004"u8.CopyTo(tag);
        for (var (at, rest) = (9, tag.Length - 10); at > 5; at--, rest >>= 7)
            tag[at] = (byte)(rest & 0x7F);

        foreach (var part in tag.Chunk(60_000))
        {
            _feed.Tell(new SourceBytes(part), _source);
            await _source.ExpectMsgAsync<SourceTaken>(TimeSpan.FromSeconds(30));
        }

        await SendAsync(Mp3Frames.Make(40));
    }

    [Fact]
    public async Task A_stopped_listener_leaves_nothing_behind()
    {
        await StartFeedAsync();
        await SendAsync(Mp3Frames.Make(40));
        using var listener = await ConnectAsync();
        await listener.Send(PlayLive());
        await listener.Expect<StreamStart>(Operation.Play);
        await listener.Send(Operation.Stop);

        await listener.SkipTo(Operation.Stop);

        await AssertIdleAsync();
        await AwaitAssertAsync(
            async () => Assert.Equal(0, (await _feed.Ask<FeedStatus>(GetFeedStatus.Instance, TimeSpan.FromSeconds(30))).Listeners),
            TimeSpan.FromSeconds(30));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _identity.Dispose();
    }

    private async Task StartFeedAsync(
        FeedSettings? feed = null, Func<FeedSettings, Props?>? fallback = null, LiveSettings? settings = null,
        TimeProvider? time = null)
    {
        await StartHostAsync();
        feed ??= new FeedSettings("Ana's radio", new FeedSource.StandardInput());
        _identityOfFeed = FeedIdentity.Own(_identity, feed.Name, out var key);
        var sources = new FeedSources(_ => null, fallback ?? (_ => null));
        _feed = _parent.ChildActorOf(FeedActor.Props(feed, settings ?? QuickFeed, _identityOfFeed, key, sources, time));
        _feed.Tell(new OpenSource(_source, "a test"), _source);
        await _source.ExpectMsgAsync<SourceAccepted>();
    }

    // Sends bytes as a source does, and shares the feed as its parent does once it is on the air.
    private async Task SendAsync(ReadOnlyMemory<byte> mp3, TestProbe? source = null, IActorRef? sender = null)
    {
        source ??= _source;
        _feed.Tell(new SourceBytes(mp3), sender ?? source);
        await source.ExpectMsgAsync<SourceTaken>(TimeSpan.FromSeconds(30));
        if (Songs.Current.Find(1) is not null)
        {
            if (_parent.HasMessages && await _parent.ReceiveOneAsync(TimeSpan.Zero) is FeedOnAir changed)
                Songs.Current.Find(1)!.Feed!.NowPlaying = changed.Snapshot.Edge.Title.Text;
            return;
        }

        var onAir = await _parent.ExpectMsgAsync<FeedOnAir>(TimeSpan.FromSeconds(30));
        var file = new SongFile("", default, 0, 0, _identityOfFeed.Hash, onAir.Snapshot.Format, new SongTags { Title = "Ana's radio" });
        Share(new OwnSong(1, file) { Feed = new OwnFeed(_feed, 0) { NowPlaying = onAir.Snapshot.Edge.Title.Text } }, []);
    }

    private async Task<FeedSnapshot> HeldAsync()
    {
        var probe = CreateTestProbe();
        _feed.Tell(JoinFeed.Instance, probe);
        return (await probe.ExpectMsgAsync<FeedChanged>()).Snapshot;
    }

    private static byte[] PlayLive(bool proofs = true, ulong from = 0) =>
        FrameEncoder.Encode(Operation.Play, 1, new PlayRequest { WantLiveProofs = proofs, FromSequence = from, Offset = 99 });

    private async Task<(LiveChunk Proof, byte[] Mp3)> ReceiveChunkAsync(RawTspClient listener, ECDsa key)
    {
        var proof = await listener.Expect<LiveChunk>(Operation.Live);
        var mp3 = await ReceiveBytesAsync(listener, (int)proof.Length);
        Assert.Equal(SHA256.HashData(mp3), proof.Hash.ToByteArray());
        Assert.True(LiveProof.IsSigned(proof, _identityOfFeed.Hash, key));
        return (proof, mp3);
    }

    private static async Task<LiveChunk> ReceiveProofAsync(RawTspClient listener)
    {
        var proof = await listener.Expect<LiveChunk>(Operation.Live);
        await ReceiveBytesAsync(listener, (int)proof.Length);
        return proof;
    }

    private static async Task<byte[]> ReceiveBytesAsync(RawTspClient listener, int length)
    {
        var mp3 = new List<byte>();
        while (mp3.Count < length)
            mp3.AddRange((await listener.Expect(Operation.Data)).Body.ToArray());
        Assert.Equal(length, mp3.Count);
        return [.. mp3];
    }

    // Waits for an MP3 frame that meets the condition. Every chunk consists of whole frames.
    private static async Task ExpectFrameAsync(RawTspClient listener, Predicate<ReadOnlyMemory<byte>> isWanted)
    {
        while (true)
        {
            var proof = await listener.SkipTo<LiveChunk>(Operation.Live);
            for (ReadOnlyMemory<byte> rest = await ReceiveBytesAsync(listener, (int)proof.Length); !rest.IsEmpty;)
            {
                Assert.True(Mp3FrameHeader.TryParse(rest.Span, out var header));
                if (isWanted(rest[..header.FrameBytes]))
                    return;
                rest = rest[header.FrameBytes..];
            }
        }
    }

    private static bool Contains(List<byte> heard, ReadOnlySpan<byte> frame) => heard.ToArray().AsSpan().IndexOf(frame) >= 0;

    // A fallback that opens only when the test says so.
    private sealed class Late(IActorRef probe) : UntypedActor
    {
        protected override void PreStart() => probe.Tell("created", Self);

        protected override void OnReceive(object message)
        {
            if (message is "open")
                Context.Parent.Tell(new OpenSource(Self, "the fallback"));
            else
                probe.Tell(message, Self);
        }
    }

    // A source that is a child of the feed and forwards all of its messages to a probe.
    private sealed class Relay : UntypedActor
    {
        private readonly IActorRef _probe;

        public Relay(IActorRef probe) => _probe = probe;

        protected override void PreStart() => Context.Parent.Tell(new OpenSource(Self, "the fallback"));

        protected override void OnReceive(object message) => _probe.Tell(message, Self);
    }
}
