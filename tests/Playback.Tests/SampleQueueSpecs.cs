using TspActors.Playback.Windows;

namespace TspActors.Playback.Tests;

/// <summary>Checks the queue between the player and an NAudio device.</summary>
public sealed class SampleQueueSpecs
{
    private readonly SampleQueue _queue = New(patience: TimeSpan.Zero);

    [Fact]
    public void A_read_returns_the_samples_that_are_there_and_no_silence_after_them()
    {
        _queue.Add(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 });
        var read = new byte[100];
        Assert.Equal(8, _queue.Read(read));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], read[..8]);
    }

    [Fact]
    public void An_empty_queue_returns_one_silent_frame_so_that_the_device_continues()
    {
        var read = Enumerable.Repeat((byte)9, 100).ToArray();
        Assert.Equal(4, _queue.Read(read));
        Assert.Equal([0, 0, 0, 0, 9], read[..5]);
    }

    [Fact]
    public async Task A_read_waits_for_samples_that_are_late()
    {
        var queue = New(patience: Limits.Test);
        var read = new byte[100];
        var reading = Task.Factory.StartNew(() => queue.Read(read), TaskCreationOptions.LongRunning);
        queue.Add(new byte[20]);
        queue.Add(new byte[20]);
        // Less than the minimum does not end the wait.
        Assert.Equal(40, await reading.WaitAsync(Limits.Test));
    }

    [Fact]
    public void It_accepts_as_much_as_it_has_room_for()
    {
        Assert.Equal(400, _queue.Room);
        _queue.Add(new byte[400]);
        Assert.Equal((0, TimeSpan.FromMilliseconds(100)), (_queue.Room, _queue.Queued));
        _queue.Clear();
        Assert.Equal((400, TimeSpan.Zero), (_queue.Room, _queue.Queued));
    }

    private static SampleQueue New(TimeSpan patience) =>
        new(new PcmFormat(1_000, 2), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(10), patience);
}
