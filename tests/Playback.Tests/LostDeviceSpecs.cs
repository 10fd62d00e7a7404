using TspActors.Playback.Outputs;

namespace TspActors.Playback.Tests;

/// <summary>Checks what happens when a device disappears and returns during a song, on a clock that the test advances.</summary>
public sealed class LostDeviceSpecs
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly ManualClock _time = new();
    private readonly List<string> _notices = [];

    [Fact]
    public async Task A_lost_device_is_used_again_once_it_returns()
    {
        var losses = 0;
        FaultyDevice? device = null;
        device = new FaultyDevice(_time) { BeforeWrite = heard => device!.Present = heard < 2000 || ++losses > 1 };
        // The device is lost after one second, and the first search, two seconds later, finds it again.
        var song = RawBackend.Song(10_000);
        await PlayAsync(song, notice => new FallbackOutput(
            () =>
            {
                device.Present = true;
                return device.NewOutput();
            },
            Retry, _time, notice, runSearch: AtOnce));

        Assert.Equal(
            ["The test device was unplugged. The song continues silently until a device is available.",
                "The song now plays through faulty."],
            _notices);
        Assert.Equal(song[..2000], device.Heard[..2000]);
        Assert.Equal(TimeSpan.FromSeconds(10), _time.Elapsed);
        var missed = (song.Length - device.Heard.Length) / RawBackend.BytesPerMillisecond;
        Assert.InRange(missed, 2000, 2050);
        Assert.Equal(song[^4000..], device.Heard[^4000..]);
        Assert.Equal(0, device.Open);
    }

    [Fact]
    public async Task A_device_that_does_not_return_is_reported_once()
    {
        var device = new FaultyDevice(_time) { Present = false };
        await PlayAsync(RawBackend.Song(20_000), notice => new FallbackOutput(device.NewOutput, Retry, _time, notice, runSearch: AtOnce));

        Assert.Equal(["The test device was unplugged. The song continues silently until a device is available."], _notices);
        Assert.Equal(TimeSpan.FromSeconds(20), _time.Elapsed);
        Assert.Empty(device.Heard);
    }

    [Fact]
    public async Task A_device_that_appears_later_is_used()
    {
        var device = new FaultyDevice(_time);
        var song = RawBackend.Song(5000);
        await PlayAsync(song, notice => new FallbackOutput(device.NewOutput, Retry, _time, notice, startSilent: true, runSearch: AtOnce));

        Assert.Equal(["The song now plays through faulty."], _notices);
        Assert.InRange(device.Heard.Length, 5900, 6000);
        Assert.Equal(song[^device.Heard.Length..], device.Heard);
    }

    [Fact]
    public async Task An_endless_search_does_not_delay_the_song()
    {
        var device = new FaultyDevice(_time) { Present = false };
        var searches = 0;
        await PlayAsync(RawBackend.Song(20_000), notice => new FallbackOutput(device.NewOutput, Retry, _time, notice, runSearch: _ =>
        {
            searches++;
            return new TaskCompletionSource<FallbackOutput.Found?>().Task;
        }));

        Assert.Equal(TimeSpan.FromSeconds(20), _time.Elapsed);
        Assert.Equal(1, searches);
    }

    [Fact]
    public async Task A_device_found_after_the_output_was_closed_is_closed_too()
    {
        var device = new FaultyDevice(_time);
        var search = new TaskCompletionSource();
        Task<FallbackOutput.Found?>? found = null;
        var output = new FallbackOutput(
            device.NewOutput, TimeSpan.Zero, _time, _notices.Add, startSilent: true, runSearch: work => found = After(search.Task, work));
        output.Open(RawBackend.Format);
        output.Write([], CancellationToken.None);
        output.Dispose();
        Assert.False(found!.IsCompleted);

        search.SetResult();

        Assert.NotNull(await found.WaitAsync(Limits.Test));
        await Limits.Until(() => device.Open == 0);
        Assert.Single(device.Formats);
    }

    [Fact]
    public async Task A_device_that_returns_is_opened_with_the_current_format()
    {
        var device = new FaultyDevice(_time);
        var search = new TaskCompletionSource();
        Task<FallbackOutput.Found?>? found = null;
        using var output = new FallbackOutput(
            device.NewOutput, TimeSpan.Zero, _time, _notices.Add, startSilent: true, runSearch: work => found = After(search.Task, work));
        output.Open(RawBackend.Format);
        output.Write([], CancellationToken.None);
        output.Open(new PcmFormat(2000, 2));
        search.SetResult();
        await found!.WaitAsync(Limits.Test);
        output.Write([], CancellationToken.None);

        Assert.Equal([RawBackend.Format, new PcmFormat(2000, 2)], device.Formats);
        Assert.Equal("faulty", output.Name);
    }

    private static Task<FallbackOutput.Found?> AtOnce(Func<FallbackOutput.Found?> search) => Task.FromResult(search());

    private static async Task<FallbackOutput.Found?> After(Task begin, Func<FallbackOutput.Found?> search)
    {
        await begin;
        return search();
    }

    private async Task PlayAsync(byte[] song, Func<Action<string>, IAudioOutput> output)
    {
        using var player = new SongPlayer(RawBackend.To(output));
        player.Notice += _notices.Add;
        await player.WriteAsync(song);
        player.Complete();
        player.Start();
        await _time.RunUntil(player.Completion);
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion);
        Assert.Equal(RawBackend.Format.DurationOf(song.Length), player.Position);
        Assert.Equal(0, player.Stalls);
    }
}
