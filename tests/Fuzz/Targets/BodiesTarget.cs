using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Protocol.Tests;

namespace TspActors.Fuzz.Targets;

/// <summary>
/// The bodies of all operations. A body either parses or is BAD_FRAME, and takes memory in proportion to its length. A parsed body, encoded
/// and parsed again, is unchanged. The first byte of the input chooses the type of message.
/// </summary>
internal sealed class BodiesTarget : FuzzTarget
{
    // The body that takes the most memory for its length is a song with an empty host: 70 times its length.
    private const long AllocatedPerByte = 128;
    private const long AllocatedAlways = 64 << 10;

    // A replacement character of three bytes can stand for one invalid byte; a negative number of five bytes is encoded in ten.
    private const int LongestGrowth = 3;

    private static readonly Kind[] Kinds =
    [
        new(Operation.Init, Check<Init>, maker => maker.Make<Init>()),
        new(Operation.Share, Check<Share>, maker => maker.Make<Share>()),
        new(Operation.Assign, Check<Assign>, maker => maker.Make<Assign>()),
        new(Operation.List, Check<ListRequest>, maker => maker.Make<ListRequest>()),
        new(Operation.List, Check<SongPage>, maker => maker.Make<SongPage>()),
        new(Operation.Info, Check<InfoRequest>, maker => maker.Make<InfoRequest>()),
        new(Operation.Info, Check<SongInfoPage>, maker => maker.Make<SongInfoPage>()),
        new(Operation.BroadcastList, Check<CatalogDelta>, maker => maker.Make<CatalogDelta>()),
        new(Operation.Play, Check<PlayGrant>, maker => maker.Make<PlayGrant>()),
        new(Operation.Play, Check<PlayRequest>, maker => maker.Make<PlayRequest>()),
        new(Operation.Play, Check<StreamStart>, maker => maker.Make<StreamStart>()),
        new(Operation.Error, Check<Error>, maker => maker.Make<Error>()),
    ];

    public override string Name => "bodies";

    public override IEnumerable<byte[]> Seeds()
    {
        var maker = new MessageMaker(new Random(2));
        for (var kind = 0; kind < Kinds.Length; kind++)
        {
            for (var sample = 0; sample < 3; sample++)
                yield return [(byte)kind, .. Kinds[kind].Make(maker).ToByteArray()];
        }

        var hello = new Hello { PeerId = ByteString.CopyFrom(new byte[PeerId.Size]), Name = "anna", ListenPort = 7071 };
        yield return [0, .. new Init { Hello = hello }.ToByteArray()];
        yield return [0, .. new Init { Welcome = new Welcome { AlternativeTrackers = { "a:1", "b:2", "c:3" } } }.ToByteArray()];
        // Packed and unpacked numbers, an unknown field, a group.
        yield return [7, 0x22, 3, 1, 2, 3, 0x20, 4, 0x20, 5];
        yield return [3, 0x10, 5, 0xfa, 0x07, 2, 1, 2, 0x1b, 0x08, 1, 0x1c];
    }

    public override long MaxAllocated(int inputLength) => (256 << 10) + 8 * AllocatedPerByte * inputLength;

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        var kind = Kinds[input[0] % Kinds.Length];
        kind.Check(new Frame(kind.Operation, 7, true, input.AsMemory(1)));
    }

    private static void Check<T>(Frame frame)
        where T : class, IMessage<T>, new()
    {
        _ = Warm<T>.IsValid;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var isValid = Bodies.TryParse<T>(frame, out var body, out var violation);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Rule.Holds(allocated <= AllocatedAlways + AllocatedPerByte * frame.Body.Length, "a body takes too much memory");
        if (!isValid)
        {
            Rule.Holds(violation is { Code: ErrorCode.BadFrame, SongId: 7 }, "an invalid body is not BAD_FRAME");
            Rule.IsLine(violation.Message, 200);
            return;
        }

        var encoded = body!.ToByteArray();
        Rule.Holds(encoded.Length <= LongestGrowth * frame.Body.Length, "a body grows too much when it is encoded again");
        Rule.Holds(
            Bodies.TryParse<T>(frame with { Body = encoded }, out var again, out _) && again.Equals(body)
                && again.ToByteArray().AsSpan().SequenceEqual(encoded),
            "a body changes when it is encoded and parsed again");
        if (encoded.Length <= frame.Operation.MaxBodyLength())
            CheckFrame(frame.Operation, body, encoded);
        if (body is Share share)
            CheckTags(share);
    }

    private static void CheckFrame(Operation operation, IMessage body, byte[] encoded)
    {
        var decoder = new FrameDecoder();
        decoder.Feed(FrameEncoder.Encode(operation, 9, body));
        Rule.Holds(
            decoder.TryRead(out var frame) == FrameReadResult.Frame && frame.SongId == 9 && frame.Body.Span.SequenceEqual(encoded)
                && decoder.IsAtFrameBoundary,
            "a body cannot be decoded from its frame");
    }

    // A tracker shows the cleaned tags to everyone.
    private static void CheckTags(Share share)
    {
        foreach (var tags in share.Added.Select(song => song.Tags).OfType<SongTags>())
        {
            VisibleText.Clean(tags);
            foreach (var text in (string[])[tags.Title, tags.Artist, tags.Album, tags.AlbumArtist, tags.Genre])
            {
                Rule.IsVisible(text);
                Rule.Holds(VisibleText.Clean(text) == text, "a cleaned text changes when it is cleaned again");
            }
        }
    }

    // The parser of a message type is set up at its first use. That memory must not count towards a body.
    private static class Warm<T>
        where T : class, IMessage<T>, new()
    {
        private static readonly Frame Broken = new(Operation.List, 0, true, new byte[] { 0x0a, 0xff });

        public static readonly bool IsValid = Bodies.TryParse<T>(Broken, out _, out _);
    }

    private sealed record Kind(Operation Operation, Action<Frame> Check, Func<MessageMaker, IMessage> Make);
}
