using TspActors.Peer.Hosting.Streams;

namespace TspActors.Peer.Tests.Hosting.Streams;

/// <summary>Checks what a stream reads next, when it waits, and when it ends.</summary>
public sealed class StreamPumpSpecs
{
    private const int Window = 2;
    private const int ChunkBytes = 1_000;

    private static readonly TimeSpan Audio = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_song_is_read_chunk_by_chunk_from_the_offset_to_the_end()
    {
        var pump = FullSpeed(payload: 2_500, offset: 300);

        Assert.Equal([(300, 1_000), (1_300, 1_000), (2_300, 200)], ReadAll(pump));
    }

    [Fact]
    public void At_real_time_chunk_boundaries_do_not_depend_on_where_the_stream_starts()
    {
        var pump = RealTime(payload: 2_500, offset: 1_300, burst: TimeSpan.FromMinutes(1));

        var step = pump.Next(TimeSpan.Zero);

        Assert.Equal((StreamAction.Read, 1_000L, 1_000), (step.Action, step.Offset, step.Length));
        Assert.Equal(300, pump.SkipIn(step.Offset));
        pump.Advance(700, Audio, TimeSpan.Zero);
        step = pump.Next(TimeSpan.Zero);
        Assert.Equal((2_000L, 500), (step.Offset, step.Length));
        Assert.Equal(0, pump.SkipIn(step.Offset));
    }

    [Fact]
    public void A_stream_that_starts_at_the_end_ends_immediately()
    {
        Assert.Equal(StreamAction.End, FullSpeed(payload: 2_500, offset: 2_500).Next(TimeSpan.Zero).Action);
    }

    [Fact]
    public void Only_one_read_runs_at_a_time()
    {
        var pump = RealTime();
        Assert.Equal(StreamAction.Read, pump.Next(TimeSpan.Zero).Action);

        Assert.Equal(StreamAction.Wait, pump.Next(TimeSpan.Zero).Action);

        pump.Advance(ChunkBytes, Audio, TimeSpan.Zero);
        Assert.Equal(StreamAction.Read, pump.Next(TimeSpan.Zero).Action);
    }

    [Fact]
    public void With_a_full_window_the_stream_waits_until_the_socket_has_accepted_a_chunk()
    {
        var pump = RealTime();
        Send(pump);
        Send(pump);
        Assert.Equal(StreamAction.Wait, pump.Next(TimeSpan.Zero).Action);
        Assert.False(pump.IsDrained);

        pump.ChunkSent();

        Assert.Equal(StreamAction.Read, pump.Next(TimeSpan.Zero).Action);
        pump.ChunkSent();
        Assert.True(pump.IsDrained);
    }

    [Fact]
    public void A_stream_that_falls_behind_with_a_full_window_reports_that_its_listener_may_run_dry()
    {
        var pump = RealTime(burst: TimeSpan.FromSeconds(4));
        Send(pump);
        Send(pump);

        Assert.Equal(StreamAction.Wait, pump.Next(TimeSpan.FromSeconds(1)).Action);
        Assert.Equal(StreamAction.WaitBehind, pump.Next(TimeSpan.FromSeconds(10)).Action);
    }

    [Fact]
    public void A_stream_ahead_of_its_pace_sleeps_until_the_next_chunk_is_due()
    {
        var pump = RealTime(burst: Audio);
        Send(pump);
        Send(pump);
        pump.ChunkSent();

        var step = pump.Next(TimeSpan.FromMilliseconds(400));

        Assert.Equal((StreamAction.Sleep, TimeSpan.FromMilliseconds(600)), (step.Action, step.Delay));
        Assert.Equal(StreamAction.Read, pump.Next(TimeSpan.FromSeconds(1)).Action);
    }

    [Fact]
    public void The_end_is_sent_only_when_the_window_has_room()
    {
        var pump = RealTime(payload: 2_000);
        Send(pump);
        Send(pump);
        Assert.Equal(StreamAction.Wait, pump.Next(TimeSpan.Zero).Action);

        pump.ChunkSent();

        Assert.Equal(StreamAction.End, pump.Next(TimeSpan.Zero).Action);
    }

    [Fact]
    public void At_full_speed_the_stream_offers_its_turn_once_per_chunk()
    {
        var pump = FullSpeed();
        Assert.Equal(StreamAction.OfferTurn, pump.Next(TimeSpan.Zero).Action);
        pump.Yield(othersFirst: true);
        Assert.Equal(StreamAction.Wait, pump.Next(TimeSpan.Zero).Action);

        pump.WakeUp();

        // The stream continues now, however busy the others are.
        Assert.Equal(StreamAction.Read, pump.Next(TimeSpan.Zero).Action);
        pump.Advance(ChunkBytes, Audio, TimeSpan.Zero);
        Assert.Equal(StreamAction.OfferTurn, pump.Next(TimeSpan.Zero).Action);
        pump.Yield(othersFirst: false);
        Assert.Equal(StreamAction.Read, pump.Next(TimeSpan.Zero).Action);
    }

    [Fact]
    public void At_real_time_no_turn_is_offered()
    {
        var pump = RealTime();

        Assert.Equal(StreamAction.Read, pump.Next(TimeSpan.Zero).Action);
    }

    [Fact]
    public void Under_a_limit_each_chunk_is_requested_once_and_read_when_granted()
    {
        var pump = FullSpeed(payload: 1_500);
        pump.Limit(true);
        Assert.Equal(new StreamStep(StreamAction.AskUpload, Length: 1_000), pump.Next(TimeSpan.Zero));
        Assert.Equal(StreamAction.Wait, pump.Next(TimeSpan.Zero).Action);

        pump.Grant();

        Assert.Equal(StreamAction.Read, pump.Next(TimeSpan.Zero).Action);
        pump.Advance(ChunkBytes, Audio, TimeSpan.Zero);
        Assert.Equal(new StreamStep(StreamAction.AskUpload, Length: 500), pump.Next(TimeSpan.Zero));
    }

    [Fact]
    public void Only_the_bytes_of_a_chunk_that_will_be_sent_are_requested()
    {
        var pump = RealTime(offset: 300);
        pump.Limit(true);

        Assert.Equal(new StreamStep(StreamAction.AskUpload, Length: 700), pump.Next(TimeSpan.Zero));
    }

    [Fact]
    public void A_limit_splits_large_chunks()
    {
        var pump = new StreamPump(1_000_000, 0, 200_000, Window, isRealTime: false, new Pacer(null));
        pump.Limit(true);

        Assert.Equal(64 * 1024, pump.Next(TimeSpan.Zero).Length);
    }

    [Fact]
    public void Lifting_the_limit_resumes_the_stream_and_an_open_request_is_reused_under_a_new_limit()
    {
        var pump = RealTime();
        pump.Limit(true);
        pump.Next(TimeSpan.Zero);

        pump.Limit(false);
        Send(pump);
        pump.Limit(true);

        // The earlier request is still open.
        Assert.Equal(StreamAction.Wait, pump.Next(TimeSpan.Zero).Action);
        pump.Grant();
        Assert.Equal(StreamAction.Read, pump.Next(TimeSpan.Zero).Action);
    }

    private static StreamPump FullSpeed(long payload = 100_000, long offset = 0) =>
        new(payload, offset, ChunkBytes, Window, isRealTime: false, new Pacer(null));

    private static StreamPump RealTime(long payload = 100_000, long offset = 0, TimeSpan? burst = null) =>
        new(payload, offset, ChunkBytes, Window, isRealTime: true, new Pacer(burst ?? TimeSpan.FromMinutes(1)));

    private static void Send(StreamPump pump)
    {
        var step = pump.Next(TimeSpan.Zero);
        Assert.Equal(StreamAction.Read, step.Action);
        pump.Advance(step.Length, Audio, TimeSpan.Zero);
    }

    private static List<(long Offset, int Length)> ReadAll(StreamPump pump)
    {
        var read = new List<(long, int)>();
        while (pump.Next(TimeSpan.Zero) is { Action: not StreamAction.End } step)
        {
            if (step.Action == StreamAction.OfferTurn)
            {
                pump.Yield(othersFirst: false);
                continue;
            }

            Assert.Equal(StreamAction.Read, step.Action);
            read.Add((step.Offset, step.Length));
            pump.Advance(step.Length, Audio, TimeSpan.Zero);
            pump.ChunkSent();
        }

        return read;
    }
}
