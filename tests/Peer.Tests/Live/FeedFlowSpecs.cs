using Akka.Actor;
using FsCheck.Xunit;
using TspActors.Mpeg;
using TspActors.Peer.Live.Feeds;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks how the bytes of sources become chunks.</summary>
public sealed class FeedFlowSpecs
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);
    private static readonly FeedTimes Times = new(
        TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(2));

    // A source may send a whole stream at once.
    private static readonly FeedTimes AtOnce = Times with { Lead = TimeSpan.FromHours(1) };

    [Property(MaxTest = 100)]
    public void The_chunks_of_a_stream_are_its_frames_however_it_is_split(int seed)
    {
        var random = new Random(seed);
        var mp3 = Mp3Frames.Make(300, seed & 0xFF);
        var (flow, input) = (new FeedFlow(AtOnce, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();

        for (var at = 0; at < mp3.Length;)
        {
            var length = Math.Min(random.Next(1, 5_000), mp3.Length - at);
            input.Add(mp3.AsMemory(at, length));
            Assert.True(flow.Take(input, TimeSpan.FromSeconds(60), chunks));
            at += length;
        }

        flow.End(chunks);
        Assert.Equal(mp3, chunks.SelectMany(chunk => chunk.Mp3));
        Assert.All(chunks, chunk => Assert.Equal(0, chunk.Mp3.Length % Mp3Frames.Size));
        Assert.All(chunks.SkipLast(1), chunk => Assert.InRange(chunk.DurationMs, 480u, 520u));
        AssertTimesJoin(chunks);
        Assert.Equal(300 * Mp3Frames.Duration.TotalMilliseconds, chunks.Sum(chunk => chunk.DurationMs), tolerance: 1);
    }

    [Property(MaxTest = 10_000)]
    public void A_damaged_stream_yields_only_whole_frames(int seed)
    {
        var random = new Random(seed);
        var mp3 = Damage(Mp3Frames.Make(200, seed & 0xFF), random);
        var (flow, input) = (new FeedFlow(AtOnce, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();

        input.Add(mp3);
        flow.Take(input, TimeSpan.FromSeconds(60), chunks);
        flow.FillSilence(TimeSpan.FromSeconds(60 + random.Next(10)), chunks);
        flow.End(chunks);

        foreach (var chunk in chunks)
            AssertWholeFrames(chunk.Mp3);
        AssertTimesJoin(chunks);
    }

    [Fact]
    public void A_source_that_is_ahead_of_real_time_waits()
    {
        var (flow, input) = (new FeedFlow(Times, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();
        input.Add(Mp3Frames.Make(400));

        Assert.False(flow.Take(input, TimeSpan.Zero, chunks));
        Assert.InRange(chunks.Sum(chunk => chunk.DurationMs), 1_500, 2_100);
        Assert.False(flow.Take(input, TimeSpan.FromSeconds(5), chunks));
        Assert.InRange(chunks.Sum(chunk => chunk.DurationMs), 6_500, 7_100);
        Assert.True(flow.Take(input, TimeSpan.FromSeconds(10), chunks));
    }

    [Fact]
    public void A_source_whose_clock_is_200_ppm_fast_is_never_held_up()
    {
        var (flow, input) = (new FeedFlow(Times, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();
        var frames = 0L;

        // In four hours the source is 2.9 s ahead, which is more than the lead.
        for (var second = 1; second <= 4 * 3_600; second++)
        {
            var due = (long)(second * 1.0002 * 48_000 / 1152);
            input.Add(Mp3Frames.MakeOther((int)(due - frames)));
            Assert.True(flow.Take(input, TimeSpan.FromSeconds(second), chunks), $"held up after {second} s");
            chunks.Clear();
            frames = due;
        }
    }

    [Fact]
    public void The_time_of_a_feed_does_not_drift()
    {
        var clock = new FeedClock(Start);

        // At each sample rate, that number of frames of 1,152 samples lasts exactly 1,152 seconds.
        foreach (var rate in new[] { 44_100, 48_000, 32_000, 22_050, 24_000, 16_000, 11_025, 12_000, 8_000 })
        {
            for (var i = 0; i < rate; i++)
                clock.Advance(1152, rate);
        }

        Assert.Equal((ulong)Start.ToUnixTimeMilliseconds() + (9 * 1_152_000), clock.TimeMs);
    }

    [Fact]
    public void Silence_fills_the_time_in_the_format_of_the_last_frame()
    {
        var (flow, input) = (new FeedFlow(Times, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();
        input.Add(Mp3Frames.MakeOther(40));
        flow.Take(input, TimeSpan.FromSeconds(1), chunks);
        Assert.False(flow.IsSilent(TimeSpan.FromSeconds(3)));
        Assert.True(flow.IsSilent(TimeSpan.FromSeconds(3.1)));
        flow.End(chunks);
        var before = chunks.Count;

        flow.FillSilence(TimeSpan.FromSeconds(5), chunks);
        flow.End(chunks);

        Assert.InRange(chunks.Sum(chunk => chunk.DurationMs), 4_000, 4_030);
        foreach (var chunk in chunks.Skip(before))
        {
            AssertWholeFrames(chunk.Mp3);
            Assert.True(Mp3FrameHeader.TryParse(chunk.Mp3, out var header));
            Assert.Equal((48_000, 32_000), (header.SampleRateHz, header.BitrateBps));
            Assert.Equal(0, chunk.Mp3[4..90].Max());
            Assert.False(chunk.FormatChanged);
        }
    }

    [Fact]
    public void Time_that_a_slow_source_has_lost_over_days_is_not_filled_with_silence()
    {
        var (flow, input) = (new FeedFlow(Times, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();
        var frames = 0L;
        // 24 ms a frame, but a seventh of them is missing.
        for (var second = 0; second < 340; second++)
        {
            var due = (second + 1) * 12_500L / 340;
            input.Add(Mp3Frames.MakeOther((int)(due - frames)));
            Assert.True(flow.Take(input, TimeSpan.FromSeconds(second), chunks));
            frames = due;
        }

        flow.End(chunks);
        chunks.Clear();

        flow.FillSilence(TimeSpan.FromSeconds(342), chunks);

        Assert.InRange(chunks.Sum(chunk => chunk.DurationMs), 1_500, 5_100);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_clock_could_have_gained_over_days_is_not_sound_that_another_source_may_be_ahead(bool isSilent)
    {
        var (flow, input) = (new FeedFlow(Times, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();
        var frames = 0L;
        const int end = 8 * 3_600;
        // Eight hours of exact seconds. A clock that is 200 millionths fast would have gained 5.8 s.
        for (var second = 1; second <= end; second++)
        {
            var due = second * 48_000L / 1152;
            input.Add(Mp3Frames.MakeOther((int)(due - frames)));
            Assert.True(flow.Take(input, TimeSpan.FromSeconds(second), chunks));
            chunks.Clear();
            frames = due;
        }

        var now = TimeSpan.FromSeconds(end + (isSilent ? 3 : 1));
        if (isSilent)
            flow.FillSilence(now, chunks);
        flow.End(chunks);
        chunks.Clear();
        var other = Input();
        other.Add(Mp3Frames.MakeOther(1_000));

        Assert.False(flow.Take(other, now, chunks));

        flow.End(chunks);
        Assert.InRange(chunks.Sum(chunk => chunk.DurationMs), 500, isSilent ? 2_100 : 4_100);
    }

    [Fact]
    public void The_time_in_which_a_source_sends_nothing_before_its_first_frame_does_not_count()
    {
        var (flow, input) = (new FeedFlow(Times, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();
        input.Add(new byte[1_000]);
        Assert.True(flow.Take(input, TimeSpan.FromSeconds(300), chunks));
        input.Add(Mp3Frames.Make(400));

        Assert.False(flow.Take(input, TimeSpan.FromSeconds(600), chunks));

        Assert.InRange(chunks.Sum(chunk => chunk.DurationMs), 1_500, 2_100);
        Assert.Equal((ulong)Start.ToUnixTimeMilliseconds() + 600_000, chunks[0].TimeMs);
    }

    [Fact]
    public void The_time_in_which_the_peer_stood_still_is_not_made_up_for()
    {
        var (flow, input) = (new FeedFlow(Times, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();
        input.Add(Mp3Frames.Make(400));
        Assert.False(flow.Take(input, TimeSpan.Zero, chunks));
        chunks.Clear();

        Assert.False(flow.Take(input, TimeSpan.FromHours(3), chunks));

        Assert.InRange(chunks.Sum(chunk => chunk.DurationMs), 1_500, 2_600);
    }

    [Fact]
    public void Only_a_source_that_sends_at_its_own_pace_may_be_faster_than_real_time()
    {
        Assert.InRange(Taken(isPaced: true), 2_002_300, 2_002_500);
        Assert.InRange(Taken(isPaced: false), 2_001_900, 2_002_100);

        static long Taken(bool isPaced)
        {
            var (flow, input) = (new FeedFlow(Times, Start, default), new SourceInput(ActorRefs.Nobody, "a test", isPaced));
            var chunks = new List<ChunkBuilder.BuiltChunk>();
            input.Add(Mp3Frames.MakeOther(85_000)); // 2,040 s
            for (var second = 0; second <= 2_000; second++)
                Assert.False(flow.Take(input, TimeSpan.FromSeconds(second), chunks));
            flow.End(chunks);
            return chunks.Sum(chunk => chunk.DurationMs);
        }
    }

    [Fact]
    public void A_format_change_begins_a_new_chunk_that_is_marked()
    {
        var (flow, input) = (new FeedFlow(AtOnce, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();

        input.Add((byte[])[.. Mp3Frames.Make(30), .. Mp3Frames.MakeOther(30), .. Mp3Frames.Make(1)]);
        flow.Take(input, TimeSpan.FromSeconds(60), chunks);
        flow.End(chunks);

        Assert.Equal([false, false, true, false], chunks.Select(chunk => chunk.FormatChanged));
        AssertTimesJoin(chunks);
    }

    [Fact]
    public void An_info_frame_in_the_stream_is_left_out()
    {
        var info = Mp3Frames.Make(1);
        info.AsSpan(4).Clear();
        "Info"u8.CopyTo(info.AsSpan(36));
        var (flow, input) = (new FeedFlow(AtOnce, Start, default), Input());
        var chunks = new List<ChunkBuilder.BuiltChunk>();

        input.Add((byte[])[.. info, .. Mp3Frames.Make(30)]);
        flow.Take(input, TimeSpan.FromSeconds(60), chunks);
        flow.End(chunks);

        Assert.Equal(Mp3Frames.Make(30), chunks.SelectMany(chunk => chunk.Mp3));
    }

    private static SourceInput Input() => new(ActorRefs.Nobody, "a test");

    private static byte[] Damage(byte[] mp3, Random random)
    {
        var bytes = mp3.ToList();
        for (var i = random.Next(1, 20); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1_000), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Enumerable.Range(0, random.Next(1_000)).Select(_ => (byte)random.Next(256)));
                    break;
                default:
                    bytes.InsertRange(at, [0xFF, 0xFB, (byte)random.Next(256), (byte)random.Next(256)]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void AssertWholeFrames(byte[] mp3)
    {
        var at = 0;
        while (at < mp3.Length)
        {
            Assert.True(Mp3FrameHeader.TryParse(mp3.AsSpan(at), out var header));
            at += header.FrameBytes;
        }

        Assert.Equal(mp3.Length, at);
    }

    private static void AssertTimesJoin(List<ChunkBuilder.BuiltChunk> chunks)
    {
        for (var i = 1; i < chunks.Count; i++)
            Assert.Equal(chunks[i - 1].TimeMs + chunks[i - 1].DurationMs, chunks[i].TimeMs);
    }
}
