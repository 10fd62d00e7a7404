using System.Runtime.InteropServices;
using TspActors.Playback.Alsa;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;
using TspActors.Playback.Programs;
using TspActors.Playback.Pulse;

namespace TspActors.Playback.Tests;

/// <summary>
/// Checks the outputs that need neither libout123 nor mpg123, with the null sink of a PulseAudio server as the device. Its sound is
/// recorded and compared with what was written.
/// </summary>
[Collection(nameof(RunsAlone))] // libpulse reads the server's address from an environment variable, which the whole process shares
public sealed class LinuxOutputSpecs : IAsyncLifetime
{
    private const string AlsaPlugin = "/usr/lib/x86_64-linux-gnu/alsa-lib/libasound_module_pcm_pulse.so:libasound2-plugins";
    private static readonly PcmFormat Cd = new(44100, 2);

    // The buffer is long, so that a busy machine causes no gap in the sound.
    private static readonly AudioSettings Settings = new()
    {
        DeviceBuffer = TimeSpan.FromSeconds(1),
        ProgramDeadline = TimeSpan.FromSeconds(30),
    };

    private readonly PulseServer _server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils")]
    public Task Pulse_plays_exactly_what_was_written() => PlaysWhatWasWritten(Pulse());

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", AlsaPlugin)]
    public Task Alsa_plays_exactly_what_was_written() => PlaysWhatWasWritten(Alsa());

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils")]
    public Task A_player_program_plays_exactly_what_was_written() => PlaysWhatWasWritten(Program());

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils")]
    public Task Pulse_plays_the_rest_after_a_pause() => PlaysTheRestAfterAPause(Pulse());

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", AlsaPlugin)]
    public Task Alsa_plays_the_rest_after_a_pause() => PlaysTheRestAfterAPause(Alsa());

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils")]
    public Task A_player_program_plays_the_rest_after_a_pause() => PlaysTheRestAfterAPause(Program());

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils")]
    public Task Pulse_drops_what_is_not_yet_audible() => DropsWhatIsNotYetAudible(Pulse());

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", AlsaPlugin)]
    public Task Alsa_drops_what_is_not_yet_audible() => DropsWhatIsNotYetAudible(Alsa());

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils")]
    public Task A_player_program_drops_what_is_not_yet_audible() => DropsWhatIsNotYetAudible(Program());

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils")]
    public Task Pulse_reports_a_lost_server() => ReportsALostServer(Pulse);

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", AlsaPlugin)]
    public Task Alsa_reports_a_lost_server() => ReportsALostServer(Alsa);

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils")]
    public Task A_player_program_reports_a_lost_server() => ReportsALostServer(Program);

    [NeedsFact("pulseaudio", "paplay:pulseaudio-utils", "pactl:pulseaudio-utils", AlsaPlugin)]
    public async Task A_hanging_server_blocks_nobody_for_longer_than_the_deadline()
    {
        await _server.StartAsync();
        var quick = Settings with { ProgramDeadline = TimeSpan.FromSeconds(2) };
        IAudioOutput[] devices = [Pulse(), Alsa(), Program(quick)];
        var hanging = new HangingCalls();
        var outputs = devices.Select(device => new DeadlineOutput(device, TimeSpan.FromSeconds(2), hanging, TimeProvider.System)).ToArray();
        foreach (var output in outputs)
            output.Open(Cd);

        _server.Hang();
        var sound = Noise(0.5, 2, seed: 7);
        foreach (var output in outputs)
        {
            Assert.Throws<AudioOutputException>(() =>
            {
                for (var i = 0; i < 20; i++)
                    Write(output, sound);
            });
            output.Dispose();
        }

        _server.GoOn();
        await Limits.Until(() => !hanging.Any);
    }

    [NeedsFact("pulseaudio", "pactl:pulseaudio-utils")]
    public async Task The_sinks_of_the_server_are_listed()
    {
        await _server.StartAsync();

        var sink = Assert.Single(PulseOutput.ListDevices(Limits.Test));

        Assert.Equal(("pulse", "tsp", true), (sink.Driver, sink.Name, sink.IsDefault));
        Assert.NotEmpty(sink.Description);
        using var output = new PulseOutput(sink.Name, Settings);
        output.Open(Cd);
        Assert.Equal("pulse:tsp", output.Name);
        using var missing = new PulseOutput("another", Settings);
        Assert.Throws<AudioOutputException>(() => missing.Open(Cd));
    }

    [NeedsFact("pulseaudio", "pactl:pulseaudio-utils")]
    public async Task Without_a_reply_from_the_server_no_sink_is_listed()
    {
        await _server.StartAsync();
        _server.Hang();
        Assert.Empty(PulseOutput.ListDevices(TimeSpan.FromMilliseconds(200)));
        await _server.KillAsync();
        Assert.Empty(PulseOutput.ListDevices(Limits.Test));
    }

    [NeedsFact(AlsaPlugin)]
    public void The_devices_of_alsa_are_listed()
    {
        var devices = AlsaOutput.ListDevices();
        Assert.Contains(devices, device => device is { Driver: "alsa", Name: "pulse" });
        Assert.All(devices, device => Assert.DoesNotContain('\n', device.Description));
        using var missing = new AlsaOutput("no-such-device", Settings);
        var failure = Assert.Throws<AudioOutputException>(() => missing.Open(Cd));
        Assert.StartsWith("The audio output alsa:no-such-device cannot be opened: ", failure.Message, StringComparison.Ordinal);
    }

    private static IAudioOutput Pulse() => new PulseOutput(null, Settings);

    private static IAudioOutput Alsa() => new AlsaOutput("pulse", Settings);

    private static IAudioOutput Program() => Program(Settings);

    private static PlayerPipeOutput Program(AudioSettings settings) =>
        new PlayerPipeOutput(null, settings, [.. PlayerProgram.Find().Where(program => program.Name == "paplay")]);

    private async Task PlaysWhatWasWritten(IAudioOutput output)
    {
        await _server.StartAsync();
        await using var recording = await _server.RecordAsync();
        var (stereo, mono) = (Noise(2, 2, seed: 1), Noise(1.5, 1, seed: 2));
        using (output)
        {
            output.Open(Cd);
            Write(output, stereo);
            Assert.InRange(output.Latency, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(3));
            output.Open(new PcmFormat(44100, 1));
            Write(output, mono);
            Assert.True(output.Drain(CancellationToken.None));
            Assert.Equal(TimeSpan.Zero, output.Latency);
        }

        var heard = WithoutSilence(await recording.FinishAsync(Bytes(0.5)));
        Assert.Equal(stereo, Between(heard, stereo));
        short[] both = [.. mono.SelectMany(sample => (short[])[sample, sample])];
        Assert.Equal(both, Between(heard, both));
    }

    private async Task PlaysTheRestAfterAPause(IAudioOutput output)
    {
        await _server.StartAsync();
        await using var recording = await _server.RecordAsync();
        var written = Noise(3, 2, seed: 3);
        using (output)
        {
            output.Open(Cd);
            Write(output, written);
            output.Pause();
            Assert.True(output.Latency > TimeSpan.Zero);
            await recording.HoldsSoundAsync();
            await recording.EndsSilentAsync(Bytes(0.4));
            output.Resume();
            output.Drain(CancellationToken.None);
        }

        // Nothing may be missing between the sound before the pause and the rest. The silence does not show where the rest begins: on a
        // busy machine, the server can also play silence before the pause, and then sound from before the pause until the rest begins.
        var heard = WithoutSilence(await recording.FinishAsync(Bytes(0.5)));
        var rest = SameAtEnd(heard, written);
        Assert.True(rest > 0, "the end was not heard");
        if (rest == written.Length)
            return;
        var before = heard.AsSpan(0, heard.Length - rest);
        var segment = Sound.Find(before[^Samples(0.2)..^Samples(0.05)], written);
        Assert.True(segment.Correlation > 0.99, "the sound before the pause was not written");
        Assert.InRange(written.Length - rest, 0, segment.At + Samples(0.2));
    }

    private async Task DropsWhatIsNotYetAudible(IAudioOutput output)
    {
        await _server.StartAsync();
        await using var recording = await _server.RecordAsync();
        var (first, second) = (Noise(2, 2, seed: 4), Noise(1, 2, seed: 5));
        using (output)
        {
            output.Open(Cd);
            Write(output, first);
            output.Drop();
            Assert.Equal(TimeSpan.Zero, output.Latency);
            Write(output, second);
            output.Drain(CancellationToken.None);
        }

        var heard = WithoutSilence(await recording.FinishAsync(Bytes(0.5)));
        Assert.Equal(second, Between(heard, second));
        Assert.InRange(Sound.Find(first.AsSpan(^Samples(0.2)..), heard).Correlation, -1, 0.5);
    }

    [NeedsFact("mpg123", "pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", AlsaPlugin)]
    public async Task Errors_of_Alsa_do_no_harm_after_libout123_has_also_used_it()
    {
        await _server.StartAsync();
        using var output = Alsa();
        output.Open(Cd);
        // libout123's module sets an error handler. The module and the handler are unloaded, whether or not the module finds the device.
        using (var other = new Out123Output("alsa", null, Settings.DeviceBuffer))
            _ = Record.Exception(() => other.Open(Cd));
        await _server.KillAsync();

        Assert.Throws<AudioOutputException>(() =>
        {
            for (var i = 0; i < 20; i++)
                Write(output, Noise(0.5, 2, seed: 6));
        });
    }

    private async Task ReportsALostServer(Func<IAudioOutput> create)
    {
        await _server.StartAsync();
        using (var output = create())
        {
            output.Open(Cd);
            var sound = Noise(0.5, 2, seed: 6);
            Write(output, sound);
            await _server.KillAsync();
            Assert.Throws<AudioOutputException>(() =>
            {
                for (var i = 0; i < 20; i++)
                    Write(output, sound);
            });
        }

        using var next = create();
        Assert.Throws<AudioOutputException>(() => next.Open(Cd));
    }

    private static void Write(IAudioOutput output, ReadOnlySpan<short> samples)
    {
        // Writes in blocks, as the player does.
        for (var bytes = MemoryMarshal.AsBytes(samples); bytes.Length > 0;)
        {
            var block = bytes[..Math.Min(4608, bytes.Length)];
            Assert.Equal(block.Length, output.Write(block, CancellationToken.None));
            bytes = bytes[block.Length..];
        }
    }

    // No sample is 0, so that silence can be distinguished from sound.
    private static short[] Noise(double seconds, int channels, int seed)
    {
        var samples = Sound.Samples(Songs.Noise(new PcmFormat(44100, channels), seconds, seed)).ToArray();
        for (var i = 0; i < samples.Length; i++)
            samples[i] |= 1;
        return samples;
    }

    // The tests look for samples that are lost, repeated or changed. On a busy machine, a server that is late plays silence in between.
    private static short[] WithoutSilence(ReadOnlySpan<short> heard)
    {
        var sound = new List<short>(heard.Length);
        for (var i = 0; i < heard.Length; i += 2)
        {
            if (heard[i] != 0 || heard[i + 1] != 0)
                sound.AddRange(heard.Slice(i, 2));
        }

        return [.. sound];
    }

    // Returns the recorded sound, beginning with the first samples of the segment.
    private static short[] Between(short[] heard, short[] segment)
    {
        var at = heard.AsSpan().IndexOf(segment.AsSpan(0, 64));
        Assert.True(at >= 0, "the beginning was not heard");
        return heard[at..Math.Min(heard.Length, at + segment.Length)];
    }

    // Returns how many samples are the same at both ends.
    private static int SameAtEnd(ReadOnlySpan<short> one, ReadOnlySpan<short> other)
    {
        var same = 0;
        while (same < one.Length && same < other.Length && one[^(same + 1)] == other[^(same + 1)])
            same++;
        return same;
    }

    private static int Samples(double seconds) => (int)(seconds * Cd.Rate) * Cd.Channels;

    private static int Bytes(double seconds) => 2 * Samples(seconds);
}
