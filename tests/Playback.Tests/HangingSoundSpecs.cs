using TspActors.Playback.Outputs;

namespace TspActors.Playback.Tests;

/// <summary>
/// Checks that a song continues silently at the same pace while the sound server hangs, and that pause, seek and stop still work.
/// </summary>
public sealed class HangingSoundSpecs
{
    private static readonly AudioSettings Settings = new() { Drivers = ["hanging"] };

    private readonly ManualClock _time = new();
    private readonly HangingCalls _hanging = new();
    private readonly List<string> _notices = [];

    [Theory]
    [InlineData("Write")]
    [InlineData("Pause")]
    [InlineData("Drop")]
    public async Task The_song_continues_silently_until_the_device_responds_again(string call)
    {
        var device = new HangingDevice { HangsIn = call };
        var searches = 0;
        using var output = new FallbackOutput(() => NewDevice(device), Settings.DeviceRetry, _time, _notices.Add, runSearch: search =>
        {
            searches++;
            return Task.FromResult(search());
        });
        output.Open(RawBackend.Format);
        var playing = Task.Run(() =>
        {
            output.Write(RawBackend.Song(10), CancellationToken.None);
            output.Pause();
            output.Resume();
            output.Drop();
        });
        await device.Hangs.WaitAsync(Limits.Test);
        await _time.RunUntil(playing);

        // For ten seconds, every search for a device fails.
        await _time.RunUntil(Task.Run(() => output.Write(RawBackend.Song(10_000), CancellationToken.None)));
        await _time.RunUntil(Task.Run(() => output.Write(RawBackend.Song(10), CancellationToken.None)));
        Assert.Equal("null", output.Name);
        Assert.NotEqual(0, searches);
        Assert.Equal(1, device.Entered);
        Assert.Equal(
            ["The audio output hanging has not responded for 2 s. The song continues silently until a device is available."], _notices);

        device.GoOn();
        await Limits.Until(() => !_hanging.Any);
        await _time.RunUntil(Task.Run(() => output.Write(RawBackend.Song(2_000), CancellationToken.None)));
        output.Write(RawBackend.Song(10), CancellationToken.None);

        Assert.Equal("The song now plays through hanging.", _notices[1]);
        Assert.Equal(2, _notices.Count);
    }

    [Fact]
    public async Task A_player_can_be_stopped_while_the_device_hangs()
    {
        var device = new HangingDevice { HangsIn = "Write" };
        using var player = NewPlayer(device);
        player.Start();
        await player.WriteAsync(RawBackend.Song(1000));
        await device.Hangs.WaitAsync(Limits.Test);

        player.Stop();
        await _time.RunUntil(player.Completion);

        Assert.IsType<PlaybackEnd.Stopped>(await player.Completion);
        Assert.Empty(_notices); // no notice to a user who has stopped the player
        device.GoOn();
        await Limits.Until(() => device.Closed == 1 && !_hanging.Any);
    }

    [Fact]
    public async Task A_player_can_pause_and_seek_while_the_device_hangs()
    {
        var device = new HangingDevice { HangsIn = "Write" };
        using var player = NewPlayer(device);
        var paused = SongPlayerSpecs.EnteringOf(player, PlaybackState.Paused);
        player.Start();
        await player.WriteAsync(RawBackend.Song(1000));
        await device.Hangs.WaitAsync(Limits.Test);

        player.Pause();
        await _time.RunUntil(paused);
        Assert.True(player.Seek(TimeSpan.FromSeconds(30)));
        await player.WriteAsync(RawBackend.Song(1000));
        player.Complete();
        player.Resume();
        await _time.RunUntil(player.Completion);

        Assert.IsType<PlaybackEnd.Finished>(await player.Completion);
        Assert.Equal(TimeSpan.FromSeconds(31), player.Position);
        Assert.Single(_notices);
        device.GoOn();
        await Limits.Until(() => device.Closed == 1);
    }

    [Fact]
    public async Task Auto_waits_no_longer_than_the_deadline_and_starts_silently()
    {
        var device = new HangingDevice { HangsIn = "Open" };
        var resolving = Task.Run(
            () => AudioBackends.Resolve("auto", Settings with { Drivers = ["hanging", "other"] }, _time, Machine(device)));
        await device.Hangs.WaitAsync(Limits.Test);
        await _time.RunUntil(resolving);

        var backend = await resolving;
        Assert.Equal("no sound device found (hanging does not respond): playing silently (null output) until there is one", backend.Reason);
        Assert.Equal(Settings.DeviceDeadline, _time.Elapsed);
        Assert.Equal("Open", device.Calls);
        device.GoOn();
        await Limits.Until(() => device.Closed == 1);
    }

    [Fact]
    public async Task A_search_skips_a_hanging_driver_until_its_call_has_returned()
    {
        var device = new HangingDevice { HangsIn = "Open" };
        var drivers = new SoundDrivers(Machine(device).Outputs, Settings with { Drivers = ["hanging", "other"] }, _time);
        var search = Task.Run(() => drivers.Find(out _));
        await device.Hangs.WaitAsync(Limits.Test);
        await _time.RunUntil(search);
        Assert.Null(await search);

        Assert.Equal("other", drivers.Find(out _));

        device.GoOn();
        await Limits.Until(() => drivers.Find(out _) == "hanging");
    }

    private DeadlineOutput NewDevice(HangingDevice device) => new(device.NewOutput(), Settings.DeviceDeadline, _hanging, _time);

    private SongPlayer NewPlayer(HangingDevice device)
    {
        var player = new SongPlayer(RawBackend.To(notice => new FallbackOutput(
            () => NewDevice(device), Settings.DeviceRetry, _time, notice, runSearch: search => Task.FromResult(search()))));
        player.Notice += _notices.Add;
        return player;
    }

    private static FakeMachine Machine(HangingDevice device) => new()
    {
        Outputs = [new OutputKind("hanging", "test", null, (_, _, _) => device.NewOutput()), FakeMachine.Output("other")],
    };
}
