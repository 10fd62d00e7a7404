using FsCheck;
using FsCheck.Xunit;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Mpeg.Tests;

public sealed class Mp3FrameSplitterSpecs
{
    [Property]
    public bool Frames_come_out_as_they_were_however_the_stream_is_cut(PositiveInt piece)
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
    public void The_first_frame_waits_for_the_header_that_follows_it()
    {
        var splitter = new Mp3FrameSplitter();
        splitter.Feed(Frame());
        Assert.False(splitter.TryNext(out _, out _));
        splitter.Feed(Frame());
        Assert.True(splitter.TryNext(out _, out _));
        // The previous frame confirms the second one.
        Assert.True(splitter.TryNext(out _, out _));
    }

    [Fact]
    public void A_frame_of_another_rate_needs_a_follower_of_its_own()
    {
        Assert.Equal([417, 417, 192, 192], Split(Join(Frames(2), Frames(2, Header24k)), 5000).Select(frame => frame.Length));
        Assert.Equal([417, 417], Split(Join(Frames(2), Frames(1, Header24k)), 5000).Select(frame => frame.Length));
    }

    [Fact]
    public void A_reset_forgets_the_bytes_and_the_run()
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
    public bool No_bytes_make_the_splitter_throw_or_loop(byte[][] pieces)
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
