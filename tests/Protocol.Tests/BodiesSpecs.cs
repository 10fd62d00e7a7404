using System.Runtime.CompilerServices;
using FsCheck.Xunit;
using Google.Protobuf;

namespace TspActors.Protocol.Tests;

public sealed class BodiesSpecs
{
    private static readonly ByteString Hash = Bytes(32);
    private static readonly ByteString Peer = Bytes(16);

    [Property(MaxTest = 200)]
    public void Every_message_survives_a_round_trip_through_a_frame(int seed)
    {
        var maker = new MessageMaker(new Random(seed));
        RoundTrip(Operation.Init, maker.Make<Init>());
        RoundTrip(Operation.Share, maker.Make<Share>());
        RoundTrip(Operation.Assign, maker.Make<Assign>());
        RoundTrip(Operation.List, maker.Make<ListRequest>());
        RoundTrip(Operation.List, maker.Make<SongPage>());
        RoundTrip(Operation.Info, maker.Make<InfoRequest>());
        RoundTrip(Operation.Info, maker.Make<SongInfoPage>());
        RoundTrip(Operation.BroadcastList, maker.Make<CatalogDelta>());
        RoundTrip(Operation.Play, maker.Make<PlayGrant>());
        RoundTrip(Operation.Play, maker.Make<PlayRequest>());
        RoundTrip(Operation.Play, maker.Make<StreamStart>());
        RoundTrip(Operation.Call, maker.Make<Call>());
        RoundTrip(Operation.Reach, maker.Make<Reach>());
        RoundTrip(Operation.Relay, maker.Make<Relay>());
        RoundTrip(Operation.Live, maker.Make<LiveChunk>());
        RoundTrip(Operation.Cover, maker.Make<Cover>());
        RoundTrip(Operation.Error, maker.Make<Error>());
    }

    [Fact]
    public void A_missing_body_is_read_as_an_empty_message()
    {
        Assert.True(Bodies.TryParse<ListRequest>(new Frame(Operation.List, 0, false, default), out var body, out _));
        Assert.Equal(new ListRequest(), body);
    }

    [Fact]
    public void A_body_that_is_not_protobuf_is_a_bad_frame()
    {
        Assert.False(
            Bodies.TryParse<Share>(new Frame(Operation.Share, 3, true, new byte[] { 0x1a, 0xff }), out var body, out var violation));
        Assert.Null(body);
        Assert.Equal((ErrorCode.BadFrame, 3), (violation.Code, violation.SongId));
    }

    [Fact]
    public void Fields_of_a_later_version_are_ignored()
    {
        byte[] later = [.. new ListRequest { Limit = 5 }.ToByteArray(), 0xfa, 0x07, 2, 1, 2];
        Assert.True(Bodies.TryParse<ListRequest>(new Frame(Operation.List, 0, true, later), out var body, out _));
        Assert.Equal(new ListRequest { Limit = 5 }, body);
    }

    [Theory]
    [MemberData(nameof(InvalidBodies))]
    public void A_missing_or_invalid_field_is_a_bad_frame(string what, IMessage message)
    {
        var violation = message switch
        {
            Init body => Refusal(body),
            Share body => Refusal(body),
            Assign body => Refusal(body),
            SongPage body => Refusal(body),
            SongInfoPage body => Refusal(body),
            CatalogDelta body => Refusal(body),
            PlayGrant body => Refusal(body),
            PlayRequest body => Refusal(body),
            StreamStart body => Refusal(body),
            Call body => Refusal(body),
            Relay body => Refusal(body),
            LiveChunk body => Refusal(body),
            Cover body => Refusal(body),
            _ => throw new ArgumentException(what),
        };
        Assert.Equal(ErrorCode.BadFrame, violation.Code);
    }

    public static TheoryData<string, IMessage> InvalidBodies()
    {
        var data = new TheoryData<string, IMessage>();
        foreach (var size in new[] { 0, 15, 17 })
        {
            data.Add($"hello with a peer id of {size}", new Init { Hello = new Hello { PeerId = Bytes(size) } });
            data.Add($"host with a peer id of {size}", new SongPage { Songs = { Song(1, Hash, Bytes(size)) } });
            data.Add($"call with a token of {size}", new Call { Token = Bytes(size), PeerId = Peer });
            data.Add($"call with a peer id of {size}", new Call { Token = Peer, PeerId = Bytes(size) });
            data.Add(
                $"grant with the ways to a peer id of {size}",
                new PlayGrant { Song = Song(1, Hash, Peer), Reach = { new HostReach { PeerId = Bytes(size) } } });
        }

        foreach (var size in new[] { 0, 31, 33 })
        {
            data.Add($"challenge with a nonce of {size}", new Init { Challenge = new Challenge { Nonce = Bytes(size) } });
            data.Add($"proof with an hmac of {size}", new Init { Proof = new Proof { Hmac = Bytes(size) } });
            data.Add(
                $"added hash of {size}",
                new Share { Added = { new SharedSong { ContentHash = Hash }, new SharedSong { ContentHash = Bytes(size) } } });
            data.Add($"hash of a cover of {size}", new Cover { Hash = Bytes(size) });
            data.Add($"hash of a chunk of {size}", new LiveChunk { Hash = Bytes(size), Signature = Bytes(64) });
            data.Add($"signature of {size}", new LiveChunk { Hash = Hash, Signature = Bytes(size) });
            data.Add($"removed hash of {size}", new Share { Removed = { Hash, Bytes(size) } });
            data.Add($"assigned hash of {size}", new Assign { Songs = { new AssignedSong { ContentHash = Bytes(size), Id = 1 } } });
            data.Add($"page with a hash of {size}", new SongPage { Songs = { Song(1, Bytes(size), Peer) } });
            data.Add($"info with a hash of {size}", new SongInfoPage { Songs = { Song(1, Bytes(size), Peer) } });
            data.Add($"delta with a hash of {size}", new CatalogDelta { Changed = { Song(1, Bytes(size), Peer) } });
            data.Add($"grant with a hash of {size}", new PlayGrant { Song = Song(1, Bytes(size), Peer) });
            data.Add($"start with a hash of {size}", new StreamStart { Song = Song(1, Bytes(size), Peer) });
        }

        foreach (var size in new[] { 1, 31, 33 })
        {
            data.Add($"hello with a nonce of {size}", new Init { Hello = new Hello { PeerId = Peer, Nonce = Bytes(size) } });
            data.Add($"welcome with an hmac of {size}", new Init { Welcome = new Welcome { Hmac = Bytes(size) } });
            data.Add(
                $"shared cover of {size}",
                new Share { Added = { new SharedSong { ContentHash = Hash, Tags = new SongTags { Cover = Bytes(size) } } } });
            data.Add($"request with a hash of {size}", new PlayRequest { ContentHash = Bytes(size) });
            data.Add($"call with a ticket of {size}", new Call { Token = Peer, PeerId = Peer, RelayTicket = Bytes(size) });
            data.Add($"call with a relay id of {size}", new Call { Token = Peer, PeerId = Peer, RelayId = Bytes(size) });
            data.Add($"relay with a ticket of {size}", new Relay { Ticket = Bytes(size) });
            data.Add(
                $"offered receipt of {size}", new Share { Added = { new SharedSong { ContentHash = Hash, LastId = 1, Receipt = Bytes(size) } } });
            data.Add(
                $"assigned receipt of {size}", new Assign { Songs = { new AssignedSong { ContentHash = Hash, Id = 1, Receipt = Bytes(size) } } });
            data.Add($"request with a requester id of {size}", new PlayRequest { RequesterId = Bytes(size) });
            data.Add($"piece hashes of {size}", new StreamStart { Song = Song(1, Hash, Peer), PieceHashes = Bytes(size) });
        }

        data.Add("init without a step", new Init());
        data.Add("grant without a song", new PlayGrant());
        data.Add("start without a song", new StreamStart());
        data.Add("negative id in a page", new SongPage { Songs = { Song(-1, Hash, Peer) } });
        data.Add("negative assigned id", new Assign { Songs = { new AssignedSong { ContentHash = Hash, Id = -1 } } });
        data.Add("negative last id", new Share { Added = { new SharedSong { ContentHash = Hash, LastId = -1 } } });
        return data;
    }

    [Fact]
    public void Optional_fields_may_be_empty()
    {
        RoundTrip(Operation.Init, new Init { Hello = new Hello { PeerId = Peer } });
        RoundTrip(Operation.Init, new Init { Welcome = new Welcome() });
        RoundTrip(Operation.Play, new PlayRequest());
        RoundTrip(Operation.Play, new StreamStart { Song = Song(0, Hash, Peer) });
    }

    [Fact]
    public void Half_a_million_empty_elements_are_refused_before_they_are_allocated()
    {
        var share = Repeat([0x1a, 0x00], 1024 * 1024);
        var hosts = new SongPage { Songs = { new Song { ContentHash = Hash } } }.ToByteArray();
        byte[] nested = [0x0a, .. Varint(1024 * 1000), .. Repeat([0x32, 0x00], 1024 * 1000)];

        ExpectTooMany<Share>(share);
        ExpectTooMany<SongPage>(nested);
        // Tags and lengths with extra upper bits, which the parser ignores, do not get around the limit.
        ExpectTooMany<Share>(Repeat([0x9a, 0x80, 0x80, 0x80, 0x10, 0x80, 0x80, 0x80, 0x80, 0x10], 1024 * 1024));
        Assert.True(Bodies.TryParse<SongPage>(new Frame(Operation.List, 0, true, hosts), out _, out _));
    }

    [Fact]
    public void An_INIT_with_more_than_one_step_is_refused_before_its_steps_are_merged()
    {
        // The parser would copy the list of 4,000 trackers for each of the 4,000 empty welcomes.
        byte[] many = [0x22, .. Varint(8_000), .. Repeat([0x32, 0x00], 8_000), .. Repeat([0x22, 0x00], 8_000)];
        byte[] two = [0x22, 0, .. new Init { Hello = new Hello { PeerId = Peer } }.ToByteArray()];
        foreach (var body in (byte[][])[many, two])
        {
            var frame = new Frame(Operation.Init, 0, true, body);
            var violation = default(ProtocolViolation);
            // The first call initializes the descriptors of all messages.
            _ = Bodies.TryParse<Init>(frame, out _, out _);
            var allocated = AllocatedBy(() => Assert.False(Bodies.TryParse<Init>(frame, out _, out violation)));
            Assert.Equal((ErrorCode.BadFrame, "the body of Init has more than one step"), (violation!.Code, violation.Message));
            Assert.True(allocated < 64 * 1024, $"{allocated} bytes were allocated");
        }
    }

    [Fact]
    public void Unknown_fields_are_not_kept_in_memory()
    {
        var distinct = new List<byte>();
        for (var field = 1000; distinct.Count < 1_000_000; field++)
            distinct.AddRange([.. Varint((uint)field << 3), 1]);
        var frame = new Frame(Operation.List, 0, true, distinct.ToArray());
        Assert.True(AllocatedBy(() => Assert.True(Bodies.TryParse<ListRequest>(frame, out _, out _))) < 1024 * 1024);
    }

    [Fact]
    public void As_many_songs_as_fit_in_a_body_are_accepted()
    {
        var share = new Share();
        while (share.Added.Count < 29_000)
            share.Added.Add(new SharedSong { ContentHash = Hash });
        RoundTrip(Operation.Share, share);
    }

    private static void ExpectTooMany<T>(byte[] bytes)
        where T : class, IMessage<T>, new()
    {
        var frame = new Frame(Operation.Share, 0, true, bytes);
        var violation = default(ProtocolViolation);
        // The first call initializes the descriptors of all messages.
        Assert.False(Bodies.TryParse<T>(frame, out _, out _));
        var allocated = AllocatedBy(() => Assert.False(Bodies.TryParse<T>(frame, out _, out violation)));
        Assert.Contains("elements", violation!.Message, StringComparison.Ordinal);
        Assert.True(allocated < 64 * 1024, $"{allocated} bytes were allocated");
    }

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static ProtocolViolation Refusal<T>(T message)
        where T : class, IMessage<T>, new()
    {
        Assert.False(Bodies.TryParse<T>(new Frame(Operation.Share, 0, true, message.ToByteArray()), out var body, out var violation));
        Assert.Null(body);
        return violation;
    }

    private static void RoundTrip<T>(Operation operation, T message, [CallerArgumentExpression(nameof(message))] string what = "")
        where T : class, IMessage<T>, new()
    {
        Assert.True(
            Bodies.TryParse<T>(Decoding.First(FrameEncoder.Encode(operation, 0, message)), out var body, out var violation),
            $"{what}: {violation}");
        Assert.Equal(message, body);
    }

    private static Song Song(int id, ByteString hash, ByteString peer) =>
        new() { Id = id, ContentHash = hash, Hosts = { new Host { PeerId = Peer }, new Host { PeerId = peer } } };

    private static ByteString Bytes(int count) => ByteString.CopyFrom(new byte[count]);

    private static byte[] Repeat(byte[] element, int atMost) =>
        [.. Enumerable.Repeat(element, atMost / element.Length).SelectMany(bytes => bytes)];

    private static byte[] Varint(uint value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7f; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
