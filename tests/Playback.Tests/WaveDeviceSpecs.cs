using TspActors.Playback.Outputs;
using TspActors.Playback.Windows;

namespace TspActors.Playback.Tests;

/// <summary>Checks playback through a simulated device with a queue like NAudio's, on the test's clock.</summary>
public sealed class WaveDeviceSpecs
{
    private static readonly AudioSettings Settings = new();
    private static readonly AudioSettings Windows = Settings with { Drivers = ["wasapi", "waveout"] };

    private readonly ManualClock _time = new();
    private readonly List<QueueDevice> _devices = [];
    private readonly List<string> _notices = [];
    private string? _absent;

    [Fact]
    public async Task A_song_is_heard_in_full_before_playback_ends()
    {
        var song = RawBackend.Song(3000);
        await PlayAsync(song);

        var device = Assert.Single(_devices);
        Assert.Equal(song, device.Heard);
        Assert.True(device.Disposed);
        // The player waits until everything has been heard, including the sound that the device has read ahead.
        Assert.InRange(_time.Elapsed, TimeSpan.FromSeconds(3.0), TimeSpan.FromSeconds(3.2));
    }

    [Fact]
    public void A_new_format_reopens_the_device_once_the_earlier_sound_has_been_heard()
    {
        using var output = NewOutput();
        output.Open(RawBackend.Format);
        Assert.Equal(100, output.Write(new byte[100], CancellationToken.None));
        Assert.Equal(TimeSpan.FromMilliseconds(150), output.Latency);

        var opening = Task.Run(() => output.Open(new PcmFormat(2000, 2)));
        RunUntil(opening);

        Assert.Equal([RawBackend.Format, new PcmFormat(2000, 2)], _devices.Select(device => device.Format));
        Assert.Equal(100, _devices[0].Heard.Length);
        Assert.True(_devices[0].Disposed);
    }

    [Fact]
    public async Task A_device_that_stops_by_itself_counts_as_lost_and_is_opened_again()
    {
        var song = RawBackend.Song(8000);
        await PlayAsync(song, afterFirstSecond: () => _devices[0].Failure = "unplugged");

        Assert.Equal(
            ["The audio output naudio has stopped: unplugged. The song continues silently until a device is available.",
                "The song now plays through naudio."],
            _notices);
        Assert.Equal(2, _devices.Count);
        Assert.Equal(song[^4000..], _devices[1].Heard[^4000..]);
        Assert.All(_devices, device => Assert.True(device.Disposed));
    }

    [Fact]
    public async Task A_device_that_plays_nothing_for_two_seconds_counts_as_lost()
    {
        await PlayAsync(RawBackend.Song(8000), afterFirstSecond: () => _devices[0].Stuck = true);

        Assert.Equal(
            "The audio output naudio has played nothing for 2 s. The song continues silently until a device is available.", _notices[0]);
    }

    [Fact]
    public void A_wait_for_space_in_the_queue_ends_when_it_is_interrupted()
    {
        using var output = NewOutput();
        using var interrupt = new CancellationTokenSource();
        output.Open(RawBackend.Format);
        output.Pause();
        interrupt.Cancel();

        // The write fills the queue exactly.
        Assert.Equal(200, output.Write(new byte[1000], interrupt.Token));
        output.Drop();
        Assert.Equal(TimeSpan.Zero, _devices[0].Queued);
        Assert.False(_devices[0].Plays);
        output.Resume();
        Assert.True(_devices[0].Plays);
    }

    [Fact]
    public void Auto_and_naudio_choose_NAudio_on_Windows()
    {
        Assert.Equal("playing through wasapi, decoded by the Windows codec", Resolve("auto").Reason);
        Assert.Equal("wasapi", Resolve("naudio").Name);
        Assert.All(_devices, device => Assert.True(device.Disposed));
    }

    [Fact]
    public void Without_a_device_auto_waits_for_one_and_naudio_fails()
    {
        _absent = "no device";
        Assert.Equal(
            "no sound device found: playing silently (null output) until there is one", Resolve("auto").Reason);
        Assert.Contains(
            "no sound device", Assert.Throws<AudioUnavailableException>(() => Resolve("naudio")).Message, StringComparison.Ordinal);
    }

    private AudioBackend Resolve(string choice) => AudioBackends.Resolve(choice, Windows, _time, new FakeMachine
    {
        Decoders = [FakeMachine.Decoder("the Windows codec")],
        Outputs = [new OutputKind("wasapi", "NAudio", null, (_, _, _) => NewOutput()), FakeMachine.Output("waveout", hasDevice: false, library: "NAudio")],
    });

    private WaveDeviceOutput NewOutput() => new("naudio", NewDevice, Settings.DeviceDeadline, _time);

    private QueueDevice NewDevice(PcmFormat format)
    {
        if (_absent is not null)
            throw new AudioOutputException(_absent);
        var device = new QueueDevice(format, _time);
        _devices.Add(device);
        return device;
    }

    private async Task PlayAsync(byte[] song, Action? afterFirstSecond = null)
    {
        using var player = new SongPlayer(RawBackend.To(notice => new FallbackOutput(
            () => NewOutput(), Settings.DeviceRetry, _time, notice, runSearch: search => Task.FromResult(search()))));
        player.Notice += _notices.Add;
        await player.WriteAsync(song);
        player.Complete();
        player.Start();
        while (afterFirstSecond is not null && !player.Completion.IsCompleted && player.Position < TimeSpan.FromSeconds(1))
        {
            await _time.TimerWaits().WaitAsync(Limits.Test);
            _time.MoveToNextTimer();
        }

        afterFirstSecond?.Invoke();
        await _time.RunUntil(player.Completion);
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion);
    }

    private void RunUntil(Task done) => _time.RunUntil(done).GetAwaiter().GetResult();

    /// <summary>A device with a queue of 100 ms that reads another 100 ms ahead and plays on the test's clock.</summary>
    private sealed class QueueDevice(PcmFormat format, TimeProvider time) : IWaveDevice
    {
        private readonly MemoryStream _heard = new();
        private long _lookedAt = time.GetTimestamp();
        private int _queued;

        public PcmFormat Format => format;

        public bool Plays { get; private set; } = true;

        public bool Stuck { get; set; }

        public bool Disposed { get; private set; }

        public byte[] Heard => _heard.ToArray();

        public string? Failure { get; set; }

        public int Room
        {
            get
            {
                Play();
                return Capacity - _queued;
            }
        }

        public TimeSpan Queued
        {
            get
            {
                Play();
                return format.DurationOf(_queued);
            }
        }

        public TimeSpan Ahead => TimeSpan.FromMilliseconds(100);

        private int Capacity => format.Rate / 10 * format.FrameBytes;

        public void Enqueue(ReadOnlySpan<byte> pcm)
        {
            Assert.InRange(pcm.Length, 1, Room);
            _queued += pcm.Length;
            _heard.Write(pcm);
        }

        public void Clear() => _queued = 0;

        public void Pause()
        {
            Play();
            Plays = false;
        }

        public void Resume()
        {
            Play();
            Plays = true;
        }

        public void Dispose() => Disposed = true;

        private void Play()
        {
            var played = (int)(time.GetElapsedTime(_lookedAt).TotalSeconds * format.Rate) * format.FrameBytes;
            if (Plays && !Stuck)
                _queued = Math.Max(0, _queued - played);
            _lookedAt = time.GetTimestamp();
        }
    }
}
