namespace TspActors.Fuzz;

/// <summary>
/// A stream, and the sizes of the pieces in which it arrives. The input contains the number of sizes (up to 15), the sizes, and the stream.
/// If there are more pieces than sizes, the sizes repeat.
/// </summary>
internal sealed record SlicedInput(byte[] Sizes, byte[] Stream)
{
    private const int MaxSizes = 15;
    private const byte Large = 255;
    private const int LargeSize = 4096;

    /// <summary>Reads an input. Every input is valid.</summary>
    public static SlicedInput Read(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return new SlicedInput([], []);
        var sizes = Math.Min(input[0] & MaxSizes, input.Length - 1);
        return new SlicedInput(input.Slice(1, sizes).ToArray(), input[(1 + sizes)..].ToArray());
    }

    /// <summary>Returns the input that <see cref="Read"/> turns into these sizes and this stream.</summary>
    public static byte[] Write(byte[] sizes, byte[] stream) => [(byte)sizes.Length, .. sizes, .. stream];

    /// <summary>Returns the stream in its pieces. Size 255 means 4,096 bytes; size 0 means an empty piece and a one-byte piece.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        var at = 0;
        for (var turn = 0; at < Stream.Length; turn++)
        {
            var size = Sizes.Length == 0 ? Stream.Length : Sizes[turn % Sizes.Length];
            if (size == 0)
                yield return default;
            size = Math.Min(Stream.Length - at, size == Large ? LargeSize : Math.Max(1, size));
            yield return Stream.AsMemory(at, size);
            at += size;
        }
    }
}
