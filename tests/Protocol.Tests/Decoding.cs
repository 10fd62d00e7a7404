namespace TspActors.Protocol.Tests;

/// <summary>Decodes frames from byte arrays.</summary>
internal static class Decoding
{
    /// <summary>Returns a description of every frame, with the slices of a DATA frame joined.</summary>
    public static List<string> Decode(FrameDecoder decoder, params IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var frames = new List<string>();
        var slices = new List<byte>();
        foreach (var piece in pieces)
        {
            decoder.Feed(piece);
            while (decoder.TryRead(out var frame) == FrameReadResult.Frame)
            {
                slices.AddRange(frame.Body.Span);
                if (!frame.EndsFrame)
                    continue;
                frames.Add(SentFrame.Describe(frame.Operation, frame.SongId, frame.HasBody, [.. slices]));
                slices.Clear();
            }
        }

        return frames;
    }

    /// <summary>Returns the first frame in the bytes.</summary>
    public static Frame First(byte[] bytes)
    {
        var decoder = new FrameDecoder();
        decoder.Feed(bytes);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
        return frame;
    }
}
