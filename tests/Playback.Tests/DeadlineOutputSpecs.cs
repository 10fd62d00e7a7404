using TspActors.Playback.Outputs;

namespace TspActors.Playback.Tests;

/// <summary>Checks the deadline for a device that hangs in one of its calls, on a clock that the test advances.</summary>
public sealed class DeadlineOutputSpecs
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly byte[] Pcm = RawBackend.Song(10);

    private readonly ManualClock _time = new();
    private readonly HangingCalls _hanging = new();

    [Theory]
    [InlineData("Open")]
    [InlineData("Write")]
    [InlineData("Drain")]
    [InlineData("Drop")]
    [InlineData("Pause")]
    [InlineData("Resume")]
    public async Task A_device_that_hangs_in_a_call_counts_as_lost_and_is_closed_when_the_call_returns(string call)
    {
        var device = new HangingDevice { HangsIn = call };
        using var output = NewOutput(device);

        var calls = Task.Run(() => CallAll(output));
        await device.Hangs.WaitAsync(Limits.Test);
        var lost = await Assert.ThrowsAsync<AudioOutputException>(() => _time.RunUntil(calls));

        Assert.Equal("The audio output hanging has not responded for 2 s.", lost.Message);
        Assert.Equal(call == "Write" ? Deadline + RawBackend.Format.DurationOf(Pcm.Length) : Deadline, _time.Elapsed);
        Assert.Throws<AudioOutputException>(output.Pause);
        output.Dispose(); // must not wait again: nothing advances the clock here
        Assert.Equal(0, device.Closed);
        Assert.True(_hanging.Any);
        device.GoOn();
        await Limits.Until(() => !_hanging.Any);
        Assert.Equal(1, device.Closed);
        Assert.EndsWith(call + " Dispose", device.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_hangs_while_closing_is_abandoned()
    {
        var device = new HangingDevice { HangsIn = "Dispose" };
        var output = NewOutput(device);
        output.Open(RawBackend.Format);

        var closing = Task.Run(output.Dispose);
        await device.Hangs.WaitAsync(Limits.Test);
        await _time.RunUntil(closing);

        Assert.Equal(Deadline, _time.Elapsed);
        Assert.True(_hanging.Any);
        device.GoOn();
        await Limits.Until(() => !_hanging.Any);
        Assert.Equal(1, device.Closed);
    }

    [Fact]
    public void A_responsive_device_receives_every_call_in_order()
    {
        var device = new HangingDevice();
        var output = NewOutput(device);
        output.Drop();
        Assert.True(output.Drain(CancellationToken.None));
        Assert.Equal("", device.Calls);

        CallAll(output);
        output.Dispose();

        Assert.Equal("Open Write Drain Drop Pause Resume Dispose", device.Calls);
        Assert.Equal(1, device.Closed);
        Assert.False(_hanging.Any);
    }

    [Theory]
    [InlineData("Write")]
    [InlineData("Drain")]
    public async Task An_interrupted_wait_ends_immediately_and_the_next_call_waits_until_the_device_is_free(string call)
    {
        var device = new HangingDevice { HangsIn = call, Holds = TimeSpan.FromMilliseconds(100) };
        using var output = NewOutput(device);
        using var interrupt = new CancellationTokenSource();
        output.Open(RawBackend.Format);

        var wait = Task.Run(() => call == "Write" ? output.Write(Pcm, interrupt.Token) : output.Drain(interrupt.Token) ? 1 : 0);
        await device.Hangs.WaitAsync(Limits.Test);
        await interrupt.CancelAsync();

        Assert.Equal(call == "Write" ? Pcm.Length : 0, await wait.WaitAsync(Limits.Test));
        Assert.Equal(0, output.Write(Pcm, interrupt.Token)); // no call begins before the interrupted one has ended
        Assert.Equal(TimeSpan.FromMilliseconds(call == "Write" ? 110 : 100), output.Latency);
        Assert.Equal(TimeSpan.Zero, _time.Elapsed);
        device.GoOn();
        output.Pause();
        Assert.Equal($"Open {call} Pause", device.Calls);
    }

    [Fact]
    public async Task The_failure_of_an_interrupted_call_is_thrown_by_the_next_call()
    {
        var device = new HangingDevice { HangsIn = "Write", FailsWith = "The test device was unplugged." };
        using var output = NewOutput(device);
        using var interrupt = new CancellationTokenSource();
        output.Open(RawBackend.Format);
        var write = Task.Run(() => output.Write(Pcm, interrupt.Token));
        await device.Hangs.WaitAsync(Limits.Test);
        await interrupt.CancelAsync();
        await write.WaitAsync(Limits.Test);

        device.GoOn();

        Assert.Equal("The test device was unplugged.", Assert.Throws<AudioOutputException>(output.Drop).Message);
        output.Drop();
    }

    [Fact]
    public async Task The_deadline_of_a_full_device_is_extended_by_its_buffered_sound()
    {
        var device = new HangingDevice { HangsIn = "Write", Holds = TimeSpan.FromSeconds(5) };
        using var output = NewOutput(device);
        output.Open(RawBackend.Format);

        var write = Task.Run(() => output.Write(Pcm, CancellationToken.None));
        await device.Hangs.WaitAsync(Limits.Test);
        await Assert.ThrowsAsync<AudioOutputException>(() => _time.RunUntil(write));

        // The deadline is extended by five seconds of buffered sound and by the ten milliseconds being written.
        Assert.Equal(Deadline + TimeSpan.FromSeconds(5.01), _time.Elapsed);
        device.GoOn();
    }

    [Fact]
    public async Task A_suspension_of_the_process_does_not_use_up_the_whole_deadline()
    {
        var device = new HangingDevice { HangsIn = "Write" };
        using var output = NewOutput(device);
        output.Open(RawBackend.Format);
        var write = Task.Run(() => output.Write(Pcm, CancellationToken.None));
        await device.Hangs.WaitAsync(Limits.Test);

        await _time.TimerWaits().WaitAsync(Limits.Test);
        _time.Advance(TimeSpan.FromHours(1));
        _time.MoveToNextTimer();
        await _time.TimerWaits().WaitAsync(Limits.Test);
        device.GoOn();

        Assert.Equal(Pcm.Length, await write.WaitAsync(Limits.Test));
    }

    [Fact]
    public async Task A_driver_with_a_hanging_call_is_not_opened_again_until_the_call_has_returned()
    {
        var device = new HangingDevice { HangsIn = "Open" };
        var first = NewOutput(device);
        var opening = Task.Run(() => first.Open(RawBackend.Format));
        await device.Hangs.WaitAsync(Limits.Test);
        await Assert.ThrowsAsync<AudioOutputException>(() => _time.RunUntil(opening));
        first.Dispose();

        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var next = NewOutput(device);
            Assert.Equal(
                "The audio output hanging still does not respond.",
                Assert.Throws<AudioOutputException>(() => next.Open(RawBackend.Format)).Message);
        }

        Assert.Equal(1, device.Entered);
        device.GoOn();
        await Limits.Until(() => !_hanging.Any);
        using var another = NewOutput(device);
        another.Open(RawBackend.Format);
    }

    [Fact]
    public void A_write_allocates_nothing()
    {
        var device = new CountingDevice();
        using var output = new DeadlineOutput(device, Limits.Test, _hanging, TimeProvider.System);
        using var interrupt = new CancellationTokenSource();
        output.Open(RawBackend.Format);
        WriteOften(output, 100, interrupt.Token);
        var (here, there) = (GC.GetAllocatedBytesForCurrentThread(), device.Allocated);

        WriteOften(output, 1000, interrupt.Token);

        // Less than one byte per write; the runtime itself may allocate a little now and then.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - here, 0, 1000);
        Assert.InRange(device.Allocated - there, 0, 1000);
    }

    private static void WriteOften(DeadlineOutput output, int writes, CancellationToken interrupt)
    {
        for (var i = 0; i < writes; i++)
            output.Write(Pcm, interrupt);
    }

    private static void CallAll(DeadlineOutput output)
    {
        output.Open(RawBackend.Format);
        Assert.Equal(Pcm.Length, output.Write(Pcm, CancellationToken.None));
        Assert.True(output.Drain(CancellationToken.None));
        output.Drop();
        output.Pause();
        output.Resume();
    }

    private DeadlineOutput NewOutput(HangingDevice device) => new(device.NewOutput(), Deadline, _hanging, _time);

    /// <summary>A device that records how many bytes its thread had allocated at the last write.</summary>
    private sealed class CountingDevice : IAudioOutput
    {
        public long Allocated { get; private set; }

        public string Name => "counting";

        public void Open(PcmFormat format)
        {
        }

        public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
        {
            Allocated = GC.GetAllocatedBytesForCurrentThread();
            return pcm.Length;
        }

        public bool Drain(CancellationToken interrupt) => true;

        public void Drop()
        {
        }

        public void Pause()
        {
        }

        public void Resume()
        {
        }

        public void Dispose()
        {
        }
    }
}
