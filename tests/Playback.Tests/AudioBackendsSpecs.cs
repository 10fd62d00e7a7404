using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;
using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks which backend each choice of the user resolves to, and the reasons and errors that the user sees.</summary>
public sealed class AudioBackendsSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-playback-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Auto_chooses_the_first_driver_whose_device_opens()
    {
        var backend = Resolve("auto", new FakeMachine { Outputs = [Absent("pulse"), Output("alsa"), Output("oss")] });
        Assert.Equal("alsa", backend.Name);
        Assert.Equal("playing through alsa, decoded by mpg123", backend.Reason);
    }

    [Fact]
    public void Of_several_outputs_of_a_driver_the_first_usable_one_plays()
    {
        var own = new RecordingOutput();
        var machine = new FakeMachine
        {
            Outputs =
            [
                FakeMachine.Output("pulse", problem: "libout123 is missing"),
                new OutputKind("pulse", "libpulse", null, (_, _, _) => own),
            ],
        };

        using var output = Resolve("auto", machine).CreateOutput(_ => { });
        output.Open(new PcmFormat(44_100, 2));
        output.Write(new byte[4], CancellationToken.None);

        Assert.Equal(new byte[4], own.Heard);
    }

    [Fact]
    public void Auto_without_a_device_plays_silently_and_says_so()
    {
        var backend = Resolve("auto", new FakeMachine { Outputs = [Absent("pulse")] });
        Assert.Equal("null", backend.Name);
        Assert.Equal("no sound device found: playing silently (null output) until there is one", backend.Reason);
    }

    [Fact]
    public void Auto_uses_the_next_decoder_and_says_why_not_the_better_one()
    {
        var backend = Resolve("auto", new FakeMachine
        {
            Decoders =
            [
                FakeMachine.Decoder("mpg123", "libmpg123 is missing") with { IsWorthInstalling = true },
                FakeMachine.Decoder("ACM", "not on Windows"),
                FakeMachine.Decoder("NLayer"),
            ],
            Outputs = [Output("pulse")],
        });
        Assert.Equal("playing through pulse, decoded by NLayer; libmpg123 is missing", backend.Reason);
    }

    [Fact]
    public void Nlayer_means_the_built_in_decoder_and_the_best_output()
    {
        var backend = Resolve("nlayer", new FakeMachine
        {
            Decoders = [FakeMachine.Decoder("mpg123"), FakeMachine.Decoder("NLayer")],
            Outputs = [Output("pulse")],
        });
        Assert.Equal("playing through pulse, decoded by NLayer", backend.Reason);
    }

    [Fact]
    public void Auto_without_a_decoder_chooses_the_mpg123_program()
    {
        var backend = Resolve("auto", Undecoded() with { Program = "/usr/bin/mpg123", ProgramHasDevice = true });
        Assert.Equal("mpg123 program", backend.Name);
        Assert.Contains("libmpg123 is missing", backend.Reason, StringComparison.Ordinal);
        Assert.False(backend.AppliesVolume);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/usr/bin/mpg123")]
    public void Auto_without_a_decoder_and_without_a_program_that_can_play_is_silent(string? program)
    {
        var backend = Resolve("auto", Undecoded() with { Program = program });
        Assert.StartsWith("libmpg123 is missing", backend.Reason, StringComparison.Ordinal);
        Assert.EndsWith("playing silently (null output)", backend.Reason, StringComparison.Ordinal);
        using var decoder = backend.CreateDecoder(_ => { });
        Assert.IsType<SilentDecoder>(decoder);
    }

    [Fact]
    public void The_program_can_be_chosen_even_if_the_library_would_also_work()
    {
        var backend = Resolve(
            "mpg123-program", new FakeMachine { Outputs = [Output("pulse")], Program = "/usr/bin/mpg123", ProgramHasDevice = true });
        Assert.Equal("mpg123 program", backend.Name);
        Assert.StartsWith("playing through the program /usr/bin/mpg123", backend.Reason, StringComparison.Ordinal);
        using var decoder = backend.CreateDecoder(_ => { });
        Assert.IsType<Mpg123Program>(decoder);
    }

    [Theory]
    [InlineData(null, "the mpg123 program is not installed")]
    [InlineData("/usr/bin/mpg123", "the mpg123 program could not find a sound device")]
    public void If_the_chosen_program_cannot_play_the_error_says_why(string? program, string why)
    {
        var error = Assert.Throws<AudioUnavailableException>(() => Resolve("mpg123-program", new FakeMachine { Program = program }));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_with_a_known_vulnerability_is_reported_but_still_used()
    {
        var old = FakeMachine.Decoder("mpg123") with { Warning = "libmpg123 is old" };
        var backend = Resolve("auto", new FakeMachine { Decoders = [old], Outputs = [Output("pulse")] });
        Assert.Equal("playing through pulse, decoded by mpg123; libmpg123 is old", backend.Reason);
    }

    [Fact]
    public void Mpg123_without_a_device_fails_and_says_what_to_do()
    {
        var error = Assert.Throws<AudioUnavailableException>(() => Resolve("mpg123", new FakeMachine { Outputs = [Absent("pulse")] }));
        Assert.Equal("mpg123 cannot play: no sound device found. Use --audio wav:FILE or --audio null.", error.Message);
    }

    [Fact]
    public void Mpg123_means_its_decoder_and_its_output()
    {
        var error = Assert.Throws<AudioUnavailableException>(() => Resolve("mpg123", new FakeMachine
        {
            Outputs = [FakeMachine.Output("pulse", problem: "libout123 is missing"), FakeMachine.Output("pulse", library: "libpulse")],
        }));
        Assert.Contains("libout123 is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Naudio_is_refused_where_it_cannot_play()
    {
        var error = Assert.Throws<AudioUnavailableException>(() => Resolve("naudio", new FakeMachine
        {
            Outputs = [FakeMachine.Output("pulse", problem: "NAudio plays on Windows only", library: "NAudio"), Output("pulse")],
        }));
        Assert.Equal("naudio cannot play: NAudio plays on Windows only. Use --audio wav:FILE or --audio null.", error.Message);
    }

    [Theory]
    [InlineData("usb")]
    [InlineData("USB Speakers")]
    [InlineData("usb speakers")]
    public void A_chosen_device_is_found_by_its_name_or_description(string name)
    {
        string? opened = null;
        var machine = new FakeMachine
        {
            Devices = [new SoundDevice("alsa", "usb", "USB Speakers", false), new SoundDevice("pulse", "hdmi", "HDMI", true)],
            Outputs = [Output("pulse"), new OutputKind("alsa", "test", null, (device, _, _) =>
            {
                opened = device;
                return new RecordingOutput();
            })],
        };

        var backend = AudioBackends.Resolve("auto", new AudioSettings { Device = name }, TimeProvider.System, machine);

        Assert.Equal(("alsa", "usb"), (backend.Name, opened));
    }

    [Fact]
    public void A_chosen_device_that_is_not_there_is_refused_with_the_names_of_the_others()
    {
        var machine = new FakeMachine { Devices = [new SoundDevice("pulse", "hdmi", "HDMI", true)], Outputs = [Output("pulse")] };
        var error = Assert.Throws<AudioUnavailableException>(
            () => AudioBackends.Resolve("auto", new AudioSettings { Device = "usb" }, TimeProvider.System, machine));
        Assert.Equal("There is no sound device \"usb\". Use one of \"hdmi\".", error.Message);
    }

    [Theory]
    [InlineData("loud")]
    [InlineData("")]
    [InlineData("AUTO")]
    [InlineData("wav:")]
    public void An_unknown_or_incomplete_choice_is_a_user_error(string choice) =>
        Assert.Throws<UnknownAudioBackendException>(() => Resolve(choice, new FakeMachine()));

    [Fact]
    public void A_wav_file_in_a_missing_folder_is_refused_with_a_reason()
    {
        var file = Path.Combine(_folder.FullName, "missing", "a.wav");
        var error = Assert.Throws<AudioUnavailableException>(() => Resolve("wav:" + file, new FakeMachine()));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_refused_as_a_wav_file() =>
        Assert.Throws<AudioUnavailableException>(() => Resolve("wav:" + _folder.FullName, new FakeMachine()));

    [Fact]
    public void A_wav_file_is_not_changed_before_the_song_starts()
    {
        var file = Path.Combine(_folder.FullName, "a.wav");
        Assert.Equal("wav:" + file, Resolve("wav:" + file, new FakeMachine()).Name);
        Assert.False(File.Exists(file));

        File.WriteAllText(file, "kept");
        Resolve("wav:" + file, new FakeMachine());
        Assert.Equal("kept", File.ReadAllText(file));
    }

    [NeedsFact("mpg123")]
    public void A_second_player_writes_its_own_wav_file()
    {
        var file = Path.Combine(_folder.FullName, "a.wav");
        File.WriteAllText(Path.Combine(_folder.FullName, "a-2.wav"), "kept");
        var backend = AudioBackends.Resolve("wav:" + file);
        var notices = new List<string>();

        for (var sound = 0; sound < 2; sound++)
        {
            using var output = backend.CreateOutput(notices.Add);
            output.Open(new PcmFormat(44_100, 2));
            output.Write(new byte[4_000], CancellationToken.None);
            Assert.True(output.Drain(CancellationToken.None));
        }

        Assert.Equal(
            ["a-2.wav", "a-3.wav", "a.wav"], _folder.EnumerateFiles("a*").Select(found => found.Name).Order(StringComparer.Ordinal));
        Assert.Equal("kept", File.ReadAllText(Path.Combine(_folder.FullName, "a-2.wav")));
        Assert.EndsWith("a-3.wav", Assert.Single(notices), StringComparison.Ordinal);
    }

    [NeedsFact("mpg123")]
    public void A_player_without_any_sound_does_not_use_up_a_wav_file_name()
    {
        var file = Path.Combine(_folder.FullName, "a.wav");
        var backend = AudioBackends.Resolve("wav:" + file);
        var notices = new List<string>();
        backend.CreateOutput(notices.Add).Dispose();
        Assert.Empty(_folder.EnumerateFiles());

        using (var output = backend.CreateOutput(notices.Add))
        {
            output.Open(new PcmFormat(44_100, 2));
            Assert.Equal("wav:" + file, output.Name);
        }

        Assert.Equal("a.wav", Assert.Single(_folder.EnumerateFiles()).Name);
        Assert.Empty(notices);
    }

    [NeedsFact("mpg123")]
    public void Auto_and_null_resolve_on_this_machine_without_an_error()
    {
        foreach (var choice in (string[])["auto", "null"])
        {
            var backend = AudioBackends.Resolve(choice);
            using var decoder = backend.CreateDecoder(_ => { });
            Assert.IsType<Mpg123Decoder>(decoder);
            Assert.NotEmpty(backend.Reason);
        }
    }

    [NeedsFact("mpg123")]
    public void An_unknown_driver_counts_as_a_missing_device()
    {
        var settings = new AudioSettings { Drivers = ["nosuchdriver"] };
        Assert.Null(new SoundDrivers(new SystemAudio().Outputs, settings, TimeProvider.System).Find(out var problem));
        Assert.Equal("no sound device found", problem);
        Assert.False(Mpg123Program.FindsDevice(Mpg123Program.Find()!, settings));
    }

    [NeedsFact("mpg123")]
    public void Writing_to_a_full_disk_fails_with_a_reason()
    {
        if (!File.Exists("/dev/full"))
            return;
        using var output = new WavFileOutput(() => "/dev/full");
        output.Open(new PcmFormat(44100, 2));
        var error = Assert.Throws<AudioOutputException>(() =>
        {
            for (var i = 0; i < 100; i++)
                output.Write(new byte[PcmBlock.Size], CancellationToken.None);
        });
        Assert.Contains("/dev/full", error.Message, StringComparison.Ordinal);
    }

    private static AudioBackend Resolve(string choice, ISystemAudio machine) =>
        AudioBackends.Resolve(choice, new AudioSettings(), TimeProvider.System, machine);

    private static OutputKind Output(string driver) => FakeMachine.Output(driver);

    private static OutputKind Absent(string driver) => FakeMachine.Output(driver, hasDevice: false);

    private static FakeMachine Undecoded() => new()
    {
        Decoders = [FakeMachine.Decoder("mpg123", "libmpg123 is missing")],
        Outputs = [FakeMachine.Output("pulse", problem: "libout123 is missing")],
    };
}
