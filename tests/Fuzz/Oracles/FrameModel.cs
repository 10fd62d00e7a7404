using System.Buffers.Binary;
using TspActors.Protocol;

namespace TspActors.Fuzz.Oracles;

/// <summary>A frame as the model reads it.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="SongId">The song id.</param>
/// <param name="HasBody">Bit 7 of the type byte.</param>
/// <param name="Body">The body; empty if the rules skip it.</param>
/// <param name="Bytes">The whole frame on the wire.</param>
internal sealed record ModelFrame(Operation Operation, int SongId, bool HasBody, byte[] Body, byte[] Bytes);

/// <summary>The simplest possible decoder for docs/protocol.md, section 1: it has the whole stream from the start.</summary>
internal sealed class FrameModel
{
    private readonly List<ModelFrame> _frames = [];
    private readonly HashSet<int> _boundaries = [];

    private FrameModel()
    {
    }

    /// <summary>The complete frames before the first violation.</summary>
    public IReadOnlyList<ModelFrame> Frames => _frames;

    /// <summary>The offsets of the frame boundaries.</summary>
    public IReadOnlySet<int> Boundaries => _boundaries;

    /// <summary>The violation that ends the stream; null if there is none.</summary>
    public ErrorCode? Violation { get; private set; }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">All bytes.</param>
    /// <param name="rules">
    /// The rules in the order in which they apply. A violation of one switches to the next; a violation of the last ends the stream.
    /// </param>
    public static FrameModel Read(ReadOnlySpan<byte> stream, IReadOnlyList<BodyRules> rules)
    {
        var model = new FrameModel();
        var inForce = 0;
        for (var at = 0; ;)
        {
            model._boundaries.Add(at);
            var rest = stream[at..];
            if (rest.IsEmpty)
                return model;
            var hasBody = rest[0] >= 0x80;
            var header = hasBody ? 9 : 5;
            if (rest.Length < header)
                return model;
            var operation = (Operation)(rest[0] & 0x7f);
            var id = BinaryPrimitives.ReadInt32BigEndian(rest[1..]);
            var length = hasBody ? BinaryPrimitives.ReadUInt32BigEndian(rest[5..]) : 0;
            while ((model.Violation = Check(operation, id, length, rules[inForce])) is not null && inForce < rules.Count - 1)
                inForce++;
            if (model.Violation is not null || rest.Length - header < length)
                return model;
            var bytes = rest[..(header + (int)length)].ToArray();
            model._frames.Add(new ModelFrame(operation, id, hasBody, rules[inForce].IsKept(operation) ? bytes[header..] : [], bytes));
            at += bytes.Length;
        }
    }

    private static ErrorCode? Check(Operation operation, int id, uint length, BodyRules rules) =>
        id < 0 ? ErrorCode.BadFrame : length > rules.MaxLength(operation) ? ErrorCode.TooLarge : null;
}
