using FsCheck;
using FsCheck.Fluent;

namespace TspActors.Protocol.Tests;

/// <summary>A sequence of generated frames, and its bytes on the wire.</summary>
public sealed record FrameSequence(IReadOnlyList<SentFrame> Frames)
{
    public byte[] Bytes => [.. Frames.SelectMany(frame => frame.Bytes)];

    /// <summary>Generates up to six frames for FsCheck, with known and unknown operations, and with and without bodies.</summary>
    public static Arbitrary<FrameSequence> Arbitrary()
    {
        var body = Gen.OneOf(
            Gen.Constant<byte[]?>(null),
            Gen.Sized(size => ArbMap.Default.GeneratorFor<byte>().ArrayOf(size)).Select(bytes => (byte[]?)bytes));
        var frame =
            from operation in Gen.OneOf(Gen.Choose(0, 12), Gen.Choose(0, 127))
            from id in Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(0, int.MaxValue))
            from bytes in body
            select new SentFrame((Operation)operation, id, bytes);
        return Arb.From(frame.ArrayOf().Select(frames => new FrameSequence(frames.Take(6).ToList())), Shrink);
    }

    // Removes one frame at a time.
    private static IEnumerable<FrameSequence> Shrink(FrameSequence sequence) =>
        sequence.Frames.Select((_, i) => new FrameSequence([.. sequence.Frames.Take(i), .. sequence.Frames.Skip(i + 1)]));

    public override string ToString() => string.Join("; ", Frames);
}

/// <summary>A frame to send. If the body is null, bit 7 of the header's first byte is clear.</summary>
public sealed record SentFrame(Operation Operation, int SongId, byte[]? Body)
{
    public byte[] Bytes => Body is null ? FrameEncoder.Encode(Operation, SongId) : FrameEncoder.Encode(Operation, SongId, Body);

    /// <summary>The description of the decoded frame. The decoder skips the body of an unknown operation.</summary>
    public string Expected => Describe(Operation, SongId, Body is not null, Operation.IsKnown() ? Body ?? [] : []);

    public static string Describe(Operation operation, int songId, bool hasBody, byte[] body) =>
        $"{operation} {songId} {hasBody} {Convert.ToHexString(body)}";

    public override string ToString() => $"{Operation}{(Body is null ? "" : $"+[{Body.Length}]")} {SongId}";
}
