using Akka.Actor;
using Akka.TestKit;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Streams;
using TspActors.Peer.Tests.Material;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting.Streams;

/// <summary>Checks that streams are woken when their next chunk is due, and that real-time streams come first.</summary>
public sealed class PaceWheelSpecs : PeerSpec
{
    private readonly ManualClock _clock = new();
    private readonly PaceWheel _wheel;

    public PaceWheelSpecs(ITestOutputHelper output)
        : base(output) => _wheel = new PaceWheel(_clock);

    [Fact]
    public async Task Streams_are_woken_when_they_are_due_and_not_before()
    {
        var (early, late) = (CreateTestProbe(), CreateTestProbe());
        _wheel.AddStream(late, isRealTime: true).WakeIn(TimeSpan.FromSeconds(2));
        _wheel.AddStream(early, isRealTime: true).WakeIn(TimeSpan.FromSeconds(1));

        Pass(TimeSpan.FromSeconds(0.9));
        await AssertAsleepAsync(early);
        Pass(TimeSpan.FromSeconds(0.1));
        await early.ExpectMsgAsync<PaceWheel.WakeUp>();
        await AssertAsleepAsync(late);
        Pass(TimeSpan.FromSeconds(1));
        await late.ExpectMsgAsync<PaceWheel.WakeUp>();
    }

    [Fact]
    public async Task A_stream_that_asks_twice_is_woken_once_and_may_then_ask_again()
    {
        var stream = CreateTestProbe();
        var waker = _wheel.AddStream(stream, isRealTime: true);
        waker.WakeIn(TimeSpan.FromSeconds(1));
        waker.WakeIn(TimeSpan.FromSeconds(1));
        Pass(TimeSpan.FromSeconds(5));
        await stream.ExpectMsgAsync<PaceWheel.WakeUp>();
        await AssertAsleepAsync(stream);

        waker.WakeIn(TimeSpan.FromSeconds(1));
        Pass(TimeSpan.FromSeconds(1));
        await stream.ExpectMsgAsync<PaceWheel.WakeUp>();
    }

    [Fact]
    public async Task A_stream_that_has_stopped_is_not_woken()
    {
        var stream = CreateTestProbe();
        var waker = _wheel.AddStream(stream, isRealTime: true);
        waker.WakeIn(TimeSpan.FromSeconds(1));
        waker.Stop();
        Pass(TimeSpan.FromSeconds(5));
        await AssertAsleepAsync(stream);
    }

    [Fact]
    public async Task A_stream_at_full_speed_continues_once_all_due_streams_at_real_time_are_served()
    {
        var download = CreateTestProbe();
        var full = _wheel.AddStream(download, isRealTime: false);
        Assert.False(full.Yields());
        var listeners = Enumerable.Range(0, 3).Select(_ => _wheel.AddStream(CreateTestProbe(), isRealTime: true)).ToArray();
        foreach (var listener in listeners)
            listener.WakeIn(TimeSpan.FromSeconds(1));
        Assert.False(full.Yields());
        Pass(TimeSpan.FromSeconds(1));

        Assert.True(full.Yields());
        listeners[0].Served();
        listeners[1].WakeIn(TimeSpan.FromSeconds(4));
        await AssertAsleepAsync(download);
        listeners[2].Stop();
        await download.ExpectMsgAsync<PaceWheel.WakeUp>();

        full.Served();
        Assert.False(full.Yields());
    }

    [Fact]
    public async Task A_stream_at_full_speed_waits_for_at_most_one_slot_of_the_wheel()
    {
        var download = CreateTestProbe();
        var full = _wheel.AddStream(download, isRealTime: false);
        _wheel.AddStream(CreateTestProbe(), isRealTime: true).Due();

        Assert.True(full.Yields());
        Pass(PaceWheel.Slot);

        await download.ExpectMsgAsync<PaceWheel.WakeUp>();
    }

    [Fact]
    public void Streams_at_full_speed_are_slowed_for_a_second_after_a_listener_nearly_runs_dry()
    {
        var full = _wheel.AddStream(CreateTestProbe(), isRealTime: false);
        _wheel.ReportLate();
        Assert.True(full.Yields());
        Pass(TimeSpan.FromSeconds(1));
        full.Served();
        Assert.False(full.Yields());
    }

    protected override void AfterAll()
    {
        _wheel.Dispose();
        base.AfterAll();
    }

    // Passes slightly more than the given time, because the wheel sets its timer a millisecond late.
    private void Pass(TimeSpan time) => _clock.Pass(time + TimeSpan.FromMilliseconds(2));

    // The wheel sends its messages on the thread that advances the clock, so a WakeUp would arrive before this message.
    private static async Task AssertAsleepAsync(TestProbe stream)
    {
        stream.Tell("asleep");
        await stream.ExpectMsgAsync("asleep");
    }
}
