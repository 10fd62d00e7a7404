using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TspActors.Protocol.Tests;

/// <summary>Reads docs/vectors/frames.json.</summary>
public sealed class VectorsFrameSpecs
{
    private const string File = "frames.json";

    public static TheoryData<string> Frames => [.. VectorFile.Names(File, "frames")];

    public static TheoryData<string> IllegalFrames => [.. VectorFile.Names(File, "illegal")];

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_frame_is_read_as_its_vector_says_and_written_with_the_same_bytes(string name)
    {
        var vector = VectorFile.Find(File, "frames", name);
        var bytes = vector.Bytes("hex");
        var frame = Decoding.First(bytes);

        Assert.Equal((vector.Number("operation"), vector.Number("song_id")), ((int)frame.Operation, frame.SongId));
        Assert.Equal(vector.GetProperty("has_body").GetBoolean(), frame.HasBody);
        if (vector.TryGetProperty("message", out var type))
        {
            var expected = JsonParser.Default.Parse(vector.GetProperty("json").GetRawText(), Descriptor(type.GetString()!));
            var (body, violation) = Parse(frame, type.GetString()!);
            Assert.Null(violation);
            Assert.Equal(expected, body);
            Assert.Equal(bytes, FrameEncoder.Encode(frame.Operation, frame.SongId, expected));
        }
        else if (vector.TryGetProperty("body", out var raw))
        {
            var body = Convert.FromHexString(raw.GetString()!);
            // The decoder skips the body of an unknown operation.
            Assert.Equal(frame.Operation.IsKnown() ? body.Length : 0, frame.Body.Length);
            Assert.True(body.AsSpan(0, frame.Body.Length).SequenceEqual(frame.Body.Span));
            Assert.Equal(bytes, FrameEncoder.Encode(frame.Operation, frame.SongId, body));
        }
        else
        {
            Assert.Equal(bytes, FrameEncoder.Encode(frame.Operation, frame.SongId));
        }
    }

    [Theory]
    [MemberData(nameof(IllegalFrames))]
    public void An_illegal_frame_is_refused_with_the_code_of_its_vector(string name)
    {
        var vector = VectorFile.Find(File, "illegal", name);
        var decoder = new FrameDecoder();
        decoder.Feed(vector.Bytes("hex"));

        var isRead = decoder.TryRead(out var frame) == FrameReadResult.Frame;
        var violation = isRead ? Parse(frame, vector.Text("message")).Violation : decoder.Violation;

        Assert.Equal(vector.OptionalText("message") is not null, isRead);
        Assert.Equal(vector.Number("code_number"), (int)violation!.Code);
    }

    [Fact]
    public void Every_known_operation_has_a_vector()
    {
        var operations = VectorFile.Read(File, "frames").Select(vector => (Operation)vector.Number("operation")).ToHashSet();

        Assert.All(Enum.GetValues<Operation>(), operation => Assert.Contains(operation, operations));
    }

    private static MessageDescriptor Descriptor(string name) => TspReflection.Descriptor.FindTypeByName<MessageDescriptor>(name);

    private static (IMessage? Body, ProtocolViolation? Violation) Parse(in Frame frame, string name) => name switch
    {
        nameof(Init) => Parse<Init>(frame),
        nameof(Share) => Parse<Share>(frame),
        nameof(Assign) => Parse<Assign>(frame),
        nameof(ListRequest) => Parse<ListRequest>(frame),
        nameof(SongPage) => Parse<SongPage>(frame),
        nameof(InfoRequest) => Parse<InfoRequest>(frame),
        nameof(SongInfoPage) => Parse<SongInfoPage>(frame),
        nameof(CatalogDelta) => Parse<CatalogDelta>(frame),
        nameof(PlayGrant) => Parse<PlayGrant>(frame),
        nameof(PlayRequest) => Parse<PlayRequest>(frame),
        nameof(StreamStart) => Parse<StreamStart>(frame),
        nameof(Call) => Parse<Call>(frame),
        nameof(Reach) => Parse<Reach>(frame),
        nameof(Relay) => Parse<Relay>(frame),
        nameof(LiveChunk) => Parse<LiveChunk>(frame),
        nameof(Cover) => Parse<Cover>(frame),
        nameof(Error) => Parse<Error>(frame),
        _ => throw new ArgumentException(name),
    };

    private static (IMessage? Body, ProtocolViolation? Violation) Parse<T>(in Frame frame)
        where T : class, IMessage<T>, new() => (Bodies.TryParse<T>(frame, out var body, out var violation) ? body : null, violation);
}
