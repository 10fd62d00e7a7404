using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;
using TspActors.Playback.Windows;

namespace TspActors.Playback;

/// <summary>
/// Creates the backend that the user chose: <c>auto</c>, <c>naudio</c>, <c>mpg123</c>, <c>nlayer</c>, <c>mpg123-program</c>,
/// <c>wav:FILE</c> or <c>null</c>.
/// </summary>
public static class AudioBackends
{
    private const string Choices = "auto, naudio, mpg123, nlayer, mpg123-program, wav:FILE or null";
    private const string WavPrefix = "wav:";

    private static readonly DecoderKind Silence = new("nothing", null, _ => new SilentDecoder());

    /// <summary>Creates a backend. If the backend needs a device, this method looks for one, which takes a moment.</summary>
    /// <param name="choice">The name, as given to <c>--audio</c>.</param>
    /// <param name="settings">The settings for devices; null for the defaults.</param>
    /// <param name="time">The clock for silent playback; null for the system clock.</param>
    /// <exception cref="UnknownAudioBackendException">No backend has that name, or <c>wav:</c> is not followed by a file name.</exception>
    /// <exception cref="AudioUnavailableException">The backend cannot be used on this machine, its file cannot be written, or no device is
    ///   named <see cref="AudioSettings.Device"/>. Never thrown for <c>auto</c> or <c>null</c> if the settings name no device.</exception>
    public static AudioBackend Resolve(string choice, AudioSettings? settings = null, TimeProvider? time = null) =>
        Resolve(choice, settings ?? new AudioSettings(), time ?? TimeProvider.System, new SystemAudio());

    /// <summary>Lists the devices of this machine, for <see cref="AudioSettings.Device"/>.</summary>
    public static IReadOnlyList<SoundDevice> ListDevices() => new SystemAudio().ListDevices();

    internal static AudioBackend Resolve(string choice, AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        ArgumentNullException.ThrowIfNull(choice);
        if (choice.StartsWith(WavPrefix, StringComparison.Ordinal))
            return Wav(choice[WavPrefix.Length..], machine);
        if (settings.Device is { } device)
            settings = OnDevice(device, settings, machine);
        switch (choice)
        {
            case "auto":
                return Auto(settings, time, machine);
            case "mpg123":
                return Only("mpg123", Out123Output.Library, settings, time, machine);
            case "naudio":
                return Only("naudio", WindowsAudio.Library, settings, time, machine);
            case "nlayer":
                return Device(Named("NLayer", machine), new SoundDrivers(machine.Outputs, settings, time), settings, time, machine);
            case "mpg123-program":
                return Program(null, settings, time, machine, out var missing)
                    ?? throw Unavailable("mpg123-program", missing);
            case "null":
                return new AudioBackend("null", "playing silently, as requested (null output)")
                {
                    CreateDecoder = (BestDecoder(machine.Decoders) ?? Silence).New,
                    CreateOutput = _ => new NullOutput(time),
                };
            default:
                throw new UnknownAudioBackendException($"There is no audio output \"{choice}\". Use one of {Choices}.");
        }
    }

    private static AudioBackend Auto(AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        var decoder = BestDecoder(machine.Decoders) ?? Silence;
        var drivers = new SoundDrivers(machine.Outputs, settings, time);
        if (decoder != Silence && drivers.Problem is null)
            return Device(decoder, drivers, settings, time, machine);
        var problem = decoder == Silence ? machine.Decoders[0].Problem! : drivers.Problem!;
        if (Program(problem, settings, time, machine, out var noProgram) is { } program)
            return program;
        var reason = machine.Program is null ? problem : $"{problem}, and {noProgram}";
        return new AudioBackend("null", $"{reason}: playing silently (null output)")
        {
            CreateDecoder = decoder.New,
            CreateOutput = _ => new NullOutput(time),
        };
    }

    // The output keeps looking for a device, because the user may start a sound server or plug in headphones while songs are playing.
    private static AudioBackend Device(
        DecoderKind decoder, SoundDrivers drivers, AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        if (drivers.Find(out var problem) is { } driver)
        {
            return new AudioBackend(driver, $"playing through {driver}, {DecodedBy(decoder, machine)}")
            {
                CreateDecoder = decoder.New,
                CreateOutput = notice => new FallbackOutput(() => drivers.NewOutput(driver), settings.DeviceRetry, time, notice),
            };
        }

        return new AudioBackend("null", Noted($"{problem}: playing silently (null output) until there is one", decoder))
        {
            CreateDecoder = decoder.New,
            CreateOutput = notice => new FallbackOutput(FindDevice, settings.DeviceRetry, time, notice, startSilent: true),
        };

        IAudioOutput FindDevice() => drivers.NewOutput(drivers.Find(out var none) ?? throw new AudioOutputException(none));
    }

    // Uses only the decoder and the outputs that the user named.
    private static AudioBackend Only(string choice, string library, AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        var drivers = new SoundDrivers([.. machine.Outputs.Where(kind => kind.Library == library)], settings, time);
        if (drivers.Problem is { } unusable)
            throw Unavailable(choice, unusable);
        var decoder = choice == "naudio" ? BestDecoder(machine.Decoders) ?? machine.Decoders[0] : Named(choice, machine);
        if (decoder.Problem is { } missing)
            throw Unavailable(choice, missing);
        if (drivers.Find(out var problem) is null)
            throw Unavailable(choice, problem);
        return Device(decoder, drivers, settings, time, machine);
    }

    private static DecoderKind? BestDecoder(IEnumerable<DecoderKind> decoders) => decoders.FirstOrDefault(kind => kind.Problem is null);

    private static DecoderKind Named(string name, ISystemAudio machine) => machine.Decoders.First(kind => kind.Name == name);

    // Mentions the better decoders that are missing, because the user may be able to install them.
    private static string DecodedBy(DecoderKind decoder, ISystemAudio machine)
    {
        var better = machine.Decoders.TakeWhile(kind => kind != decoder)
            .Where(kind => kind.IsWorthInstalling).Select(kind => kind.Problem).OfType<string>();
        return Noted(string.Join("; ", better.Prepend($"decoded by {decoder.Name}")), decoder);
    }

    private static string Noted(string reason, DecoderKind decoder) =>
        decoder.Warning is { } warning ? $"{reason}; {warning}" : reason;

    // A child process decodes and plays, so a malicious song that takes over that process does not harm this one.
    private static AudioBackend? Program(string? why, AudioSettings settings, TimeProvider time, ISystemAudio machine, out string problem)
    {
        problem = "the mpg123 program is not installed (Debian package mpg123, Homebrew formula mpg123)";
        if (machine.Program is not { } program)
            return null;
        problem = "the mpg123 program could not find a sound device";
        if (!machine.ProgramFindsDevice(program, settings))
            return null;
        var playing = $"playing through the program {program}, which has its own volume control";
        return new AudioBackend("mpg123 program", why is null ? playing : $"{why}: {playing}", AppliesVolume: false)
        {
            CreateDecoder = notice => new Mpg123Program(program, settings, notice),
            CreateOutput = _ => new NullOutput(time),
        };
    }

    private static AudioSettings OnDevice(string name, AudioSettings settings, ISystemAudio machine)
    {
        var devices = machine.ListDevices();
        var device = devices.FirstOrDefault(each => string.Equals(each.Name, name, StringComparison.Ordinal))
            ?? devices.FirstOrDefault(each => string.Equals(each.Description, name, StringComparison.OrdinalIgnoreCase));
        if (device is not null)
            return settings with { Device = device.Name, Drivers = [device.Driver] };
        var others = devices.Count == 0 ? "This machine has none." : $"Use one of {string.Join(", ", devices.Select(each => $"\"{each.Name}\""))}.";
        throw new AudioUnavailableException($"There is no sound device \"{name}\". {others}");
    }

    private static AudioUnavailableException Unavailable(string choice, string problem) =>
        new($"{choice} cannot play: {problem}. Use --audio wav:FILE or --audio null.");

    private static AudioBackend Wav(string file, ISystemAudio machine)
    {
        if (file.Length == 0)
            throw new UnknownAudioBackendException("wav: needs a file name, as in wav:song.wav.");
        var decoder = BestDecoder(machine.Decoders)
            ?? throw new AudioUnavailableException($"Cannot write {file}: {machine.Decoders[0].Problem}.");
        // A full path stays valid even if the working directory changes later.
        var path = Path.GetFullPath(file);
        CheckWritable(file, path);
        var begun = 0;
        return new AudioBackend($"{WavPrefix}{file}", $"writing the sound to {path}, {DecodedBy(decoder, machine)}")
        {
            CreateDecoder = decoder.New,
            // The file is chosen only when there is sound to write, so a song that never arrives creates no file.
            CreateOutput = notice => new WavFileOutput(() => NextName(notice)),
        };

        // A second playback must not overwrite an earlier recording.
        string NextName(Action<string> notice)
        {
            if (Interlocked.Exchange(ref begun, 1) == 0 || !Path.Exists(path))
                return path;
            var next = AddNumber(path);
            notice($"writing the sound to {next}");
            return next;
        }
    }

    private static string AddNumber(string path)
    {
        var (stem, extension) = (Path.ChangeExtension(path, null), Path.GetExtension(path));
        for (var number = 2; ; number++)
        {
            var candidate = $"{stem}-{number}{extension}";
            if (!Path.Exists(candidate))
                return candidate;
        }
    }

    // The file is opened once here, so that an unusable path is noticed before the song starts.
    private static void CheckWritable(string file, string path)
    {
        var existed = File.Exists(path);
        try
        {
            using (File.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
            {
            }

            if (!existed)
                File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AudioUnavailableException($"Cannot write {file}: {e.Message}");
        }
    }
}
