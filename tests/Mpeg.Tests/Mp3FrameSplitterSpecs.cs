using FsCheck;
using FsCheck.Xunit;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Mpeg.Tests;

public sealed class Mp3FrameSplitterSpecs
{
    [Property]
    public bool Frames_are_unchanged_however_the_stream_is_split(PositiveInt piece)
    {
        byte[][] frames = [.. Enumerable.Range(0, 30).Select(number => Frame(number % 3 == 0 ? Header64 : Header128, number))];

        return Split(Join(frames), piece.Get % 1000 + 1).Zip(frames).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
    }

    [Fact]
    public void Every_frame_of_a_run_is_found()
    {
        Assert.Equal(30, Split(Frames(30), 100).Count);
        Assert.Equal(30, Split(Frames(30, Header24k), 4096).Count);
    }

    [Fact]
    public void Junk_and_lone_headers_between_frames_are_skipped()
    {
        var frames = Split(Join(Junk(700), Header128, Junk(900), Frames(5), Junk(50), Frames(5, Header64)), 333);

        Assert.Equal([417, 417, 417, 417, 417, 208, 208, 208, 208, 208], frames.Select(frame => frame.Length));
    }

    [Fact]
    public void The_first_frame_is_returned_only_after_the_next_header_has_arrived()
    {
        var splitter = new Mp3FrameSplitter();
        splitter.Feed(Frame());
        Assert.False(splitter.TryNext(out _, out _));
        splitter.Feed(Frame());
        Assert.True(splitter.TryNext(out _, out _));
        // The first frame confirms the second one.
        Assert.True(splitter.TryNext(out _, out _));
    }

    [Fact]
    public void A_frame_with_a_different_sample_rate_must_be_followed_by_a_matching_frame()
    {
        Assert.Equal([417, 417, 192, 192], Split(Join(Frames(2), Frames(2, Header24k)), 5000).Select(frame => frame.Length));
        Assert.Equal([417, 417], Split(Join(Frames(2), Frames(1, Header24k)), 5000).Select(frame => frame.Length));
    }

    [Fact]
    public void A_reset_drops_the_buffered_bytes_and_the_current_run()
    {
        var splitter = new Mp3FrameSplitter();
        splitter.Feed(Join(Frames(3), Frame().AsSpan(0, 100).ToArray()));
        while (splitter.TryNext(out _, out _))
        {
        }

        splitter.Reset();
        splitter.Feed(Frame());
        Assert.False(splitter.TryNext(out _, out _));
    }

    [Property]
    public bool Arbitrary_bytes_never_make_the_splitter_throw_or_loop_forever(byte[][] pieces)
    {
        var splitter = new Mp3FrameSplitter();
        foreach (var piece in pieces)
        {
            splitter.Feed(piece);
            splitter.Feed([0xFF, 0xFB]);
            while (splitter.TryNext(out var header, out var frame))
            {
                if (frame.Length != header.FrameBytes)
                    return false;
            }
        }

        return true;
    }

    private static List<byte[]> Split(byte[] stream, int piece)
    {
        var splitter = new Mp3FrameSplitter();
        var frames = new List<byte[]>();
        foreach (var bytes in stream.Chunk(piece))
        {
            splitter.Feed(bytes);
            while (splitter.TryNext(out _, out var frame))
                frames.Add(frame.ToArray());
        }

        return frames;
    }
}
