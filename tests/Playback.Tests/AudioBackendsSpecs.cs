using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;
using TspActors.Playback.Player;
using TspActors.Playback.WaveOut;

namespace TspActors.Playback.Tests;

/// <summary>Checks which backend each choice of the user resolves to, and the reasons and errors that the user sees.</summary>
public sealed class AudioBackendsSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-playback-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Auto_chooses_the_first_driver_whose_device_opens()
    {
        var backend = Resolve("auto", new Machine { Driver = "pulse" });
        Assert.Equal("pulse", backend.Name);
        Assert.Equal("playing through pulse", backend.Reason);
    }

    [Fact]
    public void Auto_without_a_device_plays_silently_and_says_so()
    {
        var backend = Resolve("auto", new Machine());
        Assert.Equal("null", backend.Name);
        Assert.Equal("no sound device found: playing silently (null output) until there is one", backend.Reason);
    }

    [Fact]
    public void Auto_without_the_libraries_chooses_the_mpg123_program()
    {
        var backend = Resolve(
            "auto", new Machine { DecoderProblem = "libmpg123 is missing", Program = "/usr/bin/mpg123", ProgramHasDevice = true });
        Assert.Equal("mpg123 program", backend.Name);
        Assert.Contains("libmpg123 is missing", backend.Reason, StringComparison.Ordinal);
        Assert.False(backend.AppliesVolume);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/usr/bin/mpg123")]
    public void Auto_without_the_libraries_and_without_a_program_that_can_play_is_silent(string? program)
    {
        var backend = Resolve(
            "auto", new Machine { DecoderProblem = "libmpg123 is missing", OutputProblem = "libout123 is missing", Program = program });
        Assert.StartsWith("libmpg123 is missing", backend.Reason, StringComparison.Ordinal);
        Assert.EndsWith("playing silently (null output)", backend.Reason, StringComparison.Ordinal);
        using var decoder = backend.CreateDecoder(_ => { });
        Assert.IsType<SilentDecoder>(decoder);
    }

    [Fact]
    public void The_program_can_be_chosen_even_if_the_library_would_also_work()
    {
        var backend = Resolve("mpg123-program", new Machine { Driver = "pulse", Program = "/usr/bin/mpg123", ProgramHasDevice = true });
        Assert.Equal("mpg123 program", backend.Name);
        Assert.StartsWith("playing through the program /usr/bin/mpg123", backend.Reason, StringComparison.Ordinal);
        using var decoder = backend.CreateDecoder(_ => { });
        Assert.IsType<Mpg123Program>(decoder);
    }

    [Theory]
    [InlineData(null, "the program mpg123 is not installed")]
    [InlineData("/usr/bin/mpg123", "the program mpg123 finds no sound device")]
    public void If_the_chosen_program_cannot_play_the_error_says_why(string? program, string why)
    {
        var error = Assert.Throws<AudioUnavailableException>(() => Resolve("mpg123-program", new Machine { Program = program }));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_with_a_known_vulnerability_is_reported_but_still_used()
    {
        var backend = Resolve("auto", new Machine { Driver = "pulse", DecoderWarning = "libmpg123 is old" });
        Assert.Equal("playing through pulse; libmpg123 is old", backend.Reason);
    }

    [Fact]
    public void Mpg123_without_a_device_fails_and_says_what_to_do()
    {
        var error = Assert.Throws<AudioUnavailableException>(() => Resolve("mpg123", new Machine()));
        Assert.Equal("mpg123 cannot play: no sound device found. Use --audio wav:FILE or --audio null.", error.Message);
    }

    [Fact]
    public void Naudio_is_refused_in_a_build_that_does_not_contain_it() =>
        Assert.Contains(
            "not part of this build", Assert.Throws<AudioUnavailableException>(() => Resolve("naudio", new Machine())).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("loud")]
    [InlineData("")]
    [InlineData("AUTO")]
    [InlineData("wav:")]
    public void An_unknown_or_incomplete_choice_is_a_user_error(string choice) =>
        Assert.Throws<UnknownAudioBackendException>(() => Resolve(choice, new Machine()));

    [Fact]
    public void A_wav_file_in_a_missing_folder_is_refused_with_a_reason()
    {
        var file = Path.Combine(_folder.FullName, "missing", "a.wav");
        var error = Assert.Throws<AudioUnavailableException>(() => Resolve("wav:" + file, new Machine()));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_refused_as_a_wav_file() =>
        Assert.Throws<AudioUnavailableException>(() => Resolve("wav:" + _folder.FullName, new Machine()));

    [Fact]
    public void A_wav_file_is_not_changed_before_the_song_starts()
    {
        var file = Path.Combine(_folder.FullName, "a.wav");
        Assert.Equal("wav:" + file, Resolve("wav:" + file, new Machine()).Name);
        Assert.False(File.Exists(file));

        File.WriteAllText(file, "kept");
        Resolve("wav:" + file, new Machine());
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
        Assert.Null(new SoundDrivers(new SystemAudio(), settings, TimeProvider.System).Find(out var problem));
        Assert.Equal("no sound device found", problem);
        Assert.False(Mpg123Program.FindsDevice(Mpg123Program.Find()!, settings));
    }

    [NeedsFact("mpg123")]
    public void Writing_to_a_full_disk_fails_with_a_reason()
    {
        if (!File.Exists("/dev/full"))
            return;
        using var output = new Out123Output("wav", "/dev/full", TimeSpan.Zero);
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

    private sealed record Machine : ISystemAudio
    {
        public string? DecoderProblem { get; init; }

        public string? DecoderWarning { get; init; }

        public string? OutputProblem { get; init; }

        public WaveBackend? Waves => null;

        public string? Program { get; init; }

        public string? Driver { get; init; }

        public bool ProgramHasDevice { get; init; }

        public IAudioOutput NewOutput(string driver, AudioSettings settings) => new RecordingOutput { Absent = driver != Driver };

        public bool ProgramFindsDevice(string program, AudioSettings settings) => ProgramHasDevice;
    }
}
