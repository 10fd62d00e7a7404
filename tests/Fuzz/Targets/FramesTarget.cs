using TspActors.Fuzz.Oracles;
using TspActors.Protocol;
using TspActors.Protocol.Tests;

namespace TspActors.Fuzz.Targets;

/// <summary>
/// The frame decoder, fed in pieces. It must find the same frames and the same violation as a model that has the whole stream, and buffer
/// no more than a header and twice what has arrived of a frame, or a small first buffer. The frames must encode to the same bytes. The
/// first byte of the input chooses the rules for bodies.
/// </summary>
internal sealed class FramesTarget : FuzzTarget
{
    // A decoder may buffer a header, plus twice what has arrived of the frame, header included, or FirstBuffer if that is more.
    private const int HeaderBytes = 9;
    private const int FirstBuffer = 512;

    private static readonly BodyRules Small = BodyRules.For(
        new HashSet<Operation> { Operation.Init, Operation.List, Operation.Share, Operation.Data },
        new HashSet<Operation> { Operation.Ping, Operation.Play, Operation.Quit },
        maxLength: 1024);

    // The limits of the contract, smaller limits like those that apply before the welcome, and a switch from the smaller limits to those of
    // the contract at the first frame that the smaller ones refuse.
    private static readonly BodyRules[][] Choices = [[BodyRules.Contract], [Small], [Small, BodyRules.Contract]];

    public override string Name => "frames";

    public override IEnumerable<byte[]> Seeds()
    {
        var maker = new MessageMaker(new Random(1));
        byte[][] streams =
        [
            [.. FrameEncoder.Encode(Operation.List), .. FrameEncoder.Encode(Operation.Ping, 7), .. FrameEncoder.Encode(Operation.Data, 3)],
            FrameEncoder.Encode(Operation.Init, 0, maker.Make<Init>()),
            FrameEncoder.Encode(Operation.Share, 0, maker.Make<Share>()),
            [.. FrameEncoder.Encode(Operation.Data, 3, new byte[700]), .. FrameEncoder.Encode(Operation.Data, 3)],
            [.. FrameEncoder.Encode(Operation.Share, 0, new byte[1500]), .. FrameEncoder.Encode((Operation)99, 1, new byte[9])],
            [.. FrameEncoder.Encode(Operation.Ping, 1, new byte[20]), 0x81, 0, 0, 0, 0, 0, 0x20, 0, 1],
            [.. FrameEncoder.Encode(Operation.Info, 5), 1, 0xff, 0, 0, 0, 1],
        ];
        byte[][] sizes = [[], [1], [255, 3, 0, 90]];
        for (var stream = 0; stream < streams.Length; stream++)
        {
            for (var choice = 0; choice < Choices.Length; choice++)
                yield return [(byte)choice, .. SlicedInput.Write(sizes[(stream + choice) % sizes.Length], streams[stream])];
        }
    }

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        var rules = Choices[input[0] % Choices.Length];
        var sliced = SlicedInput.Read(input.AsSpan(1));
        var before = sliced.Stream.ToArray();
        var model = FrameModel.Read(sliced.Stream, rules);
        var found = Decode(sliced, rules, model);
        Rule.Holds(sliced.Stream.AsSpan().SequenceEqual(before), "the decoder wrote to its input");
        Rule.Holds(found.Count == model.Frames.Count, "the decoder does not find the same number of frames as the model");
        foreach (var (frame, expected) in found.Zip(model.Frames))
        {
            Rule.Holds(
                (frame.Operation, frame.SongId, frame.HasBody) == (expected.Operation, expected.SongId, expected.HasBody)
                    && frame.Body.Span.SequenceEqual(expected.Body),
                "the decoder does not find the same frame as the model");
            var encoded = expected.HasBody
                ? FrameEncoder.Encode(frame.Operation, frame.SongId, expected.Bytes.AsSpan(FrameHeader.SizeWithLength))
                : FrameEncoder.Encode(frame.Operation, frame.SongId);
            Rule.Holds(encoded.AsSpan().SequenceEqual(expected.Bytes), "a frame does not encode to the same bytes");
        }
    }

    private static List<Frame> Decode(SlicedInput input, BodyRules[] rules, FrameModel model)
    {
        var decoder = new FrameDecoder(rules[0]);
        var (inForce, fed, boundary) = (0, 0, 0);
        var frames = new List<Frame>();
        var slices = new List<byte>();
        foreach (var piece in input.Pieces())
        {
            decoder.Feed(piece);
            FrameReadResult result;
            while ((result = decoder.TryRead(out var frame)) != FrameReadResult.NeedMore)
            {
                if (result == FrameReadResult.Frame)
                    Join(frames, slices, frame);
                else if (++inForce < rules.Length)
                    decoder.Use(rules[inForce]);
                else
                    return CheckViolation(decoder, model, frames);
            }

            Rule.Holds(!decoder.HasInput, "the decoder asks for more bytes, but has not read all that it has");
            for (var byteRead = 0; byteRead < piece.Length; byteRead++)
            {
                if (model.Boundaries.Contains(++fed))
                    boundary = fed;
            }

            Rule.Holds(decoder.IsAtFrameBoundary == (fed == boundary), "the decoder is wrong about the frame boundary");
            Rule.Holds(
                decoder.BufferedBytes <= HeaderBytes + Math.Max(FirstBuffer, 2 * (fed - boundary)), "the decoder buffers too much");
            Rule.Holds(decoder.GatheredLength <= (1 << 20) && (fed != boundary || decoder.GatheredLength == 0), "GatheredLength is wrong");
        }

        Rule.Holds(model.Violation is null, "the decoder overlooks a violation");
        return frames;
    }

    private static void Join(List<Frame> frames, List<byte> slices, Frame frame)
    {
        Rule.Holds(frame.EndsFrame || frame.Operation == Operation.Data, "a body other than that of DATA arrives in slices");
        if (frame.Operation != Operation.Data)
        {
            frames.Add(frame);
            return;
        }

        slices.AddRange(frame.Body.Span);
        if (!frame.EndsFrame)
            return;
        frames.Add(frame with { Body = slices.ToArray() });
        slices.Clear();
    }

    private static List<Frame> CheckViolation(FrameDecoder decoder, FrameModel model, List<Frame> frames)
    {
        var violation = decoder.Violation!;
        Rule.Holds(violation.Code == model.Violation, "the decoder and the model report different violations");
        Rule.IsLine(violation.Message, 200);
        decoder.Feed(FrameEncoder.Encode(Operation.List));
        Rule.Holds(decoder.TryRead(out _) == FrameReadResult.Violation, "the decoder continues to read after a violation");
        var reply = new FrameDecoder();
        reply.Feed(Errors.Frame(violation));
        Rule.Holds(
            reply.TryRead(out var frame) == FrameReadResult.Frame && Bodies.TryParse<Error>(frame, out var error, out _)
                && (frame.SongId, error.Code, error.Message) == (violation.SongId, violation.Code, violation.Message),
            "the ERROR frame does not describe the violation");
        return frames;
    }
}
