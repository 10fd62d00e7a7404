using TspActors.Playback.Mpg123;

namespace TspActors.Playback.Tests;

/// <summary>Checks the estimate of the sound that a device has buffered, and its effect on the position.</summary>
public sealed class DeviceDelaySpecs
{
    private readonly ManualClock _time = new();

    [Fact]
    public void Written_sound_counts_as_buffered_until_it_has_been_played()
    {
        var delay = new DeviceDelay(_time);
        Assert.Equal(TimeSpan.Zero, delay.Held);
        delay.BeforeWrite();
        delay.AfterWrite(TimeSpan.FromMilliseconds(200));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        delay.BeforeWrite();
        delay.AfterWrite(TimeSpan.FromMilliseconds(30));
        Assert.Equal(TimeSpan.FromMilliseconds(180), delay.Held);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, delay.Held);
        delay.BeforeWrite();
        delay.AfterWrite(TimeSpan.FromMilliseconds(20));
        Assert.Equal(TimeSpan.FromMilliseconds(20), delay.Held);
        delay.Clear();
        Assert.Equal(TimeSpan.Zero, delay.Held);
    }

    [Fact]
    public async Task The_position_excludes_sound_that_the_device_has_buffered()
    {
        var output = new HoldingOutput(TimeSpan.FromMilliseconds(200));
        using var player = new SongPlayer(RawBackend.To(output));
        var positions = new List<TimeSpan>();
        output.Written = () => positions.Add(player.Position);
        await player.WriteAsync(RawBackend.Song(500));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);
        // The positions are recorded before each write of 10 ms. The device always buffers 200 ms, and a position is never negative.
        Assert.Equal(TimeSpan.Zero, positions[20]);
        Assert.Equal(TimeSpan.FromMilliseconds(290), positions[49]);
        Assert.Equal(TimeSpan.FromMilliseconds(500), player.Position);
    }

    private sealed class HoldingOutput(TimeSpan latency) : IAudioOutput
    {
        private readonly RecordingOutput _recording = new();

        public Action? Written { get; set; }

        public string Name => "holding";

        public TimeSpan Latency => latency;

        public void Open(PcmFormat format) => _recording.Open(format);

        public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
        {
            Written?.Invoke();
            return _recording.Write(pcm, interrupt);
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

        public void Dispose() => _recording.Dispose();
    }
}
