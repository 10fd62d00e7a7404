using TspActors.Mpeg;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Fuzz.Targets;

/// <summary>
/// The readers of MPEG frames: the splitter finds the same frames however the stream is cut, and times, info frames and seek tables stay
/// within their bounds.
/// </summary>
internal sealed class MpegTarget : FuzzTarget
{
    private const int ShortestFrame = 24;
    private const double LongestFrameSeconds = 0.072;
    private const int MostGapSamples = 4095;
    private const long PayloadBytes = 10_000_000;

    public override string Name => "mpeg";

    public override IEnumerable<byte[]> Seeds()
    {
        yield return SlicedInput.Write([100], Frames(4));
        yield return SlicedInput.Write([], Join(Junk(70), Header128, Junk(90), Frames(3), Frames(3, Header24k)));
        yield return SlicedInput.Write([255, 1, 0], Join(LameFrame("Xing", 3, 576, 1200), Frames(2, Header64)));
        yield return SlicedInput.Write([7], Join(LameFrame("Info", 3, 576, 1200, [0xFF, 0xFA, 0x90, 0xC4], shiftedByCrc: true), Frames(2)));
        yield return SlicedInput.Write([50, 200], Join(VbriFrame(), Frames(3)));
        yield return SlicedInput.Write([90, 3], Join(FreeFrames(4, 300, isPadded: number => number == 1), Junk(30), FreeFrames(3, 400)));
    }

    public override long MaxAllocated(int inputLength) => (1 << 20) + 256L * inputLength;

    public override void Run(byte[] input)
    {
        var sliced = SlicedInput.Read(input);
        CheckFrames(sliced);
        CheckTime(sliced.Stream);
        CheckInfo(sliced.Stream);
        CheckPadding(sliced);
    }

    private static void CheckFrames(SlicedInput input)
    {
        var frames = Split(input.Pieces());
        var whole = Split([input.Stream]);
        Rule.Holds(frames.Count == whole.Count, "the number of frames depends on the cuts");
        var tally = new Mp3FrameTally();
        var at = 0;
        foreach (var ((header, frame), (_, same)) in frames.Zip(whole))
        {
            Rule.Holds(frame.AsSpan().SequenceEqual(same), "the frames depend on the cuts");
            Rule.Holds(frame.Length == header.FrameBytes && frame.Length <= Mp3FrameHeader.MaxFrameBytes, "a frame has the wrong length");
            var found = input.Stream.AsSpan(at).IndexOf(frame);
            Rule.Holds(found >= 0, "a frame is not in the stream after the previous one");
            at += found + frame.Length;
            tally.Add(header);
        }

        Rule.Holds(tally.FrameCount == frames.Count, "a frame is not counted");
        Rule.Holds(tally.Seconds >= 0 && tally.Seconds <= frames.Count * LongestFrameSeconds, "the frames last too long");
    }

    private static List<(Mp3FrameHeader Header, byte[] Frame)> Split(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var splitter = new Mp3FrameSplitter();
        var frames = new List<(Mp3FrameHeader, byte[])>();
        foreach (var piece in pieces)
        {
            splitter.Feed(piece.Span);
            while (splitter.TryNext(out var header, out var frame))
                frames.Add((header, frame.ToArray()));
        }

        return frames;
    }

    private static void CheckTime(byte[] stream)
    {
        if (Mp3FrameTime.Measure(stream) is not { } time)
            return;
        Rule.Holds(
            time > TimeSpan.Zero && time.TotalSeconds <= (stream.Length / ShortestFrame + 2) * LongestFrameSeconds,
            "the measured time is longer than the number of bytes allows");
    }

    private static void CheckInfo(byte[] stream)
    {
        if (!Mp3InfoFrame.TryRead(stream, out var info))
        {
            Rule.Holds(Mp3SeekTable.Read(stream) is null, "there is a seek table without an info frame");
            return;
        }

        Rule.Holds(info.MarkerOffset > 0 && info.MarkerOffset + 4 <= stream.Length, "the marker is not within the frame");
        Rule.Holds(
            info.FrameCount >= 0 && info.DelaySamples is >= 0 and <= MostGapSamples && info.PaddingSamples is >= 0 and <= MostGapSamples
                && info.TrailingSamples is >= 0 and <= MostGapSamples,
            "an info frame states impossible numbers");
        if (Mp3SeekTable.Read(stream) is not { } table)
            return;
        long before = 0;
        for (var step = -1; step <= 101; step++)
        {
            var offset = table.FindOffset(step / 100.0, PayloadBytes);
            // Where the table is flat, rounding may lose a byte.
            Rule.Holds(offset >= before - 1 && offset <= PayloadBytes, "a seek table leads backwards or out of the song");
            before = offset;
        }
    }

    private static void CheckPadding(SlicedInput input)
    {
        var padding = new Mp3EndPadding();
        padding.Seek(1);
        foreach (var piece in input.Pieces())
            padding.Feed(piece.Span);
        padding.Seek(1);
        var (samples, rate) = padding.ToTrim;
        Rule.Holds(
            samples is >= 0 and <= MostGapSamples && rate is 0 or (>= 8_000 and <= 48_000),
            "the number or the rate of the samples to trim is impossible");
        Rule.Holds(padding.ToTrim.SamplesAt(48_000) is >= 0 and <= 6 * (MostGapSamples + 1), "an impossible number of samples is trimmed");
    }

    // A table as Fraunhofer's encoders write it: three steps that add up to the whole song.
    private static byte[] VbriFrame()
    {
        var frame = Frame();
        "VBRI"u8.CopyTo(frame.AsSpan(36));
        byte[] fields = [0, 1, 0, 0, 0, 50, 0, 0, 0x10, 0, 0, 0, 0, 3, 0, 3, 0, 1, 0, 2, 0, 1, 0x05, 0x00, 0x05, 0x00, 0x06, 0x00];
        fields.CopyTo(frame, 40);
        return frame;
    }
}
